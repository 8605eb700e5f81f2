"""The dedupe memories of this worker: one index a partition, opened when its first event comes."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events import topics
from streams.dedupe import DedupeSettings, Index
from streams.engine.records import Outgoing
from streams.engine.recovery import recover
from streams.engine.state import PartitionStore

log = logging.getLogger("marsad.engine")


@dataclass(frozen=True, slots=True)
class Memory:
    """One partition's database and the index over it."""

    store: PartitionStore
    index: Index


class Memories:
    """Opens, recovers and closes the memory of each partition this worker holds.

    A memory is dropped at every rebalance, even where the partition stays: another worker may have
    held it in between, and what it decided is in the changelog.
    """

    def __init__(
        self, directory: Path, client: dict[str, Any], settings: DedupeSettings, prefix: str
    ) -> None:
        self._directory = directory
        self._client = client
        self._changelog = topics.changelog(prefix).name
        self._settings = settings
        self._open: dict[int, Memory] = {}
        self.recovering = False

    async def open(self, partition: int) -> Memory:
        """Give the partition's memory, recovered from the changelog and rebuilt the first time."""
        memory = self._open.get(partition)
        if memory is None:
            self.recovering = True
            try:
                memory = self._open[partition] = await self._recovered(partition)
            finally:
                self.recovering = False
        return memory

    def __len__(self) -> int:
        return len(self._open)

    async def _recovered(self, partition: int) -> Memory:
        started = asyncio.get_running_loop().time()
        store = await asyncio.to_thread(PartitionStore, self._directory / f"dedupe-{partition}")
        try:
            await recover(store, self._changelog, partition, self._client)
            index = Index(store, self._settings)
            # In a thread, so that the loop goes on acknowledging and committing meanwhile.
            await asyncio.to_thread(index.rebuild)
        except BaseException:
            store.close()
            raise
        log.info("partition %d ready after %.1f s", partition, asyncio.get_running_loop().time() - started)
        return Memory(store, index)

    def changelog_records(self, memory: Memory, partition: int) -> tuple[Outgoing, ...]:
        """Give the changelog records for what was just written to `memory`."""
        return tuple(
            Outgoing(
                topic=self._changelog,
                key=key.encode(),
                value=value,
                partition=partition,
                on_delivered=memory.store.delivered,
            )
            for key, value in memory.store.take_unsent()
        )

    def close(self) -> None:
        """Drop all memories; their directories are free for others."""
        for memory in self._open.values():
            memory.store.close()
        self._open.clear()
