"""Bringing a partition's state up to date from its changelog, before the first event is decided.

The changelog is the truth and the local state a copy of its beginning. A copy that cannot be brought up to
date is thrown away and read anew; one that contradicts the changelog stops the worker, because then the
changelog itself may be what is broken, and this copy the last one.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.engine.state import PartitionStore, mark_of

log = logging.getLogger("marsad.engine")

STALL_SECONDS = 60.0
"""How long a changelog may give nothing before its end: then we say so and stop."""
FETCH_BYTES = 8 << 20
"""Bytes a fetch: larger ones save nothing, and each is held several times over while it is read."""
BATCH_RECORDS = 2_000
RETENTION = "delete.retention.ms"

WAY_OUT = (
    "Restore the topic; or, if it is right as it is, delete the state directory {path} and start again: "
    "what it does not hold then counts as new (docs/operations.md, exit code 70)"
)


class ChangelogError(RuntimeError):
    """The local state and the changelog contradict each other; the message says what to do."""


async def recover(store: PartitionStore, topic: str, partition: int, client: dict[str, Any]) -> int:
    """Read the changelog partition from where `store` stands to its end into `store`; give the record count.

    `client` holds aiokafka's connection settings. Raises `ChangelogError` where the changelog ends before
    what the local state has seen (it was emptied, or recreated), holds something else where the two
    met (recreated, and written to since), or gives nothing for `STALL_SECONDS`.
    """
    consumer = AIOKafkaConsumer(
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_bytes=FETCH_BYTES,
        check_crcs=False,  # TCP and the broker have checked them; a tenth of the time
        **client,
    )
    try:
        await consumer.start()
        tp = TopicPartition(topic, partition)
        consumer.assign([tp])
        return await _Recovery(consumer, tp, store, client).run()
    finally:
        await consumer.stop()


class _Recovery:
    """One partition on its way; the consumer is assigned to it alone."""

    def __init__(
        self, consumer: AIOKafkaConsumer, tp: TopicPartition, store: PartitionStore, client: dict[str, Any]
    ) -> None:
        self._consumer = consumer
        self._tp = tp
        self._store = store
        self._client = client
        self._name = f"{tp.topic}/{tp.partition}"

    async def run(self) -> int:
        begin, end = await self._bounds()
        if self._store.position > end:
            raise self._contradiction(f"ends at {end}", "it was emptied or recreated")
        if why := await self._outdated(begin, end):
            log.warning("%s: the local state is read anew: %s", self._name, why)
            await asyncio.to_thread(self._store.clear)
        if begin > self._store.position:
            log.warning(
                "%s begins at %d: what was deleted below is not remembered, and counts as new when it comes",
                self._name, begin,
            )  # fmt: skip
            await asyncio.to_thread(self._store.clear)
        # From the last record that is in already: it must be the one we remember.
        self._consumer.seek(self._tp, max(begin, self._store.position - 1))
        return await self._read_to(end)

    async def _bounds(self) -> tuple[int, int]:
        begins = await self._consumer.beginning_offsets([self._tp])
        ends = await self._consumer.end_offsets([self._tp])
        return begins[self._tp], ends[self._tp]

    async def _outdated(self, begin: int, end: int) -> str | None:
        """Say why deletions may be missing from what there is to read, None where none can.

        Compaction lets go of a tombstone `delete.retention.ms` after it came: a copy that was away for longer
        would keep for ever what the others have deleted.
        """
        position = self._store.position
        if not begin < position < end:
            return None
        kept_ms = await _retention_ms(self._client, self._tp.topic)
        since = int(time.time() * 1000) - kept_ms
        newer = (await self._consumer.offsets_for_times({self._tp: since}))[self._tp]
        if newer is not None and newer.offset <= position:
            return None
        return f"it was away for longer than deletions are kept ({RETENTION} {kept_ms})"

    async def _read_to(self, end: int) -> int:
        """Read and write side by side: the next batch is fetched while the last one is written."""
        count, read, written = 0, 0.0, 0.0
        writing: asyncio.Task[float] | None = None
        try:
            while (records := await self._next_before(end)) is not None:
                read += records.seconds
                if writing is not None:
                    written += await writing
                writing = asyncio.create_task(asyncio.to_thread(self._write, records.found))
                count += len(records.found)
        finally:
            # Also where reading failed: the store may only be closed when nobody writes into it.
            if writing is not None:
                written += await writing
        written += await asyncio.to_thread(_timed, self._store.settle)
        self._store.reached(end)
        log.info(
            "%s: %d changelog records: reading %.1f s, writing %.1f s beside it",
            self._name, count, read, written,
        )  # fmt: skip
        return count

    async def _next_before(self, end: int) -> "_Batch | None":
        """Give the next records and the time they took, None at the end of the changelog.

        The position, not the last record, says that we are through: compaction leaves holes at the end.
        """
        started = time.monotonic()
        while await self._consumer.position(self._tp) < end:
            got = await self._consumer.getmany(self._tp, timeout_ms=500, max_records=BATCH_RECORDS)
            if records := self._unknown(got.get(self._tp, [])):
                return _Batch(records, time.monotonic() - started)
            if time.monotonic() - started > STALL_SECONDS:
                raise ChangelogError(
                    f"{self._name} gave nothing for {STALL_SECONDS:.0f} s, before its end {end}"
                )
        return None

    def _unknown(self, records: list[Any]) -> list[Any]:
        """Leave out the last record that is in already, having looked whether it is the one we remember."""
        if not records or records[0].offset >= self._store.position:
            return records
        known = records[0]
        if self._store.mark not in (None, mark_of(known.key, known.value)):
            raise self._contradiction(f"holds another record at {known.offset}", "it was recreated")
        return records[1:]

    def _write(self, records: list[Any]) -> float:
        pairs = [(record.key, record.value) for record in records]
        return _timed(lambda: self._store.restore(pairs, records[-1].offset + 1))

    def _contradiction(self, what: str, why: str) -> ChangelogError:
        seen = f"but the local state has seen {self._store.position} records of it"
        return ChangelogError(f"{self._name} {what}, {seen}: {why}. {WAY_OUT.format(path=self._store.path)}")


@dataclass(frozen=True, slots=True)
class _Batch:
    found: list[Any]
    seconds: float


def _timed(work: Callable[[], None]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


async def _retention_ms(client: dict[str, Any], topic: str) -> int:
    """Ask the broker how long the topic keeps its tombstones."""
    admin = AIOKafkaAdminClient(**client)
    try:
        await admin.start()
        (answer,) = await admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, {RETENTION: None})]
        )
        (resource,) = answer.to_object()["resources"]
        return int(resource["config_entries"][0]["config_value"])
    finally:
        await admin.close()
