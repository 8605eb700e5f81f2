"""One stage in this process, from start to an orderly stop."""

import asyncio
import gc
import logging
import threading
from collections.abc import Callable

from streams.engine.agent import FaultPoint, no_fault
from streams.engine.app import EngineSettings, MakeStep, StageApp, build
from streams.engine.failstop import end_now, fail_stop
from streams.engine.health import serve

log = logging.getLogger("marsad.engine")

SELDOM = (50_000, 20, 50)
"""When Python looks for garbage: its own (700, 10, 10) is for programs that keep little. Stages keep tables
and an index, make hardly a cycle, and spent up to a tenth of their time on looking (docs/performance.md)."""
STOP_SECONDS = 20.0
"""How long an orderly stop may take; after it the process ends as it is, which loses nothing."""


async def run_stage(
    stage: str,
    settings: EngineSettings,
    stop: asyncio.Event,
    on_ready: Callable[[], None] = lambda: None,
    fault: FaultPoint = no_fault,
    step: MakeStep | None = None,
) -> None:
    """Run `stage` until `stop` is set: then finish what is in flight, commit, and leave the group.

    Raises OSError where the health address is taken.
    """
    gc.set_threshold(*SELDOM)
    built = build(stage, settings, fault, step)
    health = serve(built, settings)
    try:
        if built.rules is not None:
            await built.rules.start()
        await _start(stage, built, stop)
        log.info("stage %s is up, group %s", stage, built.app.conf.id)
        on_ready()
        await stop.wait()
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        fail_stop(f"stage {stage} did not start", error)
    await _stop(stage, built)
    if health is not None:
        await health.stop()


async def _start(stage: str, built: StageApp, stop: asyncio.Event) -> None:
    """Start; where the stop comes first, end the process as it is: a broker that is away holds a start up."""
    starting, stopping = asyncio.create_task(built.app.start()), asyncio.create_task(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        end_now(f"stage {stage} was asked to stop before it was up")
    stopping.cancel()
    await starting


async def _stop(stage: str, built: StageApp) -> None:
    # In a thread: where the broker is gone, Faust's shutdown swallows cancellations and waits for ever.
    late = TimeoutError(f"not within {STOP_SECONDS:.0f} s; what is in flight comes again")
    deadline = threading.Timer(STOP_SECONDS, fail_stop, (f"stage {stage} did not stop", late))
    deadline.daemon = True
    deadline.start()
    if built.watch is not None:
        await built.watch.stop()
    await built.app.stop()
    await built.loop.close()
    await built.outbox.close()
    built.memories.close()
    if built.rules is not None:
        await built.rules.stop()
    deadline.cancel()
    log.info("stage %s stopped: %s", stage, built.loop.counts.snapshot())
