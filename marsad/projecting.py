"""The enriched log in another format, as a topic of its own: a record for each event, ordered by article.

At least once with the same result: a position is committed when its projection is acknowledged, and a
projection is a function of the event alone. A record that is no event of ours is named and passed over.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from connectors.publish import Publisher, Record
from events import topics
from events.article import EnrichedArticle
from events.newsarticle import news_article
from events.ninjs import ninjs
from events.rejected import Rejected
from events.topics import Topic
from events.wire import decode
from marsad.lag import topic_partitions
from marsad.topics import create
from streams.engine.offsetfetch import mend

AT_ONCE = 500
WAIT_MS = 500
KEPT_HEADERS = ("ce_id", "ce_time", "ce_subject", "news_origin")
"""What a projection keeps of its event's headers: enough to find the event."""

Project = Callable[[EnrichedArticle], dict[str, Any]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Projection:
    """A format: the function, the topic, the media type of its values."""

    project: Project
    topic: Topic
    media_type: str


def _topic(name: str, carries: str) -> Topic:
    return Topic(f"articles.{name}.v1", "article_id", "delete", carries, 30)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType({
    "ninjs": Projection(ninjs, _topic("ninjs", "a ninjs 3.1 news item"), "application/json"),
    "newsarticle": Projection(
        news_article, _topic("newsarticle", "a schema.org NewsArticle"), "application/ld+json"
    ),
})  # fmt: skip


async def keep(
    client: Mapping[str, Any],
    prefix: str,
    name: str,
    stop: asyncio.Event,
    say: Say,
    copies: int | None = None,
) -> None:
    """Project the enriched log into its topic, which is made where it is missing, until `stop`.

    Raises `LookupError` where there is no enriched log, aiokafka's errors, `BrokerAway`.
    """
    chosen = PROJECTIONS[name]
    source = topics.full_name(topics.ENRICHED, prefix)
    partitions = len(await topic_partitions(client, source))
    target = await create(client, prefix, chosen.topic, partitions, copies)
    mend()
    consumer = AIOKafkaConsumer(
        source, group_id=topics.app_id(f"project-{name}", prefix), enable_auto_commit=False,
        auto_offset_reset="earliest", max_partition_fetch_bytes=16 << 20, **client,
    )  # fmt: skip
    await consumer.start()
    say(f"projecting {source} to {target}")
    try:
        async with Publisher(client) as publisher:
            while not stop.is_set():
                await _round(consumer, publisher, chosen, target, say)
    finally:
        await consumer.stop()


async def _round(
    consumer: AIOKafkaConsumer, publisher: Publisher, chosen: Projection, target: str, say: Say
) -> None:
    batches = await consumer.getmany(timeout_ms=WAIT_MS, max_records=AT_ONCE)
    if not batches:
        return
    made = [_projected(record, chosen, say) for records in batches.values() for record in records]
    records = [one for one in made if one is not None]
    for position in await publisher.publish(target, records):
        say(f"{records[position].key.decode()}: too large for {target}, passed over")
    ends: dict[TopicPartition, int] = {tp: records[-1].offset + 1 for tp, records in batches.items()}
    try:
        await consumer.commit(ends)
    except (CommitFailedError, IllegalStateError):
        return  # another of us has the partition now, and makes the same records once more


def _projected(record: Any, chosen: Projection, say: Say) -> Record | None:
    try:
        event = decode(record.value, EnrichedArticle)
    except Rejected as rejected:
        say(f"{record.topic}/{record.partition}/{record.offset}: {rejected}")
        return None
    kept = tuple((name, value) for name, value in record.headers if name in KEPT_HEADERS)
    headers = (*kept, ("content-type", chosen.media_type.encode()))
    return Record(event.article_id.encode(), orjson.dumps(chosen.project(event)), headers)
