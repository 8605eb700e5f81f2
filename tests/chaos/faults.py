"""All faults by name, and those that end a worker. Each does its harm and leaves the rig able to work on."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from tests.chaos import brokers, groups, storage
from tests.chaos.rig import Missed, Rig
from tests.pipeline.workers import STAGES

Fault = Callable[[Rig], Awaitable[str]]


async def kill_worker(rig: Rig) -> str:
    stage = rig.stage()
    rig.workers.kill(stage)
    rig.workers.start(stage)
    return stage


async def kill_all_workers(rig: Rig) -> str:
    for stage in STAGES:
        rig.workers.kill(stage)
    await rig.ensure_workers()
    return "all stages"


async def terminate_worker(rig: Rig) -> str:
    stage = rig.stage()
    process = rig.workers.running[stage]
    process.send_signal(signal.SIGTERM)
    code = await asyncio.to_thread(process.wait, 35)
    rig.workers.start(stage)
    return f"{stage}, exit code {code}"


async def _kill_at(rig: Rig, point: str) -> str:
    stage, nth = rig.stage(), rig.dice.randint(1, 40)
    rig.workers.kill(stage)
    mortal = rig.mortal(stage, "--point", point, "--nth", str(nth))
    code = await mortal.ended()
    mortal.kill()
    rig.workers.start(stage)
    what = f"{stage}, event {nth}, exit code {code}"
    if code != -signal.SIGKILL:
        raise Missed(what)
    return what


async def kill_after_state_write(rig: Rig) -> str:
    return await _kill_at(rig, "after-state")


async def kill_after_send(rig: Rig) -> str:
    return await _kill_at(rig, "after-send")


async def kill_before_ack(rig: Rig) -> str:
    return await _kill_at(rig, "before-ack")


async def kill_before_commit(rig: Rig) -> str:
    return await _kill_at(rig, "before-commit")


QUICK: tuple[Fault, ...] = (
    kill_worker,
    kill_after_state_write,
    kill_after_send,
    kill_before_ack,
    kill_before_commit,
    kill_all_workers,
    terminate_worker,
    groups.join_during_recovery,
    groups.slow_event,
    groups.same_directory,
    storage.lose_state,
    storage.full_disk,
    brokers.kill_broker,
    brokers.freeze_broker,
)
"""The short form's; the others have tests of their own beside it, or take long."""

MORE: tuple[Fault, ...] = (
    groups.freeze_worker,
    groups.scale_1_3_1,
    groups.same_member_id,
    storage.lose_state_under_a_live_worker,
    storage.damage_state,
    storage.refuse_output,
    storage.refuse_dead_letters,
    storage.refuse_changelog,
)

OF_THREE: tuple[Fault, ...] = (brokers.kill_one_of_three, brokers.freeze_one_of_three)
"""Only where there are three brokers with min.insync.replicas 2."""


def kinds(nodes: int, quick: bool = False) -> tuple[Fault, ...]:
    """Give the faults that a cluster of so many nodes can have."""
    return QUICK + (() if quick else MORE) + (OF_THREE if nodes >= 3 else ())
