"""The memories of this worker: one index a partition, opened when its first event comes."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from streams.engine.records import Outgoing
from streams.engine.recovery import recover
from streams.engine.state import PartitionStore, is_damage

log = logging.getLogger("marsad.engine")


class Derived(Protocol):
    """An index over a store, which can be derived from it afresh."""

    @property
    def entries(self) -> int:
        """How many entries it remembers; any thread may ask."""

    def rebuild(self) -> None:
        """Derive everything from the store."""


I = TypeVar("I", bound=Derived)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Kind(Generic[I]):
    """What a stage remembers: the name of its folders, its changelog's full name, its index over a store."""

    name: str
    changelog: str
    over: Callable[[MutableMapping[str, bytes]], I]


@dataclass(frozen=True, slots=True)
class Memory(Generic[I]):
    """One partition's database and the index over it."""

    store: PartitionStore
    index: I


class Memories(Generic[I]):
    """Opens, recovers and closes the memory of each partition this worker holds.

    A memory is dropped at every rebalance, even where the partition stays: another worker may have
    held it in between, and what it decided is in the changelog.
    """

    def __init__(self, directory: Path, client: dict[str, Any], kind: Kind[I]) -> None:
        self._directory = directory
        self._client = client
        self._kind = kind
        self._changelog = kind.changelog
        self._open: dict[int, Memory[I]] = {}
        self._rebalances = 0
        self.recovering = False

    async def open(self, partition: int) -> Memory[I]:
        """Give the partition's memory, recovered from the changelog and rebuilt the first time."""
        memory = self._open.get(partition)
        if memory is None:
            self.recovering = True
            try:
                memory = self._open[partition] = await self._current(partition)
            finally:
                self.recovering = False
        return memory

    async def _current(self, partition: int) -> Memory[I]:
        """Open a memory that no rebalance has overtaken: what was read before one may be old after it."""
        while True:
            rebalances = self._rebalances
            memory = await self._recovered(partition)
            if rebalances == self._rebalances:
                return memory
            memory.store.close()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def entries(self) -> int:
        """How many entries all open memories remember; any thread may ask."""
        return sum(memory.index.entries for memory in list(self._open.values()))

    async def _recovered(self, partition: int) -> Memory[I]:
        path = self._directory / f"{self._kind.name}-{partition}"
        try:
            return await self._opened(partition, path)
        except Exception as error:
            if not is_damage(error):
                raise
            log.error("%s is damaged, it is made anew from the changelog: %s", path, error)
            await asyncio.to_thread(shutil.rmtree, path)
            return await self._opened(partition, path)

    async def _opened(self, partition: int, path: Path) -> Memory[I]:
        started = time.monotonic()
        store = await asyncio.to_thread(PartitionStore, path)
        try:
            await recover(store, self._changelog, partition, self._client)
            index, rebuilding = self._kind.over(store), time.monotonic()
            # In a thread, so that the loop goes on acknowledging and committing meanwhile.
            await asyncio.to_thread(index.rebuild)
        except BaseException:
            store.close()
            raise
        ready = time.monotonic()
        log.info(
            "partition %d ready after %.1f s: index of %d entries in %.1f s",
            partition, ready - started, index.entries, ready - rebuilding,
        )  # fmt: skip
        return Memory(store, index)

    def changelog_records(self, memory: Memory[I], partition: int) -> tuple[Outgoing, ...]:
        """Give the changelog records for what was just written to `memory`."""
        return tuple(
            Outgoing(
                topic=self._changelog,
                key=key.encode(),
                value=value,
                partition=partition,
                on_delivered=partial(memory.store.delivered, key.encode(), value),
            )
            for key, value in memory.store.take_unsent()
        )

    def close(self) -> None:
        """Drop all memories, those too that are just being opened; their directories are free for others."""
        self._rebalances += 1
        for partition, memory in self._open.items():
            try:
                memory.store.close()
            except Exception as error:
                # Its directory is gone, say, or full: nothing is lost, and an orderly stop stays one.
                log.warning(
                    "partition %d was not closed in order, the changelog has it: %s", partition, error
                )
        self._open.clear()
