"""Where every raw record ended: in exactly one of enriched, repeat, dead letter."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from events import topics
from events.wire import ORIGIN_HEADER
from marsad.lag import topic_partitions
from marsad.reading import Record

STALL_MS = 15_000
WAIT_MS = 300


@dataclass(slots=True)
class Account:
    """Counts by outcome over the raw records that the broker still holds; `missing` should be 0."""

    raw: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    twice: int = 0

    def as_dict(self) -> dict[str, int]:
        """Give the counts as one flat object."""
        return {"raw": self.raw, **self.outcomes, "missing": self.missing, "twice": self.twice}


async def read_all(
    client: Mapping[str, Any], topic: str, only: Sequence[TopicPartition] | None = None, start: int = 0
) -> AsyncIterator[Record]:
    """Give every record that the topic holds now, partition by partition in order.

    `only` chooses partitions, `start` is the first offset wanted of each.
    """
    consumer = AIOKafkaConsumer(enable_auto_commit=False, max_partition_fetch_bytes=16 << 20, **client)
    try:
        await consumer.start()
        for tp in await topic_partitions(client, topic) if only is None else only:
            consumer.assign([tp])
            end = (await consumer.end_offsets([tp]))[tp]
            begin = (await consumer.beginning_offsets([tp]))[tp]
            consumer.seek(tp, min(max(begin, start), end))
            async for record in read_until(consumer, tp, end):
                yield record
    finally:
        await consumer.stop()


async def read_until(consumer: AIOKafkaConsumer, tp: TopicPartition, end: int) -> AsyncIterator[Record]:
    """Give the records before `end`. Short waits: behind a transaction's marker no record comes any more."""
    quiet_ms = 0
    while await consumer.position(tp) < end:
        batch = (await consumer.getmany(tp, timeout_ms=WAIT_MS)).get(tp, [])
        quiet_ms = 0 if batch else quiet_ms + WAIT_MS
        if quiet_ms > STALL_MS:
            raise TimeoutError(f"{tp.topic}/{tp.partition} gave nothing for {STALL_MS // 1000} s")
        for record in batch:
            if record.offset < end:
                yield record


def origin_of(record: Record) -> str:
    """Give the raw position that a record comes from, empty where it names none."""
    headers: dict[str, bytes] = dict(record.headers)
    return headers.get(ORIGIN_HEADER, b"").decode()


async def account(client: Mapping[str, Any], prefix: str) -> tuple[Account, list[bytes]]:
    """Read all topics and give the account, with the enriched events once each, in raw order."""
    raw_topic = topics.full_name(topics.RAW, prefix)
    raw = {f"{raw_topic}/{r.partition}/{r.offset}": r.timestamp async for r in read_all(client, raw_topic)}
    ends, events = await _ends(client, prefix)
    result = Account(raw=len(raw))
    for origin in raw:
        found = ends.get(origin, set())
        result.outcomes.update(found)
        result.missing += not found
        result.twice += len(found) > 1
    ordered = sorted(((stamp, origin) for origin, stamp in raw.items() if origin in events), key=_log_order)
    return result, [events[origin] for _, origin in ordered]


def _log_order(entry: tuple[int, str]) -> tuple[int, int, int]:
    stamp, origin = entry
    _, partition, offset = origin.rsplit("/", 2)
    return stamp, int(partition), int(offset)


async def _ends(client: Mapping[str, Any], prefix: str) -> tuple[dict[str, set[str]], dict[str, bytes]]:
    ends: dict[str, set[str]] = {}
    events: dict[str, bytes] = {}
    async for record in read_all(client, topics.full_name(topics.ENRICHED, prefix)):
        ends.setdefault(origin_of(record), set()).add(orjson.loads(record.value)["relation"])
        events[origin_of(record)] = record.value
    async for record in read_all(client, topics.full_name(topics.REPEATS, prefix)):
        ends.setdefault(origin_of(record), set()).add("repeat")
    for topic in topics.READS.values():
        async for record in read_all(client, topics.full_name(topic.dead_letters(), prefix)):
            ends.setdefault(origin_of(record), set()).add("dead_letter")
    return ends, events
