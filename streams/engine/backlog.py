"""How many records wait in the log for this worker, asked of the broker by a client of its own.

The stage's own consumer cannot be asked: where it has silently stopped fetching (faust-streaming #175,
#523, #532), it does not know that there is more.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

ASK_SECONDS = 10.0
LOOK_MS = 500


class Backlog:
    """Asks for the ends of partitions; `client` holds aiokafka's connection settings."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._client = client
        self._consumer: AIOKafkaConsumer | None = None

    async def ask(self, nexts: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int] | None:
        """Give the records at or after the offset in `nexts` for each (topic, partition); None: no answer."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await self._ask({TopicPartition(*tp): offset for tp, offset in nexts.items()})
        except (TimeoutError, KafkaError, OSError):
            await self.close()
            return None

    async def _ask(self, nexts: Mapping[TopicPartition, int]) -> dict[tuple[str, int], int]:
        if self._consumer is None:
            # Kept at once, so that one that fails to start is stopped too.
            self._consumer = AIOKafkaConsumer(
                enable_auto_commit=False, auto_offset_reset="earliest", **self._client
            )
            await self._consumer.start()
        begins = await self._consumer.beginning_offsets(list(nexts))
        ends = await self._consumer.end_offsets(list(nexts))
        behind = {tp: ends[tp] - max(offset, begins[tp]) for tp, offset in nexts.items()}
        return {
            (tp.topic, tp.partition): await self._real(tp, ends[tp], count) for tp, count in behind.items()
        }

    async def _real(self, tp: TopicPartition, end: int, count: int) -> int:
        """Give 0 where only holes are left: nobody ever gets a transaction marker (aiokafka skips it)."""
        if count <= 0 or self._consumer is None:
            return 0
        self._consumer.assign([tp])
        self._consumer.seek(tp, end - count)
        got = await self._consumer.getmany(tp, timeout_ms=LOOK_MS, max_records=1)
        return count if got.get(tp) or await self._consumer.position(tp) < end else 0

    async def close(self) -> None:
        """Close the client; the next question opens another."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()
