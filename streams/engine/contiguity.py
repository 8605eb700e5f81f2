"""The loop guard: no offset of a partition is passed over on the way from the broker to our loop.

Faust clears and refills its queues at every rebalance (guide/FAUST.md 2.8, 5). A message dropped there
while a later one still arrives would be committed unseen. Holes that are really in the log
(transaction markers, compaction, a trimmed start) are told apart by asking the broker itself.
"""

from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from faust.types import TP

ASK_SECONDS = 20.0


class SkippedError(RuntimeError):
    """Records were skipped between the broker and the loop; only a restart from the commit is safe."""


class Positions(Protocol):
    """Where each partition was resumed from."""

    def committed_position(self, tp: TP) -> int | None:
        """Give the committed offset, None where nothing is committed."""


class ContiguityGuard:
    """Remembers the next offset of each partition; `client` holds aiokafka's connection settings."""

    def __init__(self, positions: Positions, client: dict[str, Any]) -> None:
        self._positions = positions
        self._client = client
        self._next: dict[TP, int] = {}

    def forget(self) -> None:
        """Start anew after a rebalance: the next event tells where we were resumed."""
        self._next.clear()

    async def check(self, tp: TP, offset: int) -> None:
        """Let `offset` pass, or raise `SkippedError`. Coming again is fine, skipping is not."""
        expected = self._next.get(tp)
        if expected is None:
            expected = self._positions.committed_position(tp) or 0
        if offset > expected and await self._first_at(tp, expected) < offset:
            raise SkippedError(f"{tp.topic}/{tp.partition}: {expected} was to come, {offset} came")
        self._next[tp] = offset + 1

    async def _first_at(self, tp: TP, expected: int) -> int:
        """Give the offset of the first record at or after `expected`, as the broker has it."""
        consumer = AIOKafkaConsumer(enable_auto_commit=False, auto_offset_reset="none", **self._client)
        try:
            await consumer.start()
            partition = TopicPartition(tp.topic, tp.partition)
            consumer.assign([partition])
            begin = (await consumer.beginning_offsets([partition]))[partition]
            consumer.seek(partition, max(begin, expected))
            got = await consumer.getmany(partition, timeout_ms=int(ASK_SECONDS * 1000), max_records=1)
            records = got.get(partition)
            if not records:
                raise SkippedError(f"{tp.topic}/{tp.partition}: the broker did not show offset {expected}")
            return int(records[0].offset)
        finally:
            await consumer.stop()
