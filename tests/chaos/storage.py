"""Faults of what is written: the state directory lost, damaged, full; topics that refuse."""

import asyncio
import shutil
from pathlib import Path

from events import topics
from tests.chaos.rig import WAIT_SECONDS, Missed, Rig, can_mount, set_max_bytes


async def lose_state(rig: Rig) -> str:
    rig.workers.kill("dedupe")
    paths = rig.states()
    for path in paths:
        shutil.rmtree(path)
    rig.workers.start("dedupe")
    return f"{len(paths)} databases"


async def lose_state_under_a_live_worker(rig: Rig) -> str:
    """The whole place is deleted while its worker runs; then that worker is stopped, or killed."""
    stage = rig.stage()
    for path in rig.workers.data.glob(f"workers/*/*/{stage}-*"):
        shutil.rmtree(path)
    await asyncio.sleep(rig.dice.uniform(1, 3))
    process = rig.workers.running[stage]
    orderly = rig.dice.random() < 0.5
    process.terminate() if orderly else process.kill()
    code = await asyncio.to_thread(process.wait, 35)
    rig.workers.start(stage)
    return f"{stage}, {'SIGTERM' if orderly else 'kill -9'}, exit code {code}"


async def damage_state(rig: Rig) -> str:
    """Bytes in the midst of a database's file are overwritten, as a failing disk does."""
    rig.workers.kill("dedupe")
    files = [file for path in rig.states() for file in path.iterdir() if _holds_data(file)]
    if files:
        file = rig.dice.choice(files)
        with file.open("r+b") as opened:
            opened.seek(rig.dice.randrange(file.stat().st_size))
            opened.write(rig.dice.randbytes(64))
    rig.workers.start("dedupe")
    if not files:
        raise Missed("no database is there yet")
    return file.name


def _holds_data(file: Path) -> bool:
    return file.stat().st_size > 0 and (file.suffix in (".log", ".sst") or file.name.startswith("MANIFEST"))


async def full_disk(rig: Rig) -> str:
    """The disk below the state directory is full; afterwards there is room again.

    No file may grow beyond a limit (EFBIG), or, where this machine lets us, the disk is a small one (ENOSPC).
    """
    rig.workers.kill("dedupe")
    small = rig.workers.data.parent / f"small-{len(rig.mortals)}"
    if not rig.brief and rig.dice.random() < 0.5 and can_mount(small):
        kind, mortal = "ENOSPC", rig.mortal("dedupe", data=small, tmpfs="256k")
    else:
        kind, mortal = "EFBIG", rig.mortal("dedupe", "--file-limit", str(rig.dice.randint(16, 64) << 10))
    code = await mortal.ended()
    mortal.kill()
    rig.workers.start("dedupe")
    if not code:
        raise Missed(f"{kind}, exit code {code}")
    return f"{kind}, exit code {code}"


async def refuse_writes(rig: Rig, topic: topics.Topic, stage: str) -> str:
    await set_max_bytes(rig.workers.broker, rig.workers.prefix, topic, 40)
    process = rig.workers.running[stage]
    try:
        await asyncio.wait_for(asyncio.to_thread(process.wait), WAIT_SECONDS)
    except TimeoutError:
        raise Missed(f"{topic.name}: nothing came for it") from None
    finally:
        await set_max_bytes(rig.workers.broker, rig.workers.prefix, topic, None)
    await rig.ensure_workers()
    return f"{topic.name}: worker ended with {process.returncode}"


async def refuse_output(rig: Rig) -> str:
    return await refuse_writes(rig, topics.ENRICHED, "tag")


async def refuse_dead_letters(rig: Rig) -> str:
    return await refuse_writes(rig, topics.RAW.dead_letters(), "normalize")


async def refuse_changelog(rig: Rig) -> str:
    return await refuse_writes(rig, topics.changelog(rig.workers.prefix), "dedupe")
