"""The page ends when it is told to, also where a library keeps the cancellation to itself."""

import asyncio
import contextlib
from collections.abc import Sequence

from marsad.lag import Lag
from marsad.web.watch import Watch


async def test_measuring_ends_though_a_library_took_the_cancellation_for_its_own() -> None:
    asked = asyncio.Event()

    async def measure() -> Sequence[Lag]:
        asked.set()
        with contextlib.suppress(asyncio.CancelledError):  # as aiokafka does while it stops
            await asyncio.Event().wait()
        return ()

    keeping = asyncio.create_task(Watch(measure).keep())
    await asked.wait()
    keeping.cancel()
    async with asyncio.timeout(20):
        await asyncio.wait({keeping})
    assert keeping.cancelled()
