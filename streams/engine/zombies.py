"""What a zombie wrote late is written over: in a compacted topic the last record of a key is what stands.

A worker that was frozen, or that shares its member id with another, may write what its successor has long
written. In a log that is one more copy of the same event. In `current` and `stories` it would stand for good,
an earlier revision after the later one (`make chaos` found it, docs/guarantees.md). Kafka fences
such writers by transactions alone, and before a write lands nobody can know of it. So whoever holds a
partition reads along what is written to it: where a record is lower in the order that counts (`news_order`)
than one before it, that one is written again. Offsets of a topic that was made anew, or restored from files,
begin low again; there the timestamp is later, and the record stands.
"""

import asyncio
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from events.wire import ORDER_HEADER
from streams.engine.agent import Publish
from streams.engine.failstop import fail_stop
from streams.engine.records import Outgoing
from streams.engine.state import mark_of

log = logging.getLogger("marsad.engine")

KEPT = 5_000
"""Keys remembered of each partition, those written last: a zombie is late by seconds or minutes."""
TAIL = 1_000
"""Records read back of a partition when it is taken over."""
POLL_MS = 1_000
AT_ONCE = 500
PATIENCE = 30.0
PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """The record of a key that ought to be the last: its place in the order, and where it lies.

    `log` is the normalized partition, `order` the offset there and `millis` the timestamp.
    """

    log: str
    order: int
    millis: int
    offset: int
    mark: bytes

    def is_before(self, other: "Standing") -> bool:
        """Tell whether this one was decided before `other`."""
        return self.log == other.log and self.order < other.order and self.millis <= other.millis


class Ranks:
    """Which record of each key ranks highest in one partition, of the `kept` keys written last."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._highest: dict[bytes, Standing] = {}
        self._buried: dict[bytes, Standing] = {}

    def see(self, record: Any) -> None:
        """Take the next record of the partition.

        One that names no place, a tombstone as well, may always stand: somebody wrote it on purpose.
        """
        before = self._highest.pop(record.key, None)
        self._buried.pop(record.key, None)
        now = _standing(record)
        if now is None:
            return
        if before is None or not now.is_before(before):
            self._keep(record.key, now)
        elif before.mark == now.mark:  # a redelivered story is its latest state
            self._keep(record.key, replace(before, offset=now.offset))
        else:
            self._keep(record.key, before)
            self._buried[record.key] = before

    def buried(self) -> list[int]:
        """Give, once, the offsets of the records that an earlier one has come after, and nothing since."""
        offsets = [standing.offset for standing in self._buried.values()]
        self._buried.clear()
        return offsets

    def _keep(self, key: bytes, standing: Standing) -> None:
        self._highest[key] = standing
        if len(self._highest) > self._kept:
            del self._highest[next(iter(self._highest))]


_ORDER = re.compile(r"(.+)/([0-9]{1,19})/(-?[0-9]{1,19})", re.ASCII)


def _standing(record: Any) -> Standing | None:
    order = next((value for name, value in record.headers if name == ORDER_HEADER), None)
    found = _ORDER.fullmatch((order or b"").decode("utf-8", "replace"))
    if found is None or record.key is None or record.value is None:
        return None
    mark = mark_of(record.key, record.value)
    return Standing(found[1], int(found[2]), int(found[3]), record.offset, mark)


class ZombieWatch:
    """Reads along the partitions held; `client` holds aiokafka's connection settings."""

    def __init__(self, client: dict[str, Any], topic: str, publish: Publish) -> None:
        self._client, self._topic, self._publish = client, topic, publish
        self._held: frozenset[int] = frozenset()
        self._changed = asyncio.Event()
        self._ranks: dict[TopicPartition, Ranks] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._task: asyncio.Task[None] | None = None

    def hold(self, partitions: Iterable[int]) -> None:
        """Watch these partitions, and no other, from their last records on."""
        self._held = frozenset(partitions)
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """End watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _for_ever(self) -> None:
        try:
            while True:
                try:
                    await self._read_along()
                except (KafkaError, OSError) as error:
                    log.warning("%s cannot be read along for now: %s", self._topic, type(error).__name__)
                    await asyncio.sleep(PAUSE)
                    self._changed.set()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            fail_stop(f"reading along {self._topic}", error)

    async def _read_along(self) -> None:
        consumer = AIOKafkaConsumer(enable_auto_commit=False, auto_offset_reset="earliest", **self._client)
        try:
            await consumer.start()
            while True:
                if self._changed.is_set():
                    await self._take_over(consumer)
                if not self._held:
                    await self._changed.wait()
                    continue
                batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
                for tp, records in batches.items():
                    await self._seen(consumer, tp, records)
        finally:
            await consumer.stop()

    async def _take_over(self, consumer: AIOKafkaConsumer) -> None:
        self._changed.clear()
        parts = [TopicPartition(self._topic, number) for number in sorted(self._held)]
        self._ranks = {tp: Ranks() for tp in parts}
        consumer.assign(parts)
        if parts:
            begins, self._ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
            for tp in parts:
                consumer.seek(tp, max(begins[tp], self._ends[tp] - TAIL))

    async def _seen(self, consumer: AIOKafkaConsumer, tp: TopicPartition, records: list[Any]) -> None:
        """Take what was read; write over once all is read that was there at the take-over.

        Before that, what came late may long have been written over, further on.
        """
        ranks = self._ranks[tp]
        for record in records:
            ranks.see(record)
        if await consumer.position(tp) >= self._ends[tp]:
            for offset in ranks.buried():
                await self._write_again(consumer, tp, offset)

    async def _write_again(self, consumer: AIOKafkaConsumer, tp: TopicPartition, offset: int) -> None:
        """Read the record at `offset` once more, write it anew, and go on reading where we were."""
        onward = await consumer.position(tp)
        consumer.seek(tp, offset)
        record = await asyncio.wait_for(consumer.getone(tp), PATIENCE)
        consumer.seek(tp, onward)
        if record.offset != offset:
            log.error("%s/%d: an earlier record came after %d, which is compacted away already", *tp, offset)
            return
        log.warning("%s/%d: a worker that was out wrote late; %d is written again", *tp, offset)
        headers = tuple(record.headers)
        await (await self._publish(Outgoing(tp.topic, record.key, record.value, headers, tp.partition)))
