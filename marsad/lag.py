"""How far behind each stage is: committed offsets against the ends of what it reads."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient

from events import topics

COORDINATOR_SECONDS = 30.0

READS: Mapping[str, topics.Topic] = {
    "normalize": topics.RAW,
    "dedupe": topics.NORMALIZED,
    "tag": topics.DEDUPED,
}
"""Each stage and the topic it reads, in the order in which records pass."""


@dataclass(frozen=True, slots=True)
class Lag:
    """One stage's lag; `seconds` is the age of the oldest record it has not committed, 0 where none."""

    stage: str
    group: str
    topic: str
    records: int
    seconds: float


async def stage_lag(client: Mapping[str, Any], prefix: str, stage: str, now_ms: int) -> Lag:
    """Measure one stage; `client` holds aiokafka's connection settings, `now_ms` the time."""
    topic, group = topics.full_name(READS[stage], prefix), topics.app_id(stage, prefix)
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **client)
    await consumer.start()
    try:
        tps = await topic_partitions(client, topic)
        behind = await _behind(consumer, await committed_offsets(client, group), tps)
        records = sum(end - offset for offset, end in behind.values())
        oldest = await _oldest_ms(
            consumer, {tp: offset for tp, (offset, end) in behind.items() if offset < end}
        )
        seconds = max(0.0, (now_ms - oldest) / 1000) if oldest is not None else 0.0
        return Lag(stage, group, topic, records, round(seconds, 1))
    finally:
        await consumer.stop()


async def committed_offsets(client: Mapping[str, Any], group: str) -> dict[TopicPartition, int]:
    """Give the committed offsets of a group; a coordinator that is just starting is waited for."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        async with asyncio.timeout(COORDINATOR_SECONDS):
            while (offsets := await _listed(admin, group)) is None:
                await asyncio.sleep(0.2)
    finally:
        await admin.close()
    return {tp: meta.offset for tp, meta in offsets.items() if meta.offset >= 0}


async def _listed(admin: AIOKafkaAdminClient, group: str) -> Any:
    try:
        return await admin.list_consumer_group_offsets(group)
    except (
        errors.GroupCoordinatorNotAvailableError,
        errors.NotCoordinatorForGroupError,
        errors.GroupLoadInProgressError,
    ):
        # On a new cluster the offsets topic is made when the first group asks (aiokafka error 15).
        return None


async def _behind(
    consumer: AIOKafkaConsumer, committed: Mapping[TopicPartition, int], tps: list[TopicPartition]
) -> dict[TopicPartition, tuple[int, int]]:
    begins, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
    # Below the beginning nothing can be read any more, so nothing there is lag.
    return {tp: (min(max(committed.get(tp, 0), begins[tp]), ends[tp]), ends[tp]) for tp in tps}


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


async def _oldest_ms(consumer: AIOKafkaConsumer, starts: Mapping[TopicPartition, int]) -> int | None:
    if not starts:
        return None
    consumer.assign(list(starts))
    for tp, offset in starts.items():
        consumer.seek(tp, offset)
    got = await consumer.getmany(*starts, timeout_ms=2_000, max_records=len(starts) * 50)
    stamps = [records[0].timestamp for records in got.values() if records]
    return min(stamps) if stamps else None


async def drained(client: Mapping[str, Any], prefix: str, every: float = 0.5) -> None:
    """Wait until everything in the raw topic has passed through all stages, one after the other."""
    for stage in READS:
        while (await stage_lag(client, prefix, stage, 0)).records:
            await asyncio.sleep(every)
