"""Faults of the consumer group: workers that come, go, sleep, come back as zombies, or pose as another."""

import asyncio
import shutil
import signal

from tests.chaos.brokers import SESSION_SECONDS
from tests.chaos.rig import Missed, Rig
from tests.pipeline.workers import STAGES, Workers

PATIENCE = 120.0
"""Seconds that a worker may take to start on a busy machine."""
SHORT_REBALANCE = 6
"""Seconds; production's rebalance time-out is 120 s, which no run has the time to exceed."""


async def freeze_worker(rig: Rig) -> str:
    """A worker that is away beyond its session, and comes back as a zombie beside its successor."""
    stage = rig.stage()
    process = rig.workers.running[stage]
    process.send_signal(signal.SIGSTOP)
    rig.workers.start(stage)
    await asyncio.sleep(SESSION_SECONDS + 6)
    process.send_signal(signal.SIGCONT)
    await asyncio.sleep(4)
    process.kill()
    process.wait()
    return stage


async def scale_1_3_1(rig: Rig) -> str:
    more = [Workers(rig.workers.broker, rig.workers.prefix, rig.workers.data) for _ in range(2)]
    try:
        for one in more:
            one.start()
            await asyncio.sleep(rig.dice.uniform(1, 4))
        await asyncio.sleep(rig.dice.uniform(2, 6))
        for one in more:
            for stage in STAGES:
                one.kill(stage) if rig.dice.random() < 0.5 else one.running[stage].terminate()
    finally:
        for one in more:
            await asyncio.to_thread(one.stop)
    return "1-3-1"


async def slow_event(rig: Rig) -> str:
    """An event that takes longer than the rebalance time-out, while another worker joins.

    The group goes on without the sleeper; when it wakes up it is a zombie that still has all its events.
    """
    stage = rig.stage()
    rig.workers.kill(stage)
    rebalance = ("--rebalance", str(SHORT_REBALANCE))
    sleeper = rig.mortal(
        stage, *rebalance, "--point", "after-state", "--nth", "5", "--sleep", str(3 * SHORT_REBALANCE)
    )
    slept = await sleeper.said("fault: after-state takes")
    other = rig.mortal(stage, *rebalance)
    woke = await sleeper.said("fault: awake again")
    await asyncio.sleep(rig.dice.uniform(1, 3))
    sleeper.kill()
    await other.terminate()
    rig.workers.start(stage)
    if not (slept and woke):
        raise Missed(f"{stage}, slept {slept}, woke {woke}")
    return f"{stage}, {3 * SHORT_REBALANCE} s where {SHORT_REBALANCE} s are allowed"


async def join_during_recovery(rig: Rig) -> str:
    """The state is lost; while it is being restored another worker joins, and leaves again.

    Half of the time the recovery also takes longer than the rebalance time-out.
    """
    rig.workers.kill("dedupe")
    for path in rig.states():
        shutil.rmtree(path)
    rebalance = ("--rebalance", str(rig.dice.choice((2, 120))))
    first = rig.mortal("dedupe", *rebalance, "--restore-pause", "5")
    restoring = await first.said("fault: restoring")
    second = rig.mortal("dedupe", *rebalance)
    await asyncio.sleep(rig.dice.uniform(2, 6))
    second.kill() if rig.dice.random() < 0.5 else await second.terminate()
    await asyncio.sleep(rig.dice.uniform(1, 4))
    first.kill() if rig.dice.random() < 0.5 else await first.terminate()
    rig.workers.start("dedupe")
    if not restoring:
        raise Missed("nothing was restored")
    return f"the group allows {rebalance[1]} s"


async def same_directory(rig: Rig) -> str:
    """A second worker on the very same data directory: each must have a place of its own."""
    stage = rig.stage()
    async with asyncio.timeout(PATIENCE):  # the fault before may just have started it
        while not rig.held(stage):
            await asyncio.sleep(0.05)
    second = rig.mortal(stage)
    up = await second.said(f"stage {stage} is up")
    alive = rig.workers.running[stage].poll() is None
    held = rig.held(stage)
    second.kill()
    if not (up and alive):
        raise Missed(f"{stage}, up {up}, the first alive {alive}")
    if held != 2:
        raise AssertionError(f"2 workers of {stage} hold {held} place(s)")
    return f"{stage}, {held} places held"


async def same_member_id(rig: Rig) -> str:
    """Two workers that both say they are the same member of the group: the broker fences one off."""
    stage = rig.stage()
    rig.workers.kill(stage)
    first = rig.mortal(stage, MARSAD_INSTANCE_ID="the-same")
    await first.said(f"stage {stage} is up")
    second = rig.mortal(stage, MARSAD_INSTANCE_ID="the-same")
    up = await second.said(f"stage {stage} is up")
    code = await first.ended(10)
    other = second.process.poll()
    for one in (first, second):
        one.kill()
    rig.workers.start(stage)
    if not up and code is None:
        raise Missed(f"{stage}, the second was not up")
    return f"{stage}, the first {_end(code)}, the second {_end(other)}"


def _end(code: int | None) -> str:
    return "lived on" if code is None else f"ended with {code}"
