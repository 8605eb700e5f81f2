"""The faults: each takes the rig, does its harm, and leaves it so that work can go on."""

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable

from events import topics
from tests.chaos.rig import Rig, set_max_bytes
from tests.chaos.worker import POINTS
from tests.pipeline.workers import STAGES, Workers

Fault = Callable[[Rig], Awaitable[str]]

SESSION_SECONDS = 6.0
FATAL_SECONDS = 90.0


async def kill_worker(rig: Rig) -> str:
    stage = rig.stage()
    rig.workers.kill(stage)
    rig.workers.start(stage)
    return stage


async def kill_all_workers(rig: Rig) -> str:
    for stage in STAGES:
        rig.workers.kill(stage)
    await rig.ensure_workers()
    return "all"


async def kill_at_point(rig: Rig) -> str:
    stage, point = rig.stage(), rig.dice.choice(POINTS)
    nth = rig.dice.randint(1, 40)
    rig.workers.kill(stage)
    mortal = rig.start_mortal(stage, point, nth)
    try:
        await asyncio.wait_for(asyncio.to_thread(mortal.wait), FATAL_SECONDS)
    except TimeoutError:  # the load came to its end before the Nth event
        mortal.kill()
        mortal.wait()
    rig.workers.start(stage)
    return f"{stage} {point} {nth}"


async def terminate_worker(rig: Rig) -> str:
    stage = rig.stage()
    process = rig.workers.running[stage]
    process.send_signal(signal.SIGTERM)
    await asyncio.to_thread(process.wait, 35)
    rig.workers.start(stage)
    return stage


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


async def scale_up_and_down(rig: Rig) -> str:
    more = [Workers(rig.workers.broker, rig.workers.prefix, rig.workers.data) for _ in range(2)]
    for one in more:
        one.start()
        await asyncio.sleep(rig.dice.uniform(1, 4))
    await asyncio.sleep(rig.dice.uniform(2, 6))
    for one in more:
        for stage in STAGES:
            one.kill(stage) if rig.dice.random() < 0.5 else one.running[stage].terminate()
        await asyncio.to_thread(one.stop)
    return "1-3-1"


async def kill_broker(rig: Rig) -> str:
    await rig.kill_broker()
    return "broker"


async def freeze_broker(rig: Rig) -> str:
    await rig.freeze_broker(SESSION_SECONDS + 4)
    return "broker, beyond the session"


async def lose_state(rig: Rig) -> str:
    rig.workers.kill("dedupe")
    for directory in (rig.workers.data / "workers").glob("*/*/dedupe-*"):
        shutil.rmtree(directory)
    rig.workers.start("dedupe")
    return "dedupe"


async def refuse_writes(rig: Rig, topic: topics.Topic, stage: str) -> str:
    name = topics.full_name(topic, rig.workers.prefix)
    await set_max_bytes(rig.workers.broker, name, 40)
    process = rig.workers.running[stage]
    try:
        await asyncio.wait_for(asyncio.to_thread(process.wait), FATAL_SECONDS)
        ended = f"worker ended with {process.returncode}"
    except TimeoutError:
        ended = "nothing came for it meanwhile"
    finally:
        await set_max_bytes(rig.workers.broker, name, topic.max_bytes)
    if process.poll() is not None:
        rig.workers.start(stage)
    return f"{name}: {ended}"


async def refuse_output(rig: Rig) -> str:
    return await refuse_writes(rig, topics.ENRICHED, "tag")


async def refuse_dead_letters(rig: Rig) -> str:
    return await refuse_writes(rig, topics.RAW.dead_letters(), "normalize")


async def refuse_changelog(rig: Rig) -> str:
    return await refuse_writes(rig, topics.changelog(rig.workers.prefix), "dedupe")


QUICK: tuple[Fault, ...] = (
    kill_worker,
    kill_at_point,
    kill_all_workers,
    lose_state,
    terminate_worker,
    kill_broker,
)
ALL: tuple[Fault, ...] = (
    *QUICK,
    freeze_worker,
    scale_up_and_down,
    freeze_broker,
    refuse_output,
    refuse_dead_letters,
    refuse_changelog,
)
