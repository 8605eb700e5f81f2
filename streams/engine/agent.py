"""The loop of a stage: guard, stage, publish, and leave the acknowledgement to the window.

Only the pure stage is guarded by the dead letters. A failing publish is not a bad article: it, and
every exception that is not `Rejected`, stops the process (failstop.py).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from faust.types import TP

from events.rejected import Rejected
from streams.engine.contiguity import ContiguityGuard
from streams.engine.deadletter import dead_letter
from streams.engine.failstop import fail_stop
from streams.engine.metrics import Counts
from streams.engine.records import Handled, Incoming, Outgoing
from streams.engine.steps import Step
from streams.engine.tracing import Trace, no_trace, onward
from streams.engine.vitals import Doing
from streams.engine.window import AckWindow

WINDOW = 512
"""Events in flight per partition; with 4 kB articles about 2 MB."""

Publish = Callable[[Outgoing], Awaitable[Awaitable[Any]]]
FaultPoint = Callable[[str, Incoming], None]


def no_fault(point: str, incoming: Incoming) -> None:
    """Do nothing at the named points; the chaos suite puts a kill here."""


def to_incoming(message: Any) -> Incoming:
    """Read a Faust message as our own value."""
    return Incoming(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=round((message.timestamp or 0) * 1000),  # Faust has seconds as a float
        key=message.key,
        value=message.value,
        headers=tuple(message.headers or ()),
    )


class StageLoop:
    """Runs one step over a stream of events, in order, acknowledging only what is durable."""

    def __init__(
        self,
        stage: str,
        step: Step,
        publish: Publish,
        mark_durable: Callable[[TP, int], None],
        guard: ContiguityGuard,
        fault: FaultPoint = no_fault,
        trace: Trace = no_trace,
    ) -> None:
        self.stage = stage
        self.counts = Counts(stage)
        self.acknowledged = 0
        self.doing: Doing = "waiting"
        self._step = step
        self._publish = publish
        self._mark_durable = mark_durable
        self._guard = guard
        self._fault = fault
        self._trace = trace
        self._windows: dict[TP, AckWindow[Any]] = {}

    async def run(self, events: AsyncIterator[Any]) -> None:
        """Handle events until the stream ends; no exception leaves this loop but a cancellation."""
        try:
            async for event in events:
                await self._one(event)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            fail_stop(f"stage {self.stage}", error)

    async def _one(self, event: Any) -> None:
        message = event.message
        self.doing = "checking"
        await self._guard.check(message.tp, message.offset)
        incoming = to_incoming(message)
        hop = self._trace(self.stage, incoming)
        handled = await self._decided(incoming)
        self._fault("after-state", incoming)
        self.doing = "delivering"
        deliveries = [await self._deliver(onward(record, hop)) for record in handled.outgoing]
        hop.end(handled.outcome)
        self._fault("after-send", incoming)
        self.counts.add(handled.outcome)
        await self._window(message.tp).add((event, incoming, handled.fetched), deliveries)
        self.doing = "waiting"

    async def _decided(self, incoming: Incoming) -> Handled:
        self.doing, started = "deciding", time.monotonic()
        handled = await self._handled(incoming)
        self.counts.duration.add(time.monotonic() - started)
        return handled

    async def _handled(self, incoming: Incoming) -> Handled:
        try:
            return await self._step.handle(incoming)
        except Rejected as error:
            self.counts.refuse(error.reason)
            return Handled((dead_letter(incoming, self.stage, error),), "dead_letter")

    async def _deliver(self, record: Outgoing) -> Awaitable[Any]:
        delivery = await self._publish(record)
        return delivery if record.on_delivered is None else self._tell(delivery, record.on_delivered)

    @staticmethod
    async def _tell(delivery: Awaitable[Any], on_delivered: Callable[[int], None]) -> None:
        on_delivered((await delivery).offset)

    def _window(self, tp: TP) -> AckWindow[Any]:
        window = self._windows.get(tp)
        if window is None:
            window = self._windows[tp] = AckWindow(WINDOW, self._acknowledge, self._undelivered)
        return window

    def _acknowledge(self, item: tuple[Any, Incoming, float | None]) -> None:
        event, incoming, fetched = item
        self._fault("before-ack", incoming)
        self._mark_durable(event.message.tp, incoming.offset)
        self.acknowledged += 1
        if incoming.timestamp_ms > 0:  # a record need not say when it is from
            self.counts.wait.add(max(0.0, time.time() - incoming.timestamp_ms / 1000))
        if fetched is not None:
            self.counts.end_to_end.add(max(0.0, time.time() - fetched))
        # Faust waits for its own acknowledgements before it gives a partition away.
        event.ack()
        self._fault("before-commit", incoming)

    def _undelivered(self, error: BaseException) -> None:
        fail_stop(f"stage {self.stage}: an output was not delivered", error)

    @property
    def depth(self) -> int:
        """Events in flight over all partitions, those whose deliveries are just being awaited too."""
        return self.counts.handled - self.acknowledged

    async def close(self) -> None:
        """End the windows' tasks."""
        for window in self._windows.values():
            await window.close()
