"""The connector worker on a real Kafka: what it publishes, what it remembers, and when."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from connectors.feeds.errand import Outcome
from connectors.feeds.manners import Manners
from connectors.feeds.pollonce import gather_sources
from connectors.feeds.schedule import Pace
from connectors.feeds.source import Refusal
from connectors.feeds.worker import Options, run, run_once
from connectors.publish import BrokerAway, Publisher
from events.article import RawArticle
from events.feed import Feed, FeedEvent
from events.identity import article_id
from events.topics import FEED_EVENTS, FEEDS, MAX_RAW_BYTES, RAW, Topic, full_name
from events.wire import decode
from tests.connectors.feedsite import LOOPBACK, Site, item, rss

pytestmark = pytest.mark.kafka
HASTY = Manners(Pace(floor=0.2, cap=0.5, first=0.2, jitter=0), gap=0, spread=0)


@pytest.fixture
async def publisher(kafka: str) -> AsyncIterator[Publisher]:
    async with Publisher({"bootstrap_servers": kafka}, patience=30) as made:
        yield made


class Worker:
    """The worker with this test's feeds, topics and memory."""

    def __init__(self, publisher: Publisher, prefix: str, manners: Manners = HASTY) -> None:
        self._publisher = publisher
        self.refusals: list[Refusal] = []
        self.polled: list[Outcome] = []
        self.options = Options(
            prefix,
            allow_private=LOOPBACK,
            manners=manners,
            on_refusal=self.refusals.append,
            on_polled=self.polled.append,
        )

    async def once(self, *addresses: str) -> list[Outcome]:
        return await run_once(gather_sources(addresses)[0], self._publisher, self.options, asyncio.Event())

    async def for_ever(self, *addresses: str, stop: asyncio.Event) -> None:
        await run(gather_sources(addresses)[0], self._publisher, self.options, stop)


@pytest.fixture
def worker(publisher: Publisher, prefix: str) -> Worker:
    return Worker(publisher, prefix)


async def records(kafka: str, prefix: str, topic: Topic, least: int = 0) -> list[ConsumerRecord]:
    """All records of a topic, once there are `least` of them."""
    consumer = AIOKafkaConsumer(
        full_name(topic, prefix),
        bootstrap_servers=kafka,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2 * MAX_RAW_BYTES,
    )
    await consumer.start()
    found: list[ConsumerRecord] = []
    try:
        async with asyncio.timeout(60):
            while True:
                ends = await consumer.end_offsets(consumer.assignment())
                if (
                    not any([await consumer.position(tp) < end for tp, end in ends.items()])
                    and len(found) >= least
                ):
                    return found
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    found += batch
    finally:
        await consumer.stop()


async def test_once_publishes_every_item_and_says_what_it_did(
    kafka: str, prefix: str, worker: Worker, site: Site
) -> None:
    good = site.serve("/feed", rss(item(1), item(2)))
    outcomes = await worker.once(good, site.url("/gone"))
    raws = await records(kafka, prefix, RAW)
    assert [(one.items, one.published, one.error) for one in outcomes] == [
        (2, 2, None),
        (0, 0, "HTTP 404 Not Found"),
    ]
    assert [str(refusal) for refusal in worker.refusals] == [f"{site.url('/gone')}: HTTP 404 Not Found"]
    values = [decode(one.value, RawArticle) for one in raws]
    assert {value.title for value in values} == {"خبر رقم 1", "خبر رقم 2"}
    assert [one.key for one in raws] == [article_id(value).encode() for value in values]
    headers = dict(raws[0].headers)
    assert headers["ce_type"] == b"marsad.RawArticle.v1"
    assert headers["content-type"] == b"application/json"
    assert "خبر".encode() in raws[0].value


async def test_the_next_call_publishes_only_what_is_new(
    kafka: str, prefix: str, worker: Worker, site: Site
) -> None:
    address = site.serve("/feed", rss(item(1), item(2)))
    await worker.once(address)
    site.serve("/feed", rss(item(3), item(1), item(2)))
    (outcome,) = await worker.once(address)
    assert (outcome.items, outcome.published) == (3, 1)
    assert len(await records(kafka, prefix, RAW)) == 3


async def test_nothing_is_remembered_that_the_broker_has_not_acknowledged(
    kafka: str, prefix: str, site: Site, worker: Worker
) -> None:
    address = site.serve("/feed", rss(item(1)), ETag='"1"')
    async with Publisher({"bootstrap_servers": "127.0.0.1:1"}, patience=1) as nowhere:
        with pytest.raises(BrokerAway):
            await Worker(nowhere, prefix).once(address)
    (outcome,) = await worker.once(address)
    assert outcome.published == 1
    assert "If-None-Match" not in site.requests[-1].headers
    assert len(await records(kafka, prefix, RAW)) == 1


async def test_for_ever_means_again_and_again_until_told_to_stop(
    kafka: str, prefix: str, worker: Worker, site: Site
) -> None:
    address = site.serve("/feed", rss(item(1)))
    stop = asyncio.Event()
    running = asyncio.create_task(worker.for_ever(address, site.url("/gone"), stop=stop))
    await records(kafka, prefix, RAW, least=1)
    site.serve("/feed", rss(item(2), item(1)))
    found = await records(kafka, prefix, RAW, least=2)
    stop.set()
    async with asyncio.timeout(10):
        await running
    assert len(found) == 2
    assert len(site.asked("/feed")) > 1


async def test_health_is_told_in_words(kafka: str, prefix: str, worker: Worker, site: Site) -> None:
    address = site.serve("/feed", rss(item(1)))
    await worker.once(address)
    site.serve("/feed", "", 403)
    for _ in range(3):
        await worker.once(address)
    site.serve("/feed", rss(*map(item, range(5, 9))))
    await worker.once(address)
    told = [decode(one.value, Feed) for one in await records(kafka, prefix, FEEDS)]
    events = [decode(one.value, FeedEvent) for one in await records(kafka, prefix, FEED_EVENTS)]
    assert [feed.status for feed in told] == ["new", "active", "blocked", "blocked", "blocked", "active"]
    told = told[1:]
    assert [feed.errors for feed in told] == [0, 1, 2, 3, 0]
    assert told[3].last_error == "HTTP 403 Forbidden"
    assert told[3].failing_since == told[1].failing_since != told[4].failing_since
    assert all(feed.next_poll_at for feed in told)
    assert [event.kind for event in events] == ["feed.blocked", "feed.recovered", "feed.gap"]


async def test_an_item_that_the_broker_does_not_take_is_refused_alone(
    kafka: str, prefix: str, worker: Worker, site: Site
) -> None:
    address = site.serve("/feed", rss(item(1), item(2, text="x" * (MAX_RAW_BYTES + 1)), item(3)))
    (outcome,) = await worker.once(address)
    assert (outcome.published, outcome.refused) == (2, 1)
    assert "too large" in str(worker.refusals[0])
    assert len(await records(kafka, prefix, RAW)) == 2


async def test_credentials_are_on_no_topic(kafka: str, prefix: str, worker: Worker, site: Site) -> None:
    site.serve("/feed", rss(item(1)))
    await worker.once(site.url(user="amal:s3cret@"), site.url("/gone", user="amal:s3cret@"))
    for topic in (RAW, FEEDS, FEED_EVENTS):
        for one in await records(kafka, prefix, topic):
            assert b"s3cret" not in one.value + one.key + repr(one.headers).encode()
