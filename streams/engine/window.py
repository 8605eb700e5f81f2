"""The ordered ack window: outputs in flight, acknowledgements strictly from the head.

An event is acknowledged when every output it caused is durable and every event before it in its
partition is acknowledged. The window drains by its own task: one that drained only when the next
event came hung on a quiet topic and at shutdown (guide measurement, docs/2026-11-22-engine.md).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class AckWindow(Generic[T]):
    """A bounded first-in-first-out queue of (item, deliveries) for one partition.

    `on_done(item)` is called in order, after all deliveries of the item succeeded. The first delivery
    that fails goes to `on_failure`, and nothing after it is ever acknowledged.
    """

    def __init__(
        self, size: int, on_done: Callable[[T], None], on_failure: Callable[[BaseException], None]
    ) -> None:
        self._pending: asyncio.Queue[tuple[T, Sequence[Awaitable[object]]]] = asyncio.Queue(size)
        self._on_done = on_done
        self._on_failure = on_failure
        self._drain_task: asyncio.Task[None] | None = None

    @property
    def depth(self) -> int:
        """Events that are not acknowledged yet."""
        return self._pending.qsize()

    async def add(self, item: T, deliveries: Sequence[Awaitable[object]]) -> None:
        """Put `item` at the end; waits while the window is full (this is the back-pressure)."""
        if self._drain_task is None:
            self._drain_task = asyncio.create_task(self._drain())
        await self._pending.put((item, deliveries))

    async def _drain(self) -> None:
        while True:
            item, deliveries = await self._pending.get()
            try:
                for delivery in deliveries:
                    await delivery
                self._on_done(item)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                self._on_failure(error)
                return

    async def close(self) -> None:
        """Stop draining; what is not acknowledged comes again."""
        if self._drain_task is not None:
            self._drain_task.cancel()
            await asyncio.gather(self._drain_task, return_exceptions=True)
