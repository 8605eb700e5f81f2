"""How far behind each stage is: committed offsets against the ends of what it reads."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from connectors.committed import committed
from events import topics

LOOK_SECONDS = 2.0
"""How long the first waiting record of each partition is looked for."""

READS = topics.READS


@dataclass(frozen=True, slots=True)
class Lag:
    """One stage's lag; `seconds` is the age of the oldest record it has not committed, 0 where none."""

    stage: str
    group: str
    topic: str
    records: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One partition as one group stands in it: committed (None: never), begin, end; what is left to do."""

    group: str
    topic: str
    partition: int
    committed: int | None
    begin: int
    end: int
    records: int
    oldest_ms: int | None

    def seconds(self, now_ms: int) -> float:
        """Give the age of the oldest record not committed, 0 where none."""
        return 0.0 if self.oldest_ms is None else max(0.0, (now_ms - self.oldest_ms) / 1000)


async def stage_lag(client: Mapping[str, Any], prefix: str, stage: str, now_ms: int) -> Lag:
    """Measure one stage; `client` holds aiokafka's connection settings, `now_ms` the time."""
    names = [topics.full_name(topic, prefix) for topic in topics.read_by(stage)]
    found = await partition_lags(client, topics.app_id(stage, prefix), names)
    seconds = max((one.seconds(now_ms) for one in found), default=0.0)
    records = sum(one.records for one in found)
    return Lag(stage, topics.app_id(stage, prefix), ",".join(names), records, round(seconds, 1))


async def partition_lags(client: Mapping[str, Any], group: str, names: Sequence[str]) -> list[PartitionLag]:
    """Measure a group partition by partition, over the topics `names`."""
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **client)
    try:
        await consumer.start()
        tps = [tp for name in names for tp in await topic_partitions(client, name)]
        committed = await committed_offsets(client, group)
        begins, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        # Below the beginning nothing can be read any more, so nothing there is lag.
        behind = {tp: (min(max(committed.get(tp, 0), begins[tp]), ends[tp]), ends[tp]) for tp in tps}
        waiting = {tp: bounds for tp, bounds in behind.items() if bounds[0] < bounds[1]}
        stamps, none = await _oldest_ms(consumer, waiting)
    finally:
        await consumer.stop()
    left = {tp: end - offset for tp, (offset, end) in waiting.items() if tp not in none}
    return [
        PartitionLag(
            group,
            tp.topic,
            tp.partition,
            committed.get(tp),
            begins[tp],
            ends[tp],
            left.get(tp, 0),
            stamps.get(tp),
        )
        for tp in tps
    ]


async def lagging(client: Mapping[str, Any], prefix: str) -> list[str]:
    """Give the stages that lag is told of: that of alerts only once it has run."""
    runs = await committed_offsets(client, topics.app_id("alert", prefix))
    return [*READS, "alert"] if runs else list(READS)


async def all_lags(client: Mapping[str, Any], prefix: str, now_ms: int) -> list[Lag]:
    """Measure every stage that lag is told of, in the order in which records pass."""
    return [await stage_lag(client, prefix, stage, now_ms) for stage in await lagging(client, prefix)]


async def groups(client: Mapping[str, Any], beginning: str) -> list[str]:
    """Give the consumer groups whose names begin so, in order."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        return sorted(name for name, _ in await admin.list_consumer_groups() if name.startswith(beginning))
    finally:
        await admin.close()


async def committed_offsets(client: Mapping[str, Any], group: str) -> dict[TopicPartition, int]:
    """Give the committed offsets of a group; a coordinator that is just starting is waited for."""
    return {tp: meta.offset for tp, meta in (await committed(client, group)).items()}


async def topic_partitions(client: Mapping[str, Any], topic: str) -> list[TopicPartition]:
    """Give the partitions of a topic, in order; raises `LookupError` where there is no such topic."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        (found,) = await admin.describe_topics([topic])
    finally:
        await admin.close()
    if found["error_code"]:
        raise LookupError(f"no topic {topic} on this broker; `marsad topics apply` creates ours")
    return [TopicPartition(topic, number) for number in sorted(p["partition"] for p in found["partitions"])]


async def topic_ends(client: Mapping[str, Any], topic: str) -> dict[TopicPartition, int]:
    """Give the end of each partition of a topic: the offset that its next record will have."""
    tps = await topic_partitions(client, topic)
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **client)
    try:
        await consumer.start()
        ends: dict[TopicPartition, int] = await consumer.end_offsets(tps)
        return ends
    finally:
        await consumer.stop()


async def _oldest_ms(
    consumer: AIOKafkaConsumer, waiting: Mapping[TopicPartition, tuple[int, int]]
) -> tuple[dict[TopicPartition, int], set[TopicPartition]]:
    """Give the oldest time stamp of each partition, and those where nothing but holes is left.

    Transaction markers and compaction leave offsets that no reader ever gets, so none commits them.
    """
    _seek(consumer, waiting)
    stamps: dict[TopicPartition, int] = {}
    holes: set[TopicPartition] = set()
    deadline = time.monotonic() + LOOK_SECONDS
    while waiting.keys() - stamps.keys() - holes and time.monotonic() < deadline:
        got = await consumer.getmany(*(waiting.keys() - stamps.keys()), timeout_ms=200, max_records=100)
        stamps |= {tp: records[0].timestamp for tp, records in got.items()}
        silent = waiting.keys() - stamps.keys()
        holes = {tp for tp in silent if await consumer.position(tp) >= waiting[tp][1]}
    return stamps, holes


def _seek(consumer: AIOKafkaConsumer, waiting: Mapping[TopicPartition, tuple[int, int]]) -> None:
    if waiting:
        consumer.assign(list(waiting))
    for tp, (offset, _) in waiting.items():
        consumer.seek(tp, offset)


async def drained(client: Mapping[str, Any], prefix: str, every: float = 0.5) -> None:
    """Wait until everything in the raw topic has passed through all stages, one after the other."""
    for stage in READS:
        while (await stage_lag(client, prefix, stage, 0)).records:
            await asyncio.sleep(every)
