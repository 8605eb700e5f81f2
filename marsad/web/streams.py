"""The streams of server-sent events: what comes in, told to each reader who asked for it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from aiohttp import ClientConnectionResetError, web

from marsad.web.alerts import AlertEntry, AlertQuery
from marsad.web.board import Entry
from marsad.web.guard import HEADERS
from marsad.web.log import Log, Position, T
from marsad.web.memory import Memory
from marsad.web.query import Query
from marsad.web.sse import (
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    MAX_READERS,
    RETRY_MS,
    Readers,
    Stream,
    Writable,
    alert_frame,
    article_frame,
    read_position,
)  # fmt: skip

MEMORY = web.AppKey("memory", Memory)
S = TypeVar("S")
Make = Callable[[Writable, Position], Stream[T]]


async def articles(request: web.Request) -> web.StreamResponse:
    """Stream the articles that come in from now on, or from `Last-Event-ID` (or `since`) on."""
    memory, query = request.app[MEMORY], Query.of(request.query)

    def make(response: Writable, position: Position) -> Stream[Entry]:
        def wanted(one: Entry) -> bool:
            return memory.board.wants(query, one)

        return Stream(response, memory.board, wanted, article_frame, position)

    return await _told(request, memory.board, memory.readers, make)


async def alerts(request: web.Request) -> web.StreamResponse:
    """Stream the alerts in the same way."""
    memory, query = request.app[MEMORY], AlertQuery.of(request.query)

    def make(response: Writable, position: Position) -> Stream[AlertEntry]:
        def wanted(one: AlertEntry) -> bool:
            return query.matches(one.alert)

        return Stream(response, memory.alerts, wanted, alert_frame, position)

    return await _told(request, memory.alerts, memory.alert_readers, make)


async def _told(request: web.Request, log: Log[T], readers: Readers[T], make: Make[T]) -> web.StreamResponse:
    if len(readers) >= MAX_READERS:
        raise web.HTTPServiceUnavailable(text="Too many readers.\n", headers={"Retry-After": "30"})
    response = web.StreamResponse(
        headers=HEADERS
        | {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with suppress(ClientConnectionResetError, ConnectionResetError):  # the reader closed the page
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        while not await _within_heartbeat(readers.opened.wait()):
            await response.write(HEARTBEAT)
        await _stream(make(response, _start(request, log)), readers)
    return response


async def _stream(stream: Stream[T], readers: Readers[T]) -> None:
    with readers.reading() as queue:
        await stream.catch_up()
        while True:
            news = await _within_heartbeat(_held(queue))
            await (stream.take(news[0]) if news else stream.response.write(HEARTBEAT))


async def _within_heartbeat(waited: Awaitable[S]) -> S | None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return await waited
    except TimeoutError:
        return None


async def _held(queue: "asyncio.Queue[T | None]") -> "tuple[T | None]":
    return (await queue.get(),)


def _start(request: web.Request, log: Log[T]) -> Position:
    stated = read_position(request.headers.get("Last-Event-ID"))
    if stated is None:
        stated = read_position(request.query.get("since"))
    return dict(log.position if stated is None else stated)
