"""Reads topics into the page's memory: no consumer group, no commits, nothing that others could feel."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from events import topics
from events.alert import Alert
from events.article import EnrichedArticle
from events.rejected import Rejected
from events.story import Story
from events.topics import Topic, full_name
from events.wire import decode
from marsad.interrupts import end_if_cancelled
from marsad.web.alerts import MAX_ALERTS, AlertEntry
from marsad.web.board import MAX_EVENTS, entry
from marsad.web.log import Position
from marsad.web.memory import Memory

BACKLOG_STORIES = 3_000
"""Records of `stories` read back from the end of each partition: merges of what the page still shows."""
RETRY_SECONDS = 2.0
FETCH_MS = 1_000

log = logging.getLogger(__name__)


class Held(Protocol):
    """Where the records of one topic are remembered."""

    connected: bool
    position: Position

    def clear(self) -> None:
        """Forget everything: the log that it came from is another one now."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One topic that the page reads: how far back, into what, and whom it tells.

    `take` raises `Rejected` or `ValueError` for a record that is none of ours. A `backlog` of
    None is all of it.
    """

    topic: Topic
    backlog: int | None
    held: Held
    take: Callable[[Any], None]
    caught_up: Callable[[], object] = bool
    renewed: Callable[[], object] = bool


def followed(memory: Memory) -> tuple[Followed, ...]:
    """Give the topics that fill `memory`."""
    readers, alert_readers, lineage = memory.readers, memory.alert_readers, memory.board.lineage

    def article(record: Any) -> None:
        made = entry(
            decode(record.value, EnrichedArticle), record.partition, record.offset, len(record.value)
        )
        if memory.board.add(made):
            readers.tell(made)

    def alert(record: Any) -> None:
        made = AlertEntry(decode(record.value, Alert), record.partition, record.offset, len(record.value))
        if memory.alerts.add(made):
            alert_readers.tell(made)

    def story(record: Any) -> None:
        lineage.add(decode(record.value, Story))

    return (
        Followed(topics.STORIES, BACKLOG_STORIES, lineage, _valued(story)),
        Followed(topics.ENRICHED, MAX_EVENTS, memory.board, _valued(article),
                 readers.opened.set, readers.reload),
        Followed(topics.ALERTS, MAX_ALERTS, memory.alerts, _valued(alert),
                 alert_readers.opened.set, alert_readers.reload),
        Followed(topics.FEEDS, None, memory.feeds, memory.feeds.hear),
    )  # fmt: skip


def _valued(take: Callable[[Any], None]) -> Callable[[Any], None]:
    """Pass over tombstones."""
    return lambda record: None if record.value is None else take(record)


async def follow(client: Mapping[str, Any], prefix: str, one: Followed) -> None:
    """Read a topic for ever; a broker that is away is tried again and said on the page.

    `client` are aiokafka's connection settings (`bootstrap_servers`, security).
    """
    topic = full_name(one.topic, prefix)
    while True:
        try:
            await _read(client, topic, one)
        except (KafkaError, OSError) as error:
            log.warning("cannot read %s: %s; trying again", topic, error)
        end_if_cancelled()
        one.held.connected = False
        await asyncio.sleep(RETRY_SECONDS)


async def _read(client: Mapping[str, Any], topic: str, one: Followed) -> None:
    partitions = await _partitions(client, topic)
    if not partitions:
        log.info("topic %s is not there yet", topic)
        return
    # Should the log be cut below where we stand, reading goes on at what is left.
    consumer = AIOKafkaConsumer(**client, group_id=None, auto_offset_reset="earliest")
    try:
        await consumer.start()
        behind = await _seek(consumer, partitions, one)
        while True:
            behind = {tp: end for tp, end in behind.items() if await consumer.position(tp) < end}
            if not behind:
                one.held.connected = True
                one.caught_up()
            batches = await consumer.getmany(timeout_ms=FETCH_MS, max_records=100)
            for record in chain.from_iterable(batches.values()):
                _take(record, one)
    finally:
        await consumer.stop()


async def _partitions(client: Mapping[str, Any], topic: str) -> list[Any]:
    """Give the topic's partitions, none where it does not exist yet."""
    admin = AIOKafkaAdminClient(**client)
    try:
        await admin.start()
        if topic not in await admin.list_topics():  # asking for one by name could create it
            return []
        (found,) = await admin.describe_topics([topic])
        return [TopicPartition(topic, one["partition"]) for one in found["partitions"]]
    finally:
        await admin.close()


async def _seek(consumer: Any, partitions: list[Any], one: Followed) -> dict[Any, int]:
    """Stand where we were, or a bounded way before the end; gives the ends, to be reached first."""
    consumer.assign(partitions)
    first = await consumer.beginning_offsets(partitions)
    end: dict[Any, int] = await consumer.end_offsets(partitions)
    position = one.held.position
    if any(end[tp] <= position.get(tp.partition, -1) for tp in partitions):
        one.held.clear()  # a shorter log than the one we know: the cluster was made anew
        one.renewed()
        position = one.held.position
    for tp in partitions:
        back = first[tp] if one.backlog is None else end[tp] - one.backlog
        consumer.seek(tp, max(first[tp], back, position.get(tp.partition, -1) + 1))
    return end


def _take(record: Any, one: Followed) -> None:
    try:
        one.take(record)
    except (Rejected, ValueError) as error:
        log.warning("passed over %s/%s/%s: %s", record.topic, record.partition, record.offset, error)
    known = one.held.position.get(record.partition, -1)
    one.held.position[record.partition] = max(known, record.offset)
