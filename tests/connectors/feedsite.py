"""A real web server on loopback that serves what a test says, and `poll` as the command line calls it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.feeds.pollonce import Summary, gather_sources, poll_sources
from connectors.feeds.source import Refusal
from events.article import RawArticle

LOOPBACK = frozenset({"127.0.0.1"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rss(
    *items: str, head: str = "", root: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>'
) -> str:
    """An RSS 2.0 document with these items."""
    channel = f"<title>شبكة الفرات</title><link>https://furat.example/</link>{head}{''.join(items)}"
    return f'{prolog}<rss version="2.0" {root}><channel>{channel}</channel></rss>'


def item(number: int, title: str = "", text: str = "نص الخبر كما وصل", **more: str) -> str:
    """An RSS item whose fields can be replaced, or left out with None."""
    fields = {
        "title": title or f"خبر رقم {number}",
        "link": f"https://furat.example/news/{number}",
        "guid": f"https://furat.example/?p={number}",
        "description": text,
        "pubDate": "Sat, 21 Nov 2026 08:00:00 GMT",
    } | more
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields.items() if v is not None) + "</item>"


class Site:
    """What a web server serves, and what it was asked."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self.requests: list[web.Request] = []
        self.port = 0

    def url(self, path: str = "/feed", host: str = "127.0.0.1", user: str = "") -> str:
        return f"http://{user}{host}:{self.port}{path}"

    def serve(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> str:
        """Serve a body; `Content_Type` and the like become headers. Gives the address."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Type", "application/rss+xml")

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(status=status, body=data, headers=named)

        return self.handle(path, answer)

    def handle(self, path: str, handler: Handler) -> str:
        self._handlers[path] = handler
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.serve(path, b"", status, Location=to)

    def asked(self, path: str) -> list[web.Request]:
        return [request for request in self.requests if request.path == path]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        handler = self._handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    served = Site()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", served.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    served.port = server.port or 0
    yield served
    await server.close()


@pytest.fixture
async def wire() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Serve exact bytes, or what a coroutine writes: for servers that do not speak HTTP well."""
    servers: list[asyncio.Server] = []

    async def serve(answer: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]] | None) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                if answer is None:
                    await reader.read()  # say nothing until the other side leaves
                elif isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                else:
                    await answer(writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"

    yield serve
    for server in servers:
        server.close()


@dataclass
class Polled:
    """What one call of `poll` gave."""

    articles: list[RawArticle] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    summary: Summary | None = None

    @property
    def titles(self) -> list[str | None]:
        return [article.title for article in self.articles]

    @property
    def reasons(self) -> list[str]:
        return [str(refusal) for refusal in self.refusals]


async def poll(
    *arguments: str,
    opml: Sequence[Path] = (),
    state: Path | None = None,
    allow: frozenset[str] = LOOPBACK,
    seconds: float = 30,
) -> Polled:
    """`marsad poll ARGUMENTS --opml … --state …`, as values."""
    result = Polled()
    sources, faults = gather_sources(arguments, opml)
    result.refusals += faults
    result.summary = await poll_sources(
        sources,
        state_dir=state,
        allow_private=allow,
        on_article=result.articles.append,
        on_refusal=result.refusals.append,
        seconds=seconds,
    )
    return result
