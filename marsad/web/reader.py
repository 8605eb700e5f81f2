"""Reads the public log into the board: no consumer group, no commits, nothing that others could feel."""

import asyncio
import logging
from collections.abc import Mapping
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from events.article import EnrichedArticle
from events.rejected import Rejected
from events.wire import decode
from marsad.web.board import MAX_EVENTS, Board, entry
from marsad.web.sse import Readers

BACKLOG = MAX_EVENTS
"""Records read back from the end of each partition at the start."""
RETRY_SECONDS = 2.0
FETCH_MS = 1_000

log = logging.getLogger(__name__)


async def follow(
    client: Mapping[str, Any], topic: str, board: Board, readers: Readers, backlog: int = BACKLOG
) -> None:
    """Fill `board` from `topic` for ever; a broker that is away is tried again and said on the page.

    `client` are aiokafka's connection settings (`bootstrap_servers`, security).
    """
    while True:
        try:
            await _read(client, topic, board, readers, backlog)
        except (KafkaError, OSError) as error:
            log.warning("cannot read %s: %s; trying again", topic, error)
        board.connected = False
        await asyncio.sleep(RETRY_SECONDS)


async def _read(client: Mapping[str, Any], topic: str, board: Board, readers: Readers, backlog: int) -> None:
    partitions = await _partitions(client, topic)
    if not partitions:
        log.info("topic %s is not there yet", topic)
        return
    # Should the log be cut below where we stand, reading goes on at what is left.
    consumer = AIOKafkaConsumer(**client, group_id=None, auto_offset_reset="earliest")
    try:
        await consumer.start()
        behind = await _seek(consumer, partitions, board, readers, backlog)
        while True:
            behind = {tp: end for tp, end in behind.items() if await consumer.position(tp) < end}
            if not behind:
                board.connected = True
                readers.opened.set()
            batches = await consumer.getmany(timeout_ms=FETCH_MS, max_records=100)
            for record in chain.from_iterable(batches.values()):
                _take(record, board, readers)
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


async def _seek(
    consumer: Any, partitions: list[Any], board: Board, readers: Readers, backlog: int
) -> dict[Any, int]:
    """Stand where we were, or a bounded way before the end; gives the ends, to be reached first."""
    consumer.assign(partitions)
    first = await consumer.beginning_offsets(partitions)
    end: dict[Any, int] = await consumer.end_offsets(partitions)
    if any(end[tp] <= board.position.get(tp.partition, -1) for tp in partitions):
        board.clear()  # a shorter log than the one we know: the cluster was made anew
        readers.reload()
    for tp in partitions:
        start = max(first[tp], end[tp] - backlog, board.position.get(tp.partition, -1) + 1)
        consumer.seek(tp, start)
    return end


def _take(record: Any, board: Board, readers: Readers) -> None:
    if record.value is None:
        return
    try:
        event = decode(record.value, EnrichedArticle)
        made = entry(event, record.partition, record.offset, len(record.value))
    except (Rejected, ValueError) as error:
        log.warning("passed over %s/%s/%s: %s", record.topic, record.partition, record.offset, error)
        return
    if board.add(made):
        readers.tell(made)
