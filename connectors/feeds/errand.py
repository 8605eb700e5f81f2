"""One poll of one feed, from its turn to what everybody may know of it.

    poll ─ compare with memory ─ articles ─ acknowledged ─ memory ─ acknowledged ─ health, events

A feed's memory moves only after the broker has acknowledged its articles (guarantee 4). A worker that dies
in between has delivered them; its successor polls the feed as the memory says, finds the same articles new,
and delivers them again: repeats, which every later stage knows for what they are.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from connectors.feeds import rhythm
from connectors.feeds.fetch import NO_VALIDATORS, FetchFailed, Validators
from connectors.feeds.follow import articles_of_index
from connectors.feeds.health import Came, When, failed, feed_value, happened, succeeded
from connectors.feeds.ledger import Subscription
from connectors.feeds.manners import Manners
from connectors.feeds.pages import Pages
from connectors.feeds.poll import Poll, Poller
from connectors.feeds.schedule import DAY, Hints
from connectors.feeds.source import Refusal, Refused, Source
from connectors.feeds.state import Course, Difference, Memory, diff, unchanged
from connectors.feeds.tables import written
from connectors.publish import BrokerAway, NoTopic, Publisher, Record, raw_record
from events.article import RawArticle
from events.feed import FeedEventKind
from events.topics import FEED_EVENTS, FEED_STATE, FEEDS, RAW, full_name
from events.wire import cloud_headers, encode

log = logging.getLogger(__name__)

FORCE_FULL_SECONDS = 8 * DAY
"""Some servers answer 304 to any condition; NetNewsWire asks without one every 8 days."""
_TOO_MANY = 429
_ASKING = frozenset({_TOO_MANY, 503})
Point = Literal["after-fetch", "after-articles", "after-state", "after-health"]
"""Between what and what a worker can die; `fault` is told of each as it passes, with the feed's address."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One feed's poll: its items, how many were published, why not, and what happened to the feed."""

    feed: str
    items: int = 0
    published: int = 0
    refused: int = 0
    error: str | None = None
    told: tuple[FeedEventKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What is polled: the subscription, where it is fetched, its host's line, the shard of its memory."""

    subscription: Subscription
    source: Source
    line: str
    shard: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every poll of a worker shares."""

    poller: Poller
    publisher: Publisher
    pages: Pages
    prefix: str
    manners: Manners
    on_refusal: Callable[[Refusal], None]
    fault: Callable[[Point, str], None]
    lease_of: Callable[[str], float] = lambda _: 0.0
    """Until when a WebSub hub has promised to tell of a feed."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a poll came out, and what is remembered of the feed from now on."""

    outcome: Outcome
    memory: Memory


class Errand:
    """One poll on its way. Whatever is wrong with the feed is named, and stays with it."""

    def __init__(self, feed: Feed, memory: Memory, around: Surroundings) -> None:
        self._feed, self._memory, self._around = feed, memory, around
        self._course = memory.course or Course()
        self._shown = feed.source.shown

    async def run(self) -> Done:
        """Poll, publish, remember, tell. Raises `BrokerAway`, `NoTopic`."""
        try:
            return await self._poll()
        except Refused as refused:
            return await self._came_to_nothing(refused)
        except (BrokerAway, NoTopic):
            raise
        except OSError as error:
            words = f"this machine is short of something: {error.strerror or type(error).__name__}"
            return await self._came_to_nothing(Refused(words))
        except Exception as error:
            log.exception("a bug met %s", self._shown)
            return await self._came_to_nothing(Refused(f"met a bug in marsad ({type(error).__name__})"))

    async def _poll(self) -> Done:
        asked = self._asked()
        full = time.time() - self._course.full_at > FORCE_FULL_SECONDS
        validators = NO_VALIDATORS if full else self._memory.validators
        known = None if full else self._memory.body
        poll = await self._around.poller.poll(self._feed.source, validators, known, asked)
        try:
            self._around.fault("after-fetch", self._shown)
            return await self._take(poll, validators, asked or self._shown)
        finally:
            poll.close()

    def _asked(self) -> str | None:
        move = self._course.move
        return move.address if move and move.proven else None

    async def _take(self, poll: Poll, validators: Validators, asked: str) -> Done:
        articles = await self._articles(poll)
        difference = diff(self._memory, articles, poll.validators, poll.body) if poll.reading else None
        refused = await self._publish(difference)
        self._around.fault("after-articles", self._shown)
        came = self._came(poll, articles, difference, asked)
        now = datetime.now(UTC)
        before = self._course
        if lease := self._around.lease_of(self._feed.subscription.feed_id):
            before = msgspec.structs.replace(before, lease_until=lease)
        after = succeeded(before, came, self._when(now))
        if validators == NO_VALIDATORS and not (poll.answer and poll.answer.body is None):
            after = msgspec.structs.replace(after, full_at=now.timestamp())
        if poll.reading:
            after = msgspec.structs.replace(after, asks=poll.reading.asks)
        memory = difference.memory if difference else unchanged(self._memory, poll.validators)
        if poll.remark:
            self._around.on_refusal(Refusal(self._shown, poll.remark, counts=False))
        if error := poll.shortfall:
            self._around.on_refusal(Refusal(self._shown, error))
        wanted = len(difference.articles) if difference else 0
        memory = msgspec.structs.replace(memory, course=after)
        told = await self._tell(memory, now, came)
        return Done(Outcome(self._shown, len(articles), wanted - refused, refused, error, told), memory)

    async def _articles(self, poll: Poll) -> list[RawArticle]:
        if poll.reading is None:
            return []
        if not poll.reading.children:
            return list(poll.reading.articles())
        # That the index has not changed says nothing of its sitemaps: it is asked for whole each time.
        poll.validators, poll.body = NO_VALIDATORS, None
        pages, gap = self._around.pages, self._around.manners.gap
        return await articles_of_index(poll, self._around.poller, pages.robots, gap)

    def _came(
        self, poll: Poll, articles: Sequence[RawArticle], difference: Difference | None, asked: str
    ) -> Came:
        now = datetime.now(UTC)
        headers = poll.answer.headers if poll.answer and poll.answer.headers else {}
        hints = Hints.of(headers, now, poll.reading.asks if poll.reading else self._course.asks)
        first = rhythm.dated(articles, now) if self._course.last_success_at is None else ()
        led_to = poll.answer.address if poll.answer and poll.answer.moved else None
        return Came(difference, len(articles) if poll.reading else None, hints, asked, led_to, first)

    async def _publish(self, difference: Difference | None) -> int:
        """Write articles and wait for the broker; give how many it does not take."""
        articles: Sequence[RawArticle] = difference.articles if difference else ()
        if self._feed.subscription.full_text and articles:
            articles = await self._around.pages.completed(articles)
        topic = full_name(RAW, self._around.prefix)
        too_large = await self._around.publisher.publish(topic, [raw_record(article) for article in articles])
        for position in too_large:
            name = articles[position].url or articles[position].item_id or "an item"
            self._around.on_refusal(
                Refusal(f"{self._shown} {name}", "too large: the broker does not take it")
            )
        return len(too_large)

    async def _came_to_nothing(self, refused: Refused) -> Done:
        now = datetime.now(UTC)
        self._around.on_refusal(Refusal(self._shown, str(refused)))
        retry = refused.retry_after if isinstance(refused, FetchFailed) else None
        hints = Hints.of({"Retry-After": retry} if retry else {}, now)
        status = refused.status if isinstance(refused, FetchFailed) else None
        after = failed(self._course, refused, hints, self._when(now))
        after = msgspec.structs.replace(after, host_until=self._host_until(status, hints, now))
        memory = msgspec.structs.replace(self._memory, course=after)
        told = await self._tell(memory, now, None)
        return Done(Outcome(self._shown, error=str(refused), told=told), memory)

    def _host_until(self, status: int | None, hints: Hints, now: datetime) -> float:
        """Give until when the whole host is to be left alone; 0 where this was about the feed."""
        scope, manners = self._around.manners.retry_scope, self._around.manners
        host = urlsplit(self._feed.source.address or "").hostname or ""
        if status not in _ASKING or scope == "feed":
            return 0.0
        if scope == "auto" and self._around.poller.fetcher.allows_private(host):
            return 0.0
        pause = hints.retry_after or (manners.host_pause if status == _TOO_MANY else 0.0)
        return now.timestamp() + min(pause, DAY) if pause else 0.0

    async def _tell(self, memory: Memory, now: datetime, came: Came | None) -> tuple[FeedEventKind, ...]:
        """Remember in Kafka; then publish the feed's health, and what happened to it; give the latter."""
        await remember(self._around, self._feed, memory)
        self._around.fault("after-state", self._shown)
        after = memory.course or Course()
        subscription = self._feed.subscription
        await report(self._around, subscription, after)
        told = happened(subscription, self._course, after, now, came)
        events = [(event, encode(event)) for event in told]
        key = subscription.feed_id.encode()
        records = [Record(key, data, cloud_headers(event, data)) for event, data in events]
        await self._around.publisher.publish(full_name(FEED_EVENTS, self._around.prefix), records)
        self._around.fault("after-health", self._shown)
        return tuple(event.kind for event in told)

    def _when(self, now: datetime) -> When:
        return When(
            now=now,
            pace=self._around.manners.pace,
            seed=f"{self._feed.subscription.feed_id} {now.timestamp():.0f}",
            wanted=self._feed.subscription.interval,
            silence=self._around.manners.silence,
        )


async def remember(around: Surroundings, feed: Feed, memory: Memory | None) -> None:
    """Write a feed's memory to the shard of its host; None takes it away."""
    key = feed.subscription.feed_id.encode()
    record = Record(key, None if memory is None else written(memory), partition=feed.shard)
    if await around.publisher.publish(full_name(FEED_STATE, around.prefix), [record]):
        words = "too much to be remembered; its items come again"
        around.on_refusal(Refusal(feed.source.shown, words, counts=False))


async def report(around: Surroundings, subscription: Subscription, course: Course) -> None:
    """Publish the record of a feed's subscription and health."""
    value = feed_value(subscription, course)
    data = encode(value)
    record = Record(subscription.feed_id.encode(), data, cloud_headers(value, data))
    await around.publisher.publish(full_name(FEEDS, around.prefix), [record])
