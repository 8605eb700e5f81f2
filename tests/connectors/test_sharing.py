"""Many connectors, one list of feeds on a real Kafka: who polls what, live, and what a successor inherits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.feeds import listing
from connectors.feeds.health import feed_id
from connectors.feeds.hosts import shard_of
from connectors.feeds.ledger import Ledger
from connectors.feeds.manners import Manners
from connectors.feeds.schedule import Pace
from connectors.feeds.source import web_source
from connectors.publish import Publisher, Record
from events.article import RawArticle
from events.feed import Feed, FeedEvent
from events.times import parse_instant
from events.topics import FEED_EVENTS, FEED_STATE, FEEDS, RAW, full_name
from events.wire import decode, encode
from tests.conftest import PARTITIONS
from tests.connectors.feedsite import Site, item, rss
from tests.connectors.test_worker import Worker, records

pytestmark = pytest.mark.kafka
NOW = parse_instant("2026-11-22T03:00:00Z")
HOSTS = [f"127.0.0.{number}" for number in range(1, 65)]
STEADY = Manners(Pace(floor=2, cap=2, first=2, jitter=0), gap=0, spread=0)


@pytest.fixture
async def sites() -> AsyncIterator[Site]:
    """One server under many addresses: each is a host of its own."""
    served = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.answer)
    server = TestServer(app, host="0.0.0.0")
    await server.start_server()
    served.port = server.port or 0
    yield served
    await server.close()


@pytest.fixture
async def publisher(kafka: str) -> AsyncIterator[Publisher]:
    async with Publisher({"bootstrap_servers": kafka}, patience=60) as made:
        yield made


def worker_of(publisher: Publisher, prefix: str, manners: Manners = STEADY) -> Worker:
    worker = Worker(publisher, prefix, manners)
    worker.options = replace(worker.options, allow_private=frozenset(HOSTS))
    return worker


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():
            await asyncio.sleep(0.1)


async def subscribe(publisher: Publisher, prefix: str, *addresses: str) -> None:
    made = [listing.subscription(web_source(one), Ledger(), NOW, "command") for one in addresses]
    await publisher.publish(full_name(FEEDS, prefix), [listing.record(one) for one in made])


async def unsubscribe(publisher: Publisher, prefix: str, address: str) -> None:
    removal = listing.removal(feed_id(web_source(address)))
    await publisher.publish(full_name(FEEDS, prefix), [removal])


class Running:
    """A worker that polls for ever, until this block ends."""

    def __init__(self, worker: Worker, *addresses: str) -> None:
        self.worker, self.stop = worker, asyncio.Event()
        self._addresses = addresses

    async def __aenter__(self) -> "Running":
        self.task = asyncio.create_task(self.worker.for_ever(*self._addresses, stop=self.stop))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        async with asyncio.timeout(60):
            await self.task


async def test_what_is_added_is_polled_at_once_and_what_is_removed_no_more(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    slow = Manners(Pace(floor=3_600, cap=3_600, first=3_600, jitter=0), gap=0, spread=0)
    address = sites.serve("/feed", rss(item(1)))
    async with Running(worker_of(publisher, prefix, slow)):
        await subscribe(publisher, prefix, address)
        await until(lambda: len(sites.asked("/feed")) == 1)
        await records(kafka, prefix, FEED_STATE, least=1)
        await records(kafka, prefix, FEEDS, least=2)
        await unsubscribe(publisher, prefix, address)
        (*_, last) = await records(kafka, prefix, FEED_STATE, least=2)
        assert last.value is None
        await subscribe(publisher, prefix, sites.serve("/other", rss(item(2))))
        await until(lambda: len(sites.asked("/other")) == 1)
    assert len(sites.asked("/feed")) == 1


async def test_a_report_that_crossed_a_removal_is_removed_again(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    address = sites.serve("/feed", rss(item(1)))
    name = feed_id(web_source(address))
    report = encode(
        listing.subscription(web_source(address), Ledger(), NOW, "command").feed(status="active", errors=1)
    )
    async with Running(worker_of(publisher, prefix)) as running:
        await subscribe(publisher, prefix, address)
        await until(lambda: len(running.worker.polled) > 0)
        await unsubscribe(publisher, prefix, address)
        await records(kafka, prefix, FEED_STATE, least=2)
        before = len(await records(kafka, prefix, FEEDS))
        await publisher.publish(full_name(FEEDS, prefix), [Record(name.encode(), report)])
        found = await records(kafka, prefix, FEEDS, least=before + 2)
    assert found[-1].value is None


def hosts_in_each_shard(sites: Site, each: int) -> list[str]:
    """Give `each` hosts of every shard: which shard a host is in hangs on the server's port.

    With eight hosts as they come, one run in 120 left a worker a shard without any.
    """
    shards: dict[int, list[str]] = {number: [] for number in range(PARTITIONS)}
    for host in HOSTS:
        shards[shard_of(f"{host}:{sites.port}", PARTITIONS)].append(host)
    return [host for hosts in shards.values() for host in hosts[:each]]


def polled_since(worker: Worker, start: int) -> set[str]:
    return {one.feed for one in worker.polled[start:]}


async def until_shared(first: Worker, second: Worker, addresses: set[str]) -> None:
    """Wait until both poll, all addresses between them, and no host is polled by both.

    On a busy machine a worker may miss its heartbeats, and hosts then change hands once more.
    """
    async with asyncio.timeout(120):
        while True:
            mark = len(first.polled), len(second.polled)
            while polled_since(first, mark[0]) | polled_since(second, mark[1]) != addresses:
                await asyncio.sleep(0.1)
            hosts = [{web_source(one).host for one in polled_since(worker, start)}
                     for worker, start in zip((first, second), mark, strict=True)]  # fmt: skip
            if all(hosts) and not hosts[0] & hosts[1]:
                return


async def test_hosts_are_shared_each_by_one_worker_and_no_feed_is_polled_twice_at_once(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    running: list[web.Request] = []
    twice: list[str] = []

    def at_once(request: web.Request) -> int:
        """How many wait for an answer from this host; one who has hung up does not wait."""
        waiting = [one for one in running if one.transport and not one.transport.is_closing()]
        return len([one for one in waiting if one.url.host == request.url.host])

    async def answer(request: web.Request) -> web.StreamResponse:
        running.append(request)
        if at_once(request) > STEADY.at_once_per_host:
            twice.append(str(request.url))
        try:
            await asyncio.sleep(0.05)
        finally:
            running.remove(request)
        return web.Response(body=rss(item(1)).encode(), content_type="application/rss+xml")

    hosts = hosts_in_each_shard(sites, 4)
    addresses = [sites.url(f"/{number}", host) for host in hosts for number in range(4)]
    for number in range(4):
        sites.handle(f"/{number}", answer)
    await subscribe(publisher, prefix, *addresses)
    first, second = worker_of(publisher, prefix), worker_of(publisher, prefix)
    async with Running(first):
        await until(lambda: {one.feed for one in first.polled} == set(addresses))
        async with Running(second):
            await until(lambda: len({one.feed for one in second.polled}) > 0)
            await until_shared(first, second, set(addresses))
        mark = len(first.polled), 0
        await until(lambda: {one.feed for one in first.polled[mark[0] :]} == set(addresses))
    assert twice == []
    raw = [decode(one.value, RawArticle) for one in await records(kafka, prefix, RAW)]
    assert {one.feed_url for one in raw} == set(addresses)


async def test_a_successor_inherits_validators_entries_and_the_time_of_the_next_poll(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    address = sites.serve("/feed", rss(item(1), item(2)), ETag='"1"')
    await subscribe(publisher, prefix, address)
    async with Running(worker_of(publisher, prefix)) as first:
        await until(lambda: len(first.worker.polled) > 0)
    asked = len(sites.asked("/feed"))
    sites.serve("/feed", rss(item(3), item(1), item(2)))
    async with Running(worker_of(publisher, prefix)) as second:
        await until(lambda: len(second.worker.polled) > 0)
    assert sites.asked("/feed")[asked].headers["If-None-Match"] == '"1"'
    assert second.worker.polled[0].published == 1
    assert len(await records(kafka, prefix, RAW)) == 3


async def test_a_feed_that_is_gone_is_polled_no_more_until_it_is_added_again(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    address = sites.serve("/feed", "", 410)
    other = sites.serve("/other", rss(item(1)))
    await subscribe(publisher, prefix, address, other)
    async with Running(worker_of(publisher, prefix)) as running:
        await until(lambda: len([one for one in running.worker.polled if one.feed == other]) > 2)
        assert len(sites.asked("/feed")) == 1
        again = listing.subscription(
            web_source(address), Ledger(), parse_instant("2027-01-01T00:00:00Z"), "command"
        )
        sites.serve("/feed", rss(item(2)))
        await publisher.publish(full_name(FEEDS, prefix), [listing.record(again)])
        await until(lambda: len([one for one in running.worker.polled if one.feed == address]) > 1)
    events = [decode(one.value, FeedEvent) for one in await records(kafka, prefix, FEED_EVENTS)]
    assert [event.kind for event in events if event.feed_url == address] == ["feed.blocked", "feed.recovered"]


async def test_a_retry_after_keeps_all_feeds_of_the_host_away_where_it_is_meant_so(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    worker = worker_of(publisher, prefix, replace(STEADY, retry_scope="host", at_once_per_host=1))
    limited = [sites.serve(f"/{number}", "", 429, Retry_After="3600") for number in range(3)]
    other = sites.url("/other", HOSTS[1])
    sites.serve("/other", rss(item(1)))
    await subscribe(publisher, prefix, *limited, other)
    async with Running(worker):
        await until(lambda: len([one for one in worker.polled if one.feed == other]) > 2)
        await until(lambda: any(one.error for one in worker.polled))
    successor = worker_of(publisher, prefix, worker.options.manners)
    async with Running(successor):
        await until(lambda: len([one for one in successor.polled if one.feed == other]) > 1)
    assert sum(len(sites.asked(f"/{number}")) for number in range(3)) == 1


async def test_a_list_is_subscribed_once_and_what_was_removed_stays_so(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    addresses = [sites.serve(f"/{name}", rss(item(1))) for name in "ab"]
    async with Running(worker_of(publisher, prefix), *addresses) as first:
        await until(lambda: len(first.worker.polled) > 1)
        await unsubscribe(publisher, prefix, addresses[0])
        await until(lambda: len(first.worker.polled) > 3)
    asked = len(sites.asked("/a"))
    async with Running(worker_of(publisher, prefix), *addresses) as second:
        await until(lambda: len(second.worker.polled) > 2)
    assert {one.feed for one in second.worker.polled} == {addresses[1]}
    assert len(sites.asked("/a")) <= asked + 1
    told = [decode(one.value, Feed) for one in await records(kafka, prefix, FEEDS) if one.value]
    assert {feed.added_by for feed in told} == {"list"}


async def test_records_that_are_no_feeds_stop_nothing(
    kafka: str, prefix: str, publisher: Publisher, sites: Site
) -> None:
    address = sites.serve("/feed", rss(item(1)))
    bad = [Record(b"x", b"{"), Record(b"y", b"[1]"), Record(b"\xff", None), Record(b"z", b'{"feed_id":"z"}')]
    await publisher.publish(full_name(FEEDS, prefix), bad)
    await publisher.publish(full_name(FEED_STATE, prefix), [Record(b"x", b"junk", partition=0)])
    await subscribe(publisher, prefix, address)
    async with Running(worker_of(publisher, prefix)) as running:
        await until(lambda: len(running.worker.polled) > 0)
    assert len([one for one in running.worker.refusals if "feeds.v1" in one.name]) == 4
