"""The connector worker: follows who is subscribed, takes its share of the feeds, and polls them.

    feeds topic ─► ledger ─► desk ─► errands ─► articles, memory, health
    group       ─► share  ─┘

What one worker does not poll another does; a feed is polled by one at a time (`share.py`).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError

from connectors.feeds import listing
from connectors.feeds.callback import listening
from connectors.feeds.desk import Desk
from connectors.feeds.errand import Feed, Outcome, Point, Surroundings
from connectors.feeds.health import feed_id
from connectors.feeds.ledger import Ledger, Subscription
from connectors.feeds.manners import Manners
from connectors.feeds.pages import Pages
from connectors.feeds.poll import Poller
from connectors.feeds.secrets import Secrets
from connectors.feeds.share import Share
from connectors.feeds.source import Refusal, Refused, Source
from connectors.feeds.state import Memory
from connectors.feeds.tables import Log, Memories
from connectors.feeds.websub import Callback, Hubs
from connectors.publish import NoTopic, Publisher, Record
from events.topics import FEED_STATE, FEEDS, app_id, full_name

log = logging.getLogger(__name__)
_RETRY = 1.0


def _no_fault(_: Point, __: str) -> None:
    """Nothing goes wrong on purpose."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a worker is told besides its feeds."""

    prefix: str
    allow_private: frozenset[str] = frozenset()
    manners: Manners = field(default_factory=Manners)
    secrets: Secrets = field(default_factory=Secrets)
    contact: str | None = None
    on_refusal: Callable[[Refusal], None] = lambda _: None
    on_polled: Callable[[Outcome], None] = lambda _: None
    on_shards: Callable[[frozenset[int]], None] = lambda _: None
    samples: bool = False
    """The list is one of samples: subscribed to only where nothing is subscribed yet."""
    callback: Callback | None = None
    """Where hubs reach us (WebSub); None: feeds are only polled."""
    listen: tuple[str, int] = ("127.0.0.1", 0)
    on_listening: Callable[[int], None] = lambda _: None
    fault: Callable[[Point, str], None] = _no_fault
    """Told of each point of an errand as it passes: where tests kill a worker (tests/chaos)."""


async def run(sources: Sequence[Source], publisher: Publisher, options: Options, stop: asyncio.Event) -> None:
    """Poll our share of all subscribed feeds until `stop` is set.

    `sources` are a list that is subscribed to at the beginning; what was changed or removed since it was
    first read stays so. Raises `NoTopic`, and `BrokerAway` where the broker is not there to begin with.
    """
    async with _workshop(sources, publisher, options) as worker:
        await worker.for_ever(sources, stop)


async def run_once(
    sources: Sequence[Source], publisher: Publisher, options: Options, stop: asyncio.Event
) -> list[Outcome]:
    """Poll each of `sources` once; give the outcome of each, in order. Raises `NoTopic`, `BrokerAway`."""
    async with _workshop(sources, publisher, options) as worker:
        return await worker.once(sources, stop)


@contextlib.asynccontextmanager
async def _workshop(
    sources: Sequence[Source], publisher: Publisher, options: Options
) -> "AsyncIterator[_Worker]":
    shards = await publisher.partitions(full_name(FEEDS, options.prefix))
    if await publisher.partitions(full_name(FEED_STATE, options.prefix)) < shards:
        raise NoTopic(f"{full_name(FEED_STATE, options.prefix)} has fewer partitions than the feeds topic")
    manners = options.manners
    async with (
        Poller(
            options.allow_private, manners.at_once, manners.at_once_per_host, readers=manners.readers,
            secrets=options.secrets, contact=options.contact,
        ) as poller,
        contextlib.AsyncExitStack() as stack,
    ):  # fmt: skip
        worker = _Worker(sources, publisher, options, poller, shards)
        stack.push_async_callback(worker.stop)
        yield worker


class _Worker:
    """One worker's parts, and what happens between them."""

    def __init__(
        self, sources: Sequence[Source], publisher: Publisher, options: Options, poller: Poller, shards: int
    ) -> None:
        self._publisher, self._options = publisher, options
        self._feeds = full_name(FEEDS, options.prefix)
        around = Surroundings(
            poller=poller,
            publisher=publisher,
            pages=Pages(poller, options.manners),
            prefix=options.prefix,
            manners=options.manners,
            on_refusal=options.on_refusal,
            fault=options.fault,
            lease_of=self._lease_of,
        )
        self._hubs = Hubs(options.callback, poller.fetcher, self._poll_now) if options.callback else None
        self._shards = shards
        self._ledger = Ledger()
        self._book = Log(publisher.client, self._feeds, shards)
        state = Log(publisher.client, full_name(FEED_STATE, options.prefix), shards)
        memories = self._memories = Memories(state)
        local = {feed_id(source): source for source in sources if source.shown != source.address}
        self._desk = Desk(around, self._ledger, memories, shards, local, self._polled)
        group = app_id("connectors", options.prefix)
        self._share = Share(publisher.client, self._feeds, group, self._taken, self._given)
        self._caught_up = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    def _lease_of(self, name: str) -> float:
        return self._hubs.lease_until(name) if self._hubs else 0.0

    def _poll_now(self, name: str) -> bool:
        return self._desk.poll_now(name)

    def _polled(self, outcome: Outcome, feed: Feed, memory: Memory) -> None:
        self._options.on_polled(outcome)
        course = memory.course
        if self._hubs and course and course.asks.hub:
            topic = course.asks.topic or feed.source.shown
            self._begin(self._hubs.ensure(feed.subscription.feed_id, course.asks.hub, topic))

    async def _hear_hubs(self) -> None:
        """Listen for hubs, for ever."""
        if self._hubs:
            async with listening(self._hubs, *self._options.listen) as port:
                self._options.on_listening(port)
                await asyncio.Event().wait()

    async def stop(self) -> None:
        """End all polls; then leave the group and let the connections go."""
        await self._desk.give(range(self._shards))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._book.stop()
        await self._memories.stop()

    async def for_ever(self, sources: Sequence[Source], stop: asyncio.Event) -> None:
        """Follow, share, poll, until `stop`; raises what broke one of these."""
        ready = self._begin(self._ready(sources))
        parts: set[asyncio.Future[Any]] = {ready, self._begin(self._follow()), self._desk.broken}
        parts.add(self._begin(stop.wait()))
        while not stop.is_set():
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
            parts -= done
            if ready in done:
                parts |= {self._begin(self._share.run()), self._begin(self._desk.work(self._share.confirmed))}
                if self._hubs:
                    parts.add(self._begin(self._hear_hubs()))

    async def _ready(self, sources: Sequence[Source]) -> None:
        await self._caught_up.wait()
        if not (self._options.samples and self._ledger.all()):
            await self._subscribe(sources)

    async def once(self, sources: Sequence[Source], stop: asyncio.Event) -> list[Outcome]:
        """Poll each once, whoever else polls; the memory is that of all workers."""
        for shard in range(self._shards):
            await self._memories.load(shard)
            async for record in self._book.to_end(shard, 0):
                await self._heard(record)
        for record in await self._subscribe(sources):
            self._ledger.apply(record.key, record.value)
        outcomes: dict[str, Outcome] = {}
        polls = self._begin(self._desk.once([feed_id(source) for source in sources], outcomes))
        stopped = self._begin(stop.wait())
        await asyncio.wait({polls, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if polls.done():
            polls.result()
        return [outcomes.get(feed_id(one), Outcome(one.shown, error="not polled")) for one in sources]

    async def _subscribe(self, sources: Sequence[Source]) -> list[Record]:
        """Subscribe to what of a list is not known yet; give the records."""
        records = listing.records(sources, self._ledger, datetime.now(UTC))
        await self._publisher.publish(self._feeds, records)
        return records

    async def _follow(self) -> None:
        """Hear the feeds topic for ever; while the broker is away, wait for it."""
        while True:
            try:
                async for record in self._book.follow(self._caught_up):
                    await self._heard(record)
            except (KafkaError, OSError) as error:
                log.warning("the feeds topic cannot be read (%s)", type(error).__name__)
                await asyncio.sleep(_RETRY)

    async def _heard(self, record: Any) -> None:
        before = self._ledger.get((record.key or b"").decode("utf-8", "replace"))
        try:
            change, name, feed = self._ledger.apply(record.key, record.value)
        except Refused as refused:
            self._options.on_refusal(
                Refusal(f"{record.topic}/{record.partition}/{record.offset}", str(refused))
            )
            return
        if change in ("added", "changed"):
            self._desk.poll_now(name)
        elif change == "removed":
            await self._desk.removed(name, before)
        elif change == "stale" and feed and self._is_mine(feed):
            self._begin(self._publisher.publish(self._feeds, [Record(name.encode(), None)]))

    def _is_mine(self, feed: Any) -> bool:
        found = self._desk.feed(Subscription(feed_id=feed.feed_id, address=feed.feed_url, source_id=""))
        return found is not None and self._desk.is_mine(found)

    async def _taken(self, shards: frozenset[int]) -> None:
        self._options.on_shards(shards)
        self._desk.forget_others(shards)
        self._begin(self._desk.take(shards))  # not awaited: the group waits for this call

    async def _given(self, shards: frozenset[int]) -> None:
        self._options.on_shards(frozenset())
        await self._desk.give(shards)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
