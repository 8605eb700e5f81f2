"""Our local fixes to Faust 0.15.3, in one place, with the version they hold for.

What Faust commits is wrong in several ways (guide/FAUST.md section 2, and one found here: its stream
iterator *acknowledges* events of an older generation that it skips, `_py_aiter` and `_c_aiter`). So
nothing of Faust's own bookkeeping decides what is committed: only positions that our ack windows
have put into `durable` are.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engine.failstop import fail_stop
from streams.engine.offsetfetch import mend
from streams.engine.prefetch import PromptConsumerThread

log = logging.getLogger("marsad.engine")

READ_SECONDS = 1.0
"""How long one read waits for records."""
MOST_WAITING = 256
LOOK_SECONDS = 0.005

WANTED = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.1"}


class FaustVersionError(RuntimeError):
    """Another Faust than the one these fixes were written and tested for."""


def check_faust_version() -> None:
    """Refuse to run on any other Faust; raises `FaustVersionError`."""
    for package, wanted in WANTED.items():
        if (found := version(package)) != wanted:
            raise FaustVersionError(
                f"{package} {found} is installed, the engine needs {wanted}; install from requirements.lock"
            )


class DurableConsumer(driver.Consumer):
    """A consumer that commits what is durable, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.durable: dict[TP, int] = {}
        self.waiting: Callable[[], int] = lambda: 0
        """How many records wait in the stage's queue."""
        self.rest: Callable[[], float] = lambda: 0.0
        """How many seconds to wait before the next read."""

    def _new_consumer_thread(self) -> PromptConsumerThread:
        return PromptConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def mark_durable(self, tp: TP, offset: int) -> None:
        """Say that everything up to and including `offset` is durable downstream."""
        self.durable[tp] = offset + 1

    def committed_position(self, tp: TP) -> int | None:
        """Give the offset from which this partition was last resumed, None where none is committed."""
        return self._committed_offset[tp]

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in list(self.durable) if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        # Faust's own lists only have to be kept from growing.
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.durable.get(tp)

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:
        # A refused commit must be tried again (faust-streaming#692): forget that it was made.
        before = {tp: self._committed_offset[tp] for tp in offsets}
        committed: bool = await super()._commit_offsets(offsets, start_new_transaction)
        if not committed:
            self._committed_offset.update(before)
        return committed

    async def _drain_messages(self, fetcher: Any) -> None:
        """Read until stopped, as Faust does, but for four tasks and a report to its monitor a record."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                await self._take_some()
                await asyncio.sleep(self.rest())
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise

    async def _take_some(self) -> None:
        records, active = await self._wait_next_records(READ_SECONDS)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._back_to_the_commit()
            return
        for tp, record in self.scheduler.iterate(records):
            await self._room()
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if active is None or tp in active or tp in self._buffered_partitions:
                await self._give(tp, self._to_message(tp, record))

    async def _room(self) -> None:
        """Wait here until half of a long queue is done: a full one makes Faust rest for a second."""
        if self.waiting() < MOST_WAITING:
            return
        while self.waiting() > MOST_WAITING // 2 and self.flow_active and not self.should_stop:
            await asyncio.sleep(LOOK_SECONDS)

    async def _back_to_the_commit(self) -> None:
        try:
            await self.perform_seek()
        except Exception as error:
            # A rebalance is running; Faust seeks again when it is over.
            log.warning("not back at the committed offsets yet: %s", error)

    async def _give(self, tp: TP, message: Any) -> None:
        read = self._read_offset[tp]
        if read is not None and message.offset < read:
            return
        if self.app.flow_control.is_active():
            await self.callback(message)  # with room and flow there is nothing to wait for
        else:
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
        self._read_offset[tp] = message.offset

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what became durable while the streams ran empty, then forget these partitions."""
        await super().on_partitions_revoked(revoked)
        self._forget(revoked)

    def _forget(self, revoked: Iterable[TP]) -> None:
        for tp in revoked:
            self.durable.pop(tp, None)


class IdempotentProducer(driver.Producer):
    """A producer that keeps order and never doubles on its own retries; Faust has no setting for it.

    Faust sends record by record; aiokafka's batches are reached through it (outbox.py).
    """

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True, "linger_ms": 0}

    async def partitions(self, topic: str) -> int:
        """Give how many partitions a topic has."""
        return len(await self._ensure_producer().partitions_for(topic))

    def create_batch(self) -> Any:
        """Give an empty batch."""
        return self._ensure_producer().create_batch()

    async def send_batch(self, batch: Any, topic: str, partition: int) -> Any:
        """Queue a batch, and give the future of its delivery."""
        return await self._ensure_producer().send_batch(batch, topic, partition=partition)


class Transport(driver.Transport):
    """Faust's Kafka transport with our consumer and producer."""

    Consumer = DurableConsumer
    Producer = IdempotentProducer


class FailStopApp(faust.App):
    """An app that dies instead of shutting down when any of its services crashes."""

    def _crash(self, reason: BaseException) -> None:
        fail_stop("a Faust service crashed", reason)

    def _new_transport(self) -> Transport:
        mend()
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)
