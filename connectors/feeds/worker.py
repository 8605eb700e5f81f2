"""The connector worker: polls feeds for ever (or once) and publishes what is new.

    due ─ its host's turn ─ poll ─ compare with memory ─ publish ─ acknowledged ─ remember ─ health

A feed's memory moves only after the broker has acknowledged (guarantee 4). One feed's failure is its own.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from connectors.feeds.fetch import NO_VALIDATORS, FetchFailed, Validators
from connectors.feeds.health import Came, failed, feed_id, feed_value, happened, succeeded
from connectors.feeds.poll import Poll, Poller
from connectors.feeds.schedule import DAY, Hints, Pace, due
from connectors.feeds.source import Refusal, Refused, Source
from connectors.feeds.state import Course, Memory, Store, diff, unchanged
from connectors.publish import BrokerAway, NoTopic, Publisher, Record, raw_record
from events.article import RawArticle
from events.topics import FEED_EVENTS, FEEDS, RAW, full_name
from events.wire import cloud_headers, encode

log = logging.getLogger(__name__)

FORCE_FULL_SECONDS = 8 * DAY
"""Some servers answer 304 to any condition; NetNewsWire asks without one every 8 days."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One feed's poll: its items, how many were published, and in words why not."""

    feed: str
    items: int = 0
    published: int = 0
    refused: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Manners:
    """How the worker behaves: the pace of each feed, and seconds between two polls of one host."""

    pace: Pace = field(default_factory=Pace)
    gap: float = 1.0
    at_once: int = 32
    at_once_per_host: int = 2
    spread: float = 0.05
    """Seconds by which the first polls of many feeds are set apart."""


async def run(
    sources: Sequence[Source],
    publisher: Publisher,
    *,
    prefix: str,
    state_dir: Path | None,
    stop: asyncio.Event,
    on_refusal: Callable[[Refusal], None],
    allow_private: frozenset[str] = frozenset(),
    once: bool = False,
    manners: Manners | None = None,
    on_polled: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Poll `sources` until `stop` is set, or each of them once; give the last outcome of each, in order.

    `on_polled` is told the outcome of every poll.

    Without `state_dir` nothing is remembered from one call to the next. Raises `NoTopic`, OSError
    where nothing can be remembered, and `BrokerAway` where the publisher's patience ends.
    """
    manners = manners or Manners()
    store = Store(state_dir) if state_dir else None
    if store:
        store.open()
    async with Poller(allow_private, manners.at_once, manners.at_once_per_host, readers=2) as poller:
        turns = _Turns(manners.gap)
        feeds = [
            _Feed(source, poller, publisher, store, turns, prefix, on_refusal, manners, on_polled)
            for source in sources
        ]
        tasks = [
            asyncio.create_task(feed.once() if once else feed.for_ever(number * manners.spread))
            for number, feed in enumerate(feeds)
        ]
        await _until_done_or_stopped(tasks, stop)
    return [feed.outcome for feed in feeds]


async def _until_done_or_stopped(tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    """Wait for all tasks, the first one that fails, or `stop`; leave none behind."""
    stopped: asyncio.Future[Any] = asyncio.create_task(stop.wait())
    work: asyncio.Future[Any] = asyncio.gather(*tasks)
    try:
        await asyncio.wait({stopped, work}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        stopped.cancel()
        work.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(stopped, *tasks, return_exceptions=True)
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await work


class _Turns:
    """Two polls of one host begin at least `gap` seconds apart, over all its feeds."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._next: dict[str, float] = {}

    async def wait(self, host: str) -> None:
        if not host or not self._gap:
            return
        now = time.monotonic()
        mine = max(now, self._next.get(host, 0.0))
        self._next[host] = mine + self._gap
        await asyncio.sleep(mine - now)


class _Feed:
    """One feed on its way round the loop."""

    def __init__(
        self,
        source: Source,
        poller: Poller,
        publisher: Publisher,
        store: Store | None,
        turns: _Turns,
        prefix: str,
        on_refusal: Callable[[Refusal], None],
        manners: Manners,
        on_polled: Callable[[Outcome], None],
    ) -> None:
        self._on_polled = on_polled
        self._source = source
        self._poller = poller
        self._publisher = publisher
        self._store = store
        self._turns = turns
        self._prefix = prefix
        self._on_refusal = on_refusal
        self._manners = manners
        self._memory = self._recalled()
        self.outcome = Outcome(source.shown)

    async def for_ever(self, delay: float) -> None:
        """Poll whenever the feed is due."""
        course = self._memory.course or Course()
        await asyncio.sleep(max(delay, due(course.next_at, time.time(), self._manners.pace)))
        while True:
            await self.once()
            course = self._memory.course or Course()
            await asyncio.sleep(max(1.0, due(course.next_at, time.time(), self._manners.pace)))

    async def once(self) -> None:
        """Poll now. Whatever is wrong with this feed is named, and stays with it."""
        await self._turns.wait(self._source.host)
        course = self._memory.course or Course()
        try:
            await self._poll(course)
        except Refused as refused:
            await self._came_to_nothing(refused, course)
        except (BrokerAway, NoTopic):
            raise
        except OSError as error:
            words = f"this machine is short of something: {error.strerror or type(error).__name__}"
            await self._came_to_nothing(Refused(words), course)
        except Exception as error:
            log.exception("a bug met %s", self._source.shown)
            await self._came_to_nothing(Refused(f"met a bug in marsad ({type(error).__name__})"), course)
        self._on_polled(self.outcome)

    async def _poll(self, course: Course) -> None:
        poll = await self._poller.poll(self._source, self._conditions(course))
        try:
            await self._take(poll, course)
        finally:
            poll.close()

    def _recalled(self) -> Memory:
        fresh = Memory(feed_url=self._source.shown)
        if self._store is None:
            return fresh
        memory, fault = self._store.load(self._source.key, self._source.shown)
        if fault:
            self._on_refusal(Refusal(self._source.shown, fault, counts=False))
        return memory

    def _conditions(self, course: Course) -> Validators:
        if time.time() - course.full_at > FORCE_FULL_SECONDS:
            return NO_VALIDATORS
        return self._memory.validators

    async def _take(self, poll: Poll, course: Course) -> None:
        articles = list(poll.reading.articles()) if poll.reading else []
        difference = diff(self._memory, articles, poll.validators) if poll.reading else None
        wanted = difference.articles if difference else ()
        refused = await self._publish(wanted)
        now = datetime.now(UTC)
        came = Came(difference, len(articles), _hints(poll, now), _moved(poll))
        after = succeeded(course, came, now, self._manners.pace, self._seed(now))
        if poll.answer is None or poll.answer.body is not None:
            after = msgspec.structs.replace(after, full_at=self._full_at(course, now))
        memory = difference.memory if difference else unchanged(self._memory, poll.validators)
        self._remember(msgspec.structs.replace(memory, course=after))
        error = None if poll.complete else "broke off before its end; the items before that were taken"
        if error:
            self._on_refusal(Refusal(self._source.shown, error))
        self.outcome = Outcome(self._source.shown, len(articles), len(wanted) - refused, refused, error)
        await self._tell(course, after, now, came)

    def _full_at(self, course: Course, now: datetime) -> float:
        asked_with = self._conditions(course)
        return now.timestamp() if asked_with == NO_VALIDATORS else course.full_at

    async def _publish(self, articles: Sequence[RawArticle]) -> int:
        """Write articles and wait for the broker; give how many it does not take."""
        if not articles:
            return 0
        records = [raw_record(article) for article in articles]
        too_large = await self._publisher.publish(full_name(RAW, self._prefix), records)
        for position in too_large:
            name = articles[position].url or articles[position].item_id or "an item"
            self._on_refusal(
                Refusal(f"{self._source.shown} {name}", "too large: the broker does not take it")
            )
        return len(too_large)

    async def _came_to_nothing(self, refused: Refused, course: Course) -> None:
        now = datetime.now(UTC)
        self._on_refusal(Refusal(self._source.shown, str(refused)))
        self.outcome = Outcome(self._source.shown, error=str(refused))
        retry = refused.retry_after if isinstance(refused, FetchFailed) else None
        hints = Hints.of({"Retry-After": retry} if retry else {}, now)
        after = failed(course, refused, hints, now, self._manners.pace, self._seed(now))
        self._remember(msgspec.structs.replace(self._memory, course=after))
        await self._tell(course, after, now, None)

    def _remember(self, memory: Memory) -> None:
        self._memory = memory
        if self._store is None:
            return
        try:
            self._store.save(self._source.key, memory)
        except OSError as error:
            words = f"cannot be remembered: {error.strerror}; after a restart its items come again"
            self._on_refusal(Refusal(self._source.shown, words, counts=False))

    async def _tell(self, before: Course, after: Course, now: datetime, came: Came | None) -> None:
        """Publish the feed's health, and what happened to it."""
        key = feed_id(self._source).encode()
        value = feed_value(self._source, after, now, came)
        data = encode(value)
        record = Record(key, data, cloud_headers(value, data))
        await self._publisher.publish(full_name(FEEDS, self._prefix), [record])
        events = [(event, encode(event)) for event in happened(self._source, before, after, now, came)]
        records = [Record(key, data, cloud_headers(event, data)) for event, data in events]
        await self._publisher.publish(full_name(FEED_EVENTS, self._prefix), records)

    def _seed(self, now: datetime) -> str:
        return f"{self._source.key} {now.timestamp():.0f}"


def _hints(poll: Poll, now: datetime) -> Hints:
    headers = poll.answer.headers if poll.answer and poll.answer.headers else {}
    return Hints.of(headers, now, poll.reading.ttl if poll.reading else None)


def _moved(poll: Poll) -> str | None:
    return poll.answer.address if poll.answer and poll.answer.moved else None


__all__ = ["BrokerAway", "Manners", "NoTopic", "Outcome", "run"]
