"""The worker's desk: the feeds that are ours, when each is due, and the polls that run.

A shard is ours from `take` until `give` returns. Nothing here decides whose a shard is (`share.py`) or what
a poll does (`errand.py`).
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from connectors.feeds.agenda import Agenda
from connectors.feeds.errand import Done, Errand, Feed, Outcome, Surroundings, remember
from connectors.feeds.health import NEVER
from connectors.feeds.hosts import line_of, shard_of
from connectors.feeds.ledger import Ledger, Subscription
from connectors.feeds.schedule import DAY, due
from connectors.feeds.source import Refusal, Refused, Source
from connectors.feeds.state import Course, Memory
from connectors.feeds.tables import Memories, read, written

_STEP = 200
"""So many memories are read before the loop gets its turn."""


class Desk:
    """The feeds of our shards."""

    def __init__(
        self,
        around: Surroundings,
        ledger: Ledger,
        memories: Memories,
        shards: int,
        local: Mapping[str, Source],
        on_polled: Callable[[Outcome, Feed, Memory], None],
    ) -> None:
        self._around, self._ledger, self._memories = around, ledger, memories
        self._shards, self._local, self._on_polled = shards, local, on_polled
        self._agenda = Agenda(around.manners.gap, around.manners.at_once_per_host)
        self._running: dict[str, tuple[Feed, asyncio.Task[None]]] = {}
        self._places: dict[str, tuple[str, int]] = {}
        self._granted: set[int] = set()
        self._mine: set[int] = set()
        self._again: set[str] = set()
        self._outcomes: dict[str, Outcome] | None = None
        self._told = asyncio.Event()
        self.changed = asyncio.Event()
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # what is ours

    async def take(self, shards: frozenset[int]) -> None:
        """Make shards ours, with the memory of their feeds; polls of them begin.

        Where they are given back meanwhile, nothing begins.
        """
        self._granted = set(shards)
        for shard in shards:
            await self._memories.load(shard)
        found = []
        for count, subscription in enumerate(self._ledger.all()):
            feed = self.feed(subscription)
            if feed and feed.shard in shards:
                found.append((feed, self._memory(feed).course or Course()))
            if count % _STEP == _STEP - 1:
                await asyncio.sleep(0)
        self._mine |= shards & self._granted
        # All pauses first: a feed that was never polled must not begin before its host's pause is known.
        for feed, course in found:
            self._rest(feed, course)
        for number, (feed, course) in enumerate(found):
            if self.is_mine(feed) and self._ledger.get(feed.subscription.feed_id):
                self._plan(feed, course, number * self._around.manners.spread)
        self.changed.set()
        for shard in shards & self._mine:
            await self._forget_removed(shard)

    async def give(self, shards: Iterable[int]) -> None:
        """Let shards go; returns when none of their polls runs any more."""
        gone = set(shards)
        self._mine -= gone
        self._granted -= gone
        for subscription in self._ledger.all():
            if self._place(subscription)[1] in gone:
                self._agenda.drop(subscription.feed_id)
        await self._end([name for name, (feed, _) in self._running.items() if feed.shard in gone])

    def forget_others(self, ours: frozenset[int]) -> None:
        """Drop what is remembered of shards that are not ours any more."""
        for shard in set(range(self._shards)) - ours:
            self._memories.forget(shard)

    def feed(self, subscription: Subscription) -> Feed | None:
        """Give what to poll for a subscription; None where this machine has nothing to fetch (a file)."""
        line, shard = self._place(subscription)
        if not line:
            return None
        source = self._local.get(subscription.feed_id) or subscription.source()
        named = Source(source.shown, source.address, source.path, subscription.source_id, subscription.name)
        return Feed(subscription, named, line, shard)

    def _place(self, subscription: Subscription) -> tuple[str, int]:
        """Give the line and the shard of a feed; "" and -1 where there is nothing to fetch."""
        known = self._places.get(subscription.feed_id)
        if known is None:
            known = self._places[subscription.feed_id] = self._placed(subscription)
        return known

    def _placed(self, subscription: Subscription) -> tuple[str, int]:
        try:
            source = self._local.get(subscription.feed_id) or subscription.source()
        except Refused:
            return "", -1
        line = line_of(source)
        return line, shard_of(line, self._shards)

    def is_mine(self, feed: Feed) -> bool:
        """Tell whether the feed is ours to poll now."""
        return feed.shard in self._mine

    # what is due

    def poll_now(self, feed_id: str) -> bool:
        """Let a feed be polled as soon as its host allows; give whether it is ours."""
        subscription = self._ledger.get(feed_id)
        feed = self.feed(subscription) if subscription else None
        if feed is None or not self.is_mine(feed):
            return False
        if feed_id in self._running:
            self._again.add(feed_id)
            return True
        self._agenda.put(feed_id, feed.line, time.monotonic())
        self.changed.set()
        return True

    async def removed(self, feed_id: str, subscription: Subscription | None) -> None:
        """End what runs for a feed that is subscribed no more, and what is remembered of it."""
        self._agenda.drop(feed_id)
        await self._end([feed_id])
        feed = self.feed(subscription) if subscription else None
        if feed and self.is_mine(feed):
            await self._forget(feed)

    async def _forget_removed(self, shard: int) -> None:
        for feed_id, data in self._memories.items(shard):
            if self._ledger.get(feed_id) is None:
                memory, _ = read(data, "")
                subscription = Subscription(feed_id=feed_id, address=memory.feed_url, source_id="")
                await self._forget(Feed(subscription, Source(memory.feed_url), "", shard))

    async def _forget(self, feed: Feed) -> None:
        await remember(self._around, feed, None)
        self._memories.put(feed.shard, feed.subscription.feed_id, None)

    async def _end(self, feeds: Iterable[str]) -> None:
        tasks = [self._running[feed_id][1] for feed_id in feeds if feed_id in self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _rest(self, feed: Feed, course: Course) -> None:
        """Leave a host alone for as long as one of its feeds was asked to."""
        if course.host_until > time.time():
            self._agenda.pause(feed.line, time.monotonic() + min(course.host_until - time.time(), DAY))

    def _plan(self, feed: Feed, course: Course, delay: float = 0.0) -> None:
        """Put a feed into the line of its host, for when its memory says."""
        feed_id = feed.subscription.feed_id
        if course.next_at >= NEVER and feed.subscription.since <= (course.last_polled_at or ""):
            return  # gone, and nobody has subscribed to it again since
        wait = due(course.next_at, time.time(), self._around.manners.pace)
        self._agenda.put(feed_id, feed.line, time.monotonic() + max(delay, wait))

    def _memory(self, feed: Feed) -> Memory:
        data = self._memories.get(feed.shard, feed.subscription.feed_id)
        memory, fault = read(data, feed.source.shown)
        if fault:
            self._around.on_refusal(Refusal(feed.source.shown, fault, counts=False))
        return memory

    # what runs

    async def work(self, allowed: Callable[[], bool]) -> None:
        """Poll what is due, for ever; begin nothing while not `allowed`."""
        while True:
            self.changed.clear()
            room = self._around.manners.at_once - len(self._running)
            feed_id = self._agenda.take(time.monotonic()) if room > 0 and allowed() else None
            if feed_id is not None:
                self._begin(feed_id)
                continue
            next_at = self._agenda.next_at() if room > 0 else None
            pause = 1.0 if next_at is None or not allowed() else next_at - time.monotonic()
            try:
                async with asyncio.timeout(min(max(pause, 0.0), 1.0)):
                    await self.changed.wait()
            except TimeoutError:
                continue

    async def once(self, feeds: list[str], outcomes: dict[str, Outcome]) -> None:
        """Poll each feed once, its host's pace kept, and give its outcome into `outcomes`."""
        self._mine = set(range(self._shards))
        wanted = {feed_id for feed_id in feeds if self._ledger.get(feed_id)}
        self._outcomes = outcomes
        for feed_id in wanted:
            self.poll_now(feed_id)
        working: asyncio.Future[Any] = asyncio.create_task(self.work(lambda: True))
        try:
            while wanted - outcomes.keys():
                self._told.clear()
                told: asyncio.Future[Any] = asyncio.create_task(self._told.wait())
                await asyncio.wait({told, working, self.broken}, return_when=asyncio.FIRST_COMPLETED)
                told.cancel()
                if self.broken.done():
                    self.broken.result()
        finally:
            working.cancel()

    def _begin(self, feed_id: str) -> None:
        subscription = self._ledger.get(feed_id)
        feed = self.feed(subscription) if subscription else None
        if feed is None or not self.is_mine(feed):
            self._agenda.done(feed_id)
            return
        task = asyncio.create_task(self._poll(feed))
        self._running[feed_id] = feed, task
        task.add_done_callback(lambda ended: self._ended(feed, ended))

    async def _poll(self, feed: Feed) -> None:
        done = await self.poll(feed)
        self._on_polled(done.outcome, feed, done.memory)
        if self._outcomes is not None:
            self._outcomes.setdefault(feed.subscription.feed_id, done.outcome)
            self._told.set()

    async def poll(self, feed: Feed) -> Done:
        """Poll one feed now, and remember what came of it."""
        memory = self._memory(feed)
        done = await Errand(feed, memory, self._around).run()
        self._memories.put(feed.shard, feed.subscription.feed_id, written(done.memory))
        return done

    def _ended(self, feed: Feed, task: "asyncio.Task[None]") -> None:
        feed_id = feed.subscription.feed_id
        self._running.pop(feed_id, None)
        self._agenda.done(feed_id)
        self.changed.set()
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            if not self.broken.done():
                self.broken.set_exception(error)
            return
        if self._outcomes is None and self.is_mine(feed) and self._ledger.get(feed_id) is not None:
            course = self._memory(feed).course or Course()
            self._rest(feed, course)
            self._plan(feed, course)
            if feed_id in self._again:
                self._again.discard(feed_id)
                self.poll_now(feed_id)
