"""Bringing a partition's state up to date from its changelog, before the first event is decided."""

import asyncio
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.engine.state import PartitionStore

log = logging.getLogger("marsad.engine")

STALL_SECONDS = 60.0
"""How long a changelog may give nothing before its end: then we say so and stop."""


class ChangelogError(RuntimeError):
    """The local state and the changelog contradict each other; the message says what to do."""


async def recover(store: PartitionStore, topic: str, partition: int, client: dict[str, Any]) -> int:
    """Read the changelog partition from `store.position` to its end into `store`; give the record count.

    `client` holds aiokafka's connection settings. A start moved by compaction or trimming is no error:
    what is missing below it was overwritten or deleted. Raises `ChangelogError` where the changelog ends
    before what the local database has already seen (it was emptied or recreated), or gives nothing for
    `STALL_SECONDS`.
    """
    consumer = AIOKafkaConsumer(
        enable_auto_commit=False, auto_offset_reset="none", max_partition_fetch_bytes=16 << 20, **client
    )
    try:
        await consumer.start()
        tp = TopicPartition(topic, partition)
        consumer.assign([tp])
        begin, end = await _bounds(consumer, tp)
        if store.position > end:
            raise ChangelogError(
                f"{topic}/{partition} ends at {end}, but the local state has seen {store.position}: the "
                "changelog was emptied or recreated. Restore it, or delete the state directory to start "
                "from what the changelog holds now"
            )
        consumer.seek(tp, max(begin, store.position))
        return await _read_to_end(consumer, tp, store, end)
    finally:
        await consumer.stop()


async def _bounds(consumer: AIOKafkaConsumer, tp: TopicPartition) -> tuple[int, int]:
    begins = await consumer.beginning_offsets([tp])
    ends = await consumer.end_offsets([tp])
    return begins[tp], ends[tp]


async def _read_to_end(
    consumer: AIOKafkaConsumer, tp: TopicPartition, store: PartitionStore, end: int
) -> int:
    count = 0
    quiet_since = asyncio.get_running_loop().time()
    # The position, not the last record, says that we are through: compaction leaves holes at the end.
    while await consumer.position(tp) < end:
        batches = await consumer.getmany(tp, timeout_ms=500, max_records=5_000)
        now = asyncio.get_running_loop().time()
        for records in batches.values():
            await asyncio.to_thread(
                store.restore, [(r.key, r.value) for r in records], records[-1].offset + 1
            )
            count += len(records)
            quiet_since = now
        if now - quiet_since > STALL_SECONDS:
            raise ChangelogError(f"{tp.topic}/{tp.partition} gave nothing for {STALL_SECONDS:.0f} s")
    if count:
        log.info("restored %d changelog records of %s/%d", count, tp.topic, tp.partition)
    return count
