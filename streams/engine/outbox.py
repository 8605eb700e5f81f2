"""Outputs on their way out, a batch a partition: the engine pays per send, so there are few of them.

What a record causes is laid into the open batch of its partition and promised. All open batches go out
together as soon as the loop has nothing more to decide, `LINGER_SECONDS` after the first output, or when
one is full. So a single article waits for nobody, and under load a request carries many. A promise is kept
when the broker has answered for the batch, and broken with it; the ack window awaits it as any delivery.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from aiokafka.partitioner import murmur2

from streams.engine.failstop import fail_stop
from streams.engine.records import Outgoing

LINGER_SECONDS = 0.05
"""How long an output may wait for others while there is more to decide."""
LOOK_SECONDS = 0.005
MOST_FULL = 4
"""Full batches that may wait for the broker; then the loop waits. 256 kB each, or one huge record."""

Place = tuple[str, int]


class Batches(Protocol):
    """What aiokafka's producer has for batches, by way of Faust's."""

    async def partitions(self, topic: str) -> int:
        """Give how many partitions a topic has."""

    def create_batch(self) -> Any:
        """Give an empty aiokafka `BatchBuilder`."""

    async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
        """Queue a batch; the future has its first record's metadata when it is durable."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a record stands now."""

    offset: int


@dataclass(slots=True)
class Batch:
    """Records for one partition, and what is promised to all of them: the offset of the first."""

    builder: Any
    first: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Promise:
    """One record's delivery; awaiting it gives `Delivered`, or raises why its batch failed."""

    __slots__ = ("_batch", "_number")

    def __init__(self, batch: Batch, number: int) -> None:
        self._batch = batch
        self._number = number

    def __await__(self) -> Generator[Any, None, Delivered]:
        first = yield from self._batch.first.__await__()
        return Delivered(first + self._number)


@lru_cache(maxsize=4096)
def murmur2_of(key: bytes) -> int:
    """Hash a key as every Kafka client does; in plain Python that is dear, and keys come again."""
    return int(murmur2(key)) & 0x7FFFFFFF


class Outbox:
    """Gathers outputs for the producer that `batches` gives; `more` says whether the loop has work left."""

    def __init__(self, batches: Callable[[], Batches]) -> None:
        self.more: Callable[[], bool] = lambda: False
        self._batches = batches
        self._counts: dict[str, int] = {}
        self._open: dict[Place, Batch] = {}
        self._full: list[tuple[Place, Batch]] = []
        self._some = asyncio.Event()
        self._handed = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    async def publish(self, record: Outgoing) -> Awaitable[Delivered]:
        """Lay `record` into a batch; waits while too many full ones are still to be sent."""
        place = (record.topic, await self._partition(record))
        while len(self._full) >= MOST_FULL:
            self._handed.clear()
            await self._handed.wait()
        promise = self._laid(place, record)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_for_ever())
        self._some.set()
        return promise

    async def _partition(self, record: Outgoing) -> int:
        if record.partition is not None:
            return record.partition
        if (count := self._counts.get(record.topic)) is None:
            count = self._counts[record.topic] = await self._batches().partitions(record.topic)
        return murmur2_of(record.key or b"") % count

    def _laid(self, place: Place, record: Outgoing) -> Promise:
        while True:
            batch = self._open.get(place)
            if batch is None:
                batch = self._open[place] = Batch(self._batches().create_batch())
            number = batch.builder.record_count()
            if batch.builder.append(
                timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
            ):
                return Promise(batch, number)
            self._full.append((place, self._open.pop(place)))

    async def _send_for_ever(self) -> None:
        try:
            while True:
                await self._some.wait()
                await self._nothing_more()
                self._some.clear()
                await self._send_all()
        except Exception as error:
            fail_stop("outputs cannot be sent", error)

    async def _send_all(self) -> None:
        going = [*self._full, *self._open.items()]
        self._full, self._open = [], {}
        self._counts.clear()  # asked once a round: aiokafka copies a set each time, and a topic can grow
        for (topic, partition), batch in going:
            await self._sent(topic, partition, batch)
        self._handed.set()

    async def _nothing_more(self) -> None:
        until = time.monotonic() + LINGER_SECONDS
        while self.more() and not self._full and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)

    async def _sent(self, topic: str, partition: int, batch: Batch) -> None:
        def answered(answer: "asyncio.Future[Any]") -> None:
            if answer.cancelled():
                batch.first.cancel()
            elif error := answer.exception():
                batch.first.set_exception(error)
            else:
                batch.first.set_result(answer.result().offset)

        try:
            answer = await self._batches().send_batch(batch.builder, topic, partition)
        except Exception as error:
            batch.first.set_exception(error)
        else:
            answer.add_done_callback(answered)

    async def close(self) -> None:
        """Stop sending; what has not been sent was not promised to anybody who still waits."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
