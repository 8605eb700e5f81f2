"""One attempt over HTTP, guarded as feeds are: no private address but by leave, no redirect, no proxy."""

import asyncio
import contextlib
from importlib.metadata import version
from typing import Self

import aiohttp
from yarl import URL

from connectors.feeds.faults import in_words
from connectors.feeds.reach import ForbiddenAddress, guarded_socket, is_allowed
from connectors.feeds.resolve import ThreadedNames
from connectors.sinks.attempt import Later, Never, Outcome, by_status
from connectors.sinks.requests import Request

SECONDS = 20.0
MAX_ANSWER = 64 * 1024


class Poster:
    """Two connection pools, as the fetcher of feeds has: guarded, and for the hosts on the allow list."""

    def __init__(self, allow_private: frozenset[str] = frozenset()) -> None:
        self._allowed = allow_private
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._public = await self._stack.enter_async_context(_session(guarded=True))
        self._private = await self._stack.enter_async_context(_session(guarded=False))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def post(self, request: Request) -> Outcome:
        """Try once; nothing is raised for what a receiver or a network may do."""
        try:
            target = URL(request.url)
            session = self._private if is_allowed(target.host or "", self._allowed) else self._public
            async with asyncio.timeout(SECONDS):
                async with session.post(
                    target, data=request.body, headers=request.headers, allow_redirects=False
                ) as answer:
                    await answer.content.read(MAX_ANSWER)
                    return by_status(answer.status, answer.headers.get("Retry-After"))
        except TimeoutError:
            return Later(f"no answer within {SECONDS:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = in_words(error)
            return Never(words) if _is_forbidden(error) else Later(words)


def _is_forbidden(error: BaseException | None) -> bool:
    seen = 0
    while error is not None and seen < 20:
        if isinstance(error, ForbiddenAddress) or isinstance(
            getattr(error, "os_error", None), ForbiddenAddress
        ):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _session(guarded: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=32, resolver=ThreadedNames(), socket_factory=guarded_socket if guarded else None
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"marsad/{version('marsad')} (alerts)", "Accept": "*/*"},
        trust_env=False,  # a proxy would dial for us, past the guard
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
    )
