"""Server-sent events: their frames, their ids, and one bounded queue for each reader.

The id of an event is the position after it, `partition:offset` of every partition seen, so that a
browser that comes back with `Last-Event-ID` misses nothing (WHATWG HTML, section Server-sent events).
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol

import orjson

from marsad.web.alerts import AlertEntry
from marsad.web.board import Entry
from marsad.web.log import Log, Position, T

HEARTBEAT_SECONDS = 15
RETRY_MS = 3_000
MAX_WAITING = 256
"""Events kept for a reader that does not read; then it is told to reload instead."""
MAX_READERS = 500

HEADLINE = (
    "event_id", "article_id", "revision", "relation", "story_id", "source_id", "source_name", "title",
    "lang", "dir", "canonical_url", "published_at",
)  # fmt: skip
ALERTLINE = (
    "alert_id",
    "rule_id",
    "rule_name",
    "severity",
    "reason",
    "page",
    "occurred_at",
    "story_id",
    "title",
    "lang",
)
HEARTBEAT = b": still here\n\n"
_POSITION = re.compile(r"[0-9]{1,6}:[0-9]{1,18}(,[0-9]{1,6}:[0-9]{1,18})*", re.ASCII)


def frame(kind: str, data: bytes, event_id: str = "") -> bytes:
    """Give one event in wire form; each line of `data` gets its own field, as the format asks."""
    lines = [b"event: " + kind.encode()]
    if event_id:
        lines.append(b"id: " + event_id.encode())
    lines += [b"data: " + line for line in re.split(rb"\r\n|\r|\n", data)]
    return b"\n".join(lines) + b"\n\n"


def article_frame(entry: Entry, position: Position) -> bytes:
    """Give the frame that announces `entry`: enough for a headline, the rest is at /api/articles."""
    event = entry.event
    told = {name: getattr(event, name) for name in HEADLINE}
    return frame("article", orjson.dumps(told), position_text(position))


def alert_frame(entry: AlertEntry, position: Position) -> bytes:
    """Give the frame that announces an alert; the rest is at /api/alerts."""
    told = {name: getattr(entry.alert, name) for name in ALERTLINE}
    return frame("alert", orjson.dumps(told), position_text(position))


def gap_frame(position: Position) -> bytes:
    """Give the frame that tells a reader to load the page again: more happened than is kept."""
    return frame("gap", b"{}", position_text(position))


def position_text(position: Position) -> str:
    """Write a position: `0:12,1:5`."""
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(position.items()))


def read_position(text: str | None) -> Position | None:
    """Read a position, "" being the beginning; None for what is none: an odd id turns no browser away."""
    if text == "":
        return {}
    if not text or len(text) > 4_096 or not _POSITION.fullmatch(text):
        return None
    pairs = (pair.split(":") for pair in text.split(","))
    return {int(partition): int(offset) for partition, offset in pairs}


class Writable(Protocol):
    """Where a stream goes: aiohttp's response, or a list in a test."""

    async def write(self, data: bytes) -> None:
        """Send `data`."""


class Readers(Generic[T]):
    """All open streams. Putting an event never waits: a slow reader loses its queue, not our time."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        """Set once the board holds what was there before we came; until then a stream waits."""
        self._queues: set[asyncio.Queue[T | None]] = set()

    def __len__(self) -> int:
        return len(self._queues)

    def tell(self, entry: T) -> None:
        """Give `entry` to every reader; one whose queue is full gets None: reload."""
        for queue in self._queues:
            if queue.full():
                _reload(queue)
            else:
                queue.put_nowait(entry)

    def reload(self) -> None:
        """Tell every reader to load the page again."""
        for queue in self._queues:
            _reload(queue)

    @contextmanager
    def reading(self) -> Iterator[asyncio.Queue[T | None]]:
        """Open one reader's queue for as long as the block runs."""
        queue: asyncio.Queue[T | None] = asyncio.Queue(MAX_WAITING)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


def _reload(queue: "asyncio.Queue[T | None]") -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


@dataclass(slots=True)
class Stream(Generic[T]):
    """One reader's stream: what it has been told so far, and what it asked for."""

    response: Writable
    log: Log[T]
    wanted: Callable[[T], bool]
    announce: Callable[[T, Position], bytes]
    position: Position

    async def catch_up(self) -> None:
        """Tell what happened since the reader's position, or that it must reload."""
        if self.log.has_forgotten(self.position):
            await self.take(None)
        for entry in self.log.after(self.position):
            await self.take(entry)

    async def take(self, entry: T | None) -> None:
        """Tell one record, once, if it was asked for; None is a gap."""
        if entry is None:
            self.position = dict(self.log.position)
            await self.response.write(gap_frame(self.position))
        elif entry.offset > self.position.get(entry.partition, -1):
            self.position[entry.partition] = entry.offset
            if self.wanted(entry):
                await self.response.write(self.announce(entry, self.position))
