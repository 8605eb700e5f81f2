"""The HTTP side: routes, headers, who may look. Reads the board, changes nothing."""

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable
from contextlib import suppress
from importlib.resources import files
from typing import TypeVar

import msgspec
import orjson
from aiohttp import ClientConnectionResetError, web
from aiohttp.typedefs import Handler, Middleware

from marsad.web.board import Board, Entry, Position
from marsad.web.query import Query
from marsad.web.render import PAGE_STORIES, page
from marsad.web.sse import (
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    MAX_READERS,
    RETRY_MS,
    Readers,
    Stream,
    position_text,
    read_position,
)  # fmt: skip
from marsad.web.texts import preferred, texts

BOARD = web.AppKey("board", Board)
READERS = web.AppKey("readers", Readers)
T = TypeVar("T")

COOKIE = "marsad_token"
HEALTH = "/healthz"
MAX_LIMIT = 200
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Say whether `host` can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def application(board: Board, readers: Readers, token: str | None = None) -> web.Application:
    """Give the application; with a `token`, nobody sees anything without it."""
    app = web.Application(middlewares=[_headers, _guard(token)])
    app[BOARD], app[READERS] = board, readers
    app.router.add_get("/", _page)
    app.router.add_get("/events", _events)
    app.router.add_get("/api/articles", _articles)
    app.router.add_get(HEALTH, _health)
    app.router.add_get("/static/{name}", _static)
    return app


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        refused.headers.update(HEADERS)
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def _guard(token: str | None) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == HEALTH:
            return await handler(request)  # three counts; a probe comes by address and knows no token
        if token is None:
            _only_this_machine(request)
            return await handler(request)
        given = request.query.get("token")
        if given is not None and _same(given, token):
            raise _remembered(request, token)
        if _same(_presented(request), token):
            return await handler(request)
        raise web.HTTPUnauthorized(text="This page needs its token: open /?token=… once.\n")

    return guard


def _only_this_machine(request: web.Request) -> None:
    """Refuse foreign names that lead here: a page on the web must not read ours (DNS rebinding)."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if not is_loopback(host):
        raise web.HTTPForbidden(text="Without a token this page answers to localhost only.\n")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())


def _presented(request: web.Request) -> str:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _remembered(request: web.Request, token: str) -> web.HTTPFound:
    """Keep the token in a cookie and take it out of the address, where history and logs would keep it."""
    left = {name: value for name, value in request.query.items() if name != "token"}
    answer = web.HTTPFound(request.rel_url.with_query(left))
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=request.secure)
    return answer


async def _page(request: web.Request) -> web.Response:
    query = Query.of(request.query)
    lang = preferred(query.ui, request.headers.get("Accept-Language", ""))
    html = page(request.app[BOARD], query, texts(lang))
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language", "Content-Language": lang}
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)


async def _articles(request: web.Request) -> web.Response:
    """Give the newest events as they are on the topic: filters as on the page, `limit`, `page`."""
    board, query = request.app[BOARD], Query.of(request.query)
    asked = request.query.get("limit", "")
    limit = (
        min(int(asked), MAX_LIMIT) if asked.isascii() and asked.isdigit() and len(asked) < 9 else PAGE_STORIES
    )
    found = [known.event for known in board.newest(query)]
    first = (query.page - 1) * limit
    document = {
        "position": position_text(board.position),
        "total": len(found),
        "articles": [msgspec.to_builtins(event) for event in found[first : first + limit]],
    }
    headers = {"Cache-Control": "no-cache"}
    return web.Response(body=orjson.dumps(document), content_type="application/json", headers=headers)


async def _health(request: web.Request) -> web.Response:
    board = request.app[BOARD]
    document = {"connected": board.connected, "events": len(board), "readers": len(request.app[READERS])}
    return web.Response(body=orjson.dumps(document), content_type="application/json")


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    body = files("marsad.web").joinpath("static", name).read_bytes()
    headers = {"Cache-Control": "max-age=300"}
    return web.Response(body=body, content_type=STATIC[name], charset="utf-8", headers=headers)


async def _events(request: web.Request) -> web.StreamResponse:
    """Stream what comes in from now on, or from `Last-Event-ID` (or `since`) on."""
    readers = request.app[READERS]
    if len(readers) >= MAX_READERS:
        raise web.HTTPServiceUnavailable(text="Too many readers.\n", headers={"Retry-After": "30"})
    response = web.StreamResponse(
        headers=HEADERS
        | {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with suppress(ClientConnectionResetError, ConnectionResetError):  # the reader closed the page
        await _stream(request, response)
    return response


async def _stream(request: web.Request, response: web.StreamResponse) -> None:
    board, query, readers = request.app[BOARD], Query.of(request.query), request.app[READERS]
    await response.write(f"retry: {RETRY_MS}\n\n".encode())
    while not await _within_heartbeat(readers.opened.wait()):
        await response.write(HEARTBEAT)
    with readers.reading() as queue:
        stream = Stream(response, board, query, _start(request, board))
        await stream.catch_up()
        while True:
            news = await _within_heartbeat(_held(queue))
            await (stream.take(news[0]) if news else response.write(HEARTBEAT))


async def _within_heartbeat(waited: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await waited
    except TimeoutError:
        return None


async def _held(queue: asyncio.Queue[Entry | None]) -> tuple[Entry | None]:
    return (await queue.get(),)


def _start(request: web.Request, board: Board) -> Position:
    stated = read_position(request.headers.get("Last-Event-ID"))
    if stated is None:
        stated = read_position(request.query.get("since"))
    return dict(board.position if stated is None else stated)
