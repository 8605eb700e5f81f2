"""The page over a real Kafka: backlog, what comes in, a topic that is not there yet, no group left behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from events.article import EnrichedArticle
from events.wire import encode
from marsad.web import serve
from tests.web.making import FOLLOWED, PAGED, Make, story

pytestmark = pytest.mark.kafka


@asynccontextmanager
async def served(kafka: str, prefix: str) -> AsyncIterator[aiohttp.ClientSession]:
    """The page, running; ends with the block."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve({"bootstrap_servers": kafka}, prefix, ready=address.set_result))
    try:
        async with aiohttp.ClientSession(await address) as client:
            yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def send(kafka: str, topic: str, *values: bytes | None, partition: int = 0, key: bytes = b"k") -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=key, partition=partition)


async def articles(client: aiohttp.ClientSession, enough: Callable[[list[str]], bool]) -> list[str]:
    """The article ids that the API gives, as soon as they are enough."""
    async with asyncio.timeout(60):
        while True:
            document: dict[str, Any] = await (await client.get("/api/articles")).json()
            found = [article["article_id"] for article in document["articles"]]
            if enough(found):
                return found
            await asyncio.sleep(0.05)


def bytes_of(*events: EnrichedArticle) -> list[bytes]:
    return [encode(event) for event in events]


async def test_shows_what_was_there_and_what_comes_in(kafka: str, prefix: str, make: Make) -> None:
    topic = f"{prefix}articles.enriched.v1"
    await send(kafka, topic, *bytes_of(make("1"), make("2")))
    await send(kafka, topic, *bytes_of(make("3")), partition=1)
    async with served(kafka, prefix) as client:
        assert set(await articles(client, lambda found: len(found) == 3)) == {"a1", "a2", "a3"}
        async with client.get("/events", timeout=aiohttp.ClientTimeout(60)) as stream:
            assert (await stream.content.readline()).startswith(b"retry:")
            await send(kafka, topic, *bytes_of(make("4")), partition=1)
            received = await stream.content.readuntil(b"data: ")
            assert b"id: 0:1,1:1" in received
        assert "a4" in await articles(client, lambda found: "a4" in found)
        health = await (await client.get("/healthz")).json()
        assert (health["connected"], health["events"]) == (True, 4)


async def test_odd_records_and_redeliveries_change_nothing(kafka: str, prefix: str, make: Make) -> None:
    topic = f"{prefix}articles.enriched.v1"
    odd: list[bytes | None] = [None, b"", b"not json", b"[]", b'{"title": 1}']
    await send(kafka, topic, *odd, *bytes_of(make("1"), make("1"), make("2")))
    async with served(kafka, prefix) as client:
        assert set(await articles(client, lambda found: "a2" in found)) == {"a1", "a2"}


async def test_waits_for_a_topic_that_is_not_there(kafka: str, make: Make) -> None:
    prefix = "later."
    topic = f"{prefix}articles.enriched.v1"
    async with served(kafka, prefix) as client, admin(kafka) as broker:
        page = await (await client.get("/?ui=en")).text()
        assert "No news yet" in page
        assert topic not in await broker.list_topics()
        await broker.create_topics([NewTopic(topic, 1, 1)])
        await send(kafka, topic, *bytes_of(make("1")))
        assert await articles(client, bool) == ["a1"]
        await broker.delete_topics([topic])


async def test_leaves_no_consumer_group(kafka: str, prefix: str, make: Make) -> None:
    await send(kafka, f"{prefix}articles.enriched.v1", *bytes_of(make("1")))
    async with admin(kafka) as broker:
        before = await broker.list_consumer_groups()
        async with served(kafka, prefix) as client:
            await articles(client, bool)
            assert await broker.list_consumer_groups() == before


@asynccontextmanager
async def admin(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def test_broker_that_is_away_is_said_on_the_page(unused_tcp_port: int) -> None:
    async with served(f"127.0.0.1:{unused_tcp_port}", "news.") as client:
        page = await (await client.get("/?ui=en")).text()
        assert "No connection to Kafka" in page
        assert (await (await client.get("/healthz")).json())["connected"] is False


async def test_stories_alerts_feeds_and_lag_come_from_their_topics(
    kafka: str, prefix: str, make: Make
) -> None:
    merged = story("s1", status="merged", merged_into="s2")
    await send(kafka, f"{prefix}articles.enriched.v1", *bytes_of(make("1"), make("2")))
    await send(kafka, f"{prefix}stories.v1", b"not json", encode(story("s2")), encode(merged), None)
    await send(kafka, f"{prefix}alerts.v1", encode(PAGED), b"[]", encode(PAGED))
    await send(kafka, f"{prefix}feeds.v1", encode(FOLLOWED), key=FOLLOWED.feed_id.encode())
    await send(kafka, f"{prefix}feeds.v1", b"no feed")
    async with served(kafka, prefix) as client:
        for path, enough in (
            ("/api/alerts", lambda found: found["total"] == 1),
            ("/api/feeds", lambda found: [one["feed_id"] for one in found["feeds"]] == ["f0"]),
            ("/api/lag", lambda found: [one["stage"] for one in found["stages"]][:1] == ["normalize"]),
            ("/api/articles?story=s2", lambda found: found["total"] == 2),
        ):
            await answered(client, path, enough)
        answer = await client.get("/stories/s1", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (302, "/stories/s2")


async def answered(client: aiohttp.ClientSession, path: str, enough: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(60):
        while not enough(await (await client.get(path)).json()):
            await asyncio.sleep(0.1)
