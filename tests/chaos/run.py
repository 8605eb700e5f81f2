"""Faults under load, seeded: `python -m tests.chaos.run --faults 200 --seed 1`; prints what was lost."""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from marsad import topics
from marsad.kafka import EmbeddedKafka
from tests.chaos.faults import ALL, QUICK, Fault
from tests.chaos.rig import PER_SECOND, Rig, load
from tests.pipeline import verifier
from tests.pipeline.workers import Workers

PAUSE = (1.0, 4.0)


def plan(dice: random.Random, faults: Sequence[Fault], count: int) -> list[Fault]:
    """Give `count` faults: each kind once, then by chance."""
    chosen = list(faults)[:count] + [dice.choice(faults) for _ in range(count - len(faults))]
    dice.shuffle(chosen)
    return chosen


async def chaos(
    folder: Path, seed: int, faults: Sequence[Fault], count: int, nodes: int = 1
) -> dict[str, int]:
    """Run `count` faults under load on a broker of its own; give the verifier's counts."""
    dice = random.Random(seed)
    prefix = f"c{uuid.uuid4().hex[:8]}."
    async with EmbeddedKafka(folder / "broker", nodes=nodes) as kafka:
        await topics.apply({"bootstrap_servers": kafka.address}, topics.Wanted(prefix, 4, min(nodes, 3)))
        rig = Rig(kafka, Workers(kafka.address, prefix, folder / "data"), dice)
        stop = asyncio.Event()
        pushing = asyncio.create_task(load(rig, 100_000, stop))
        try:
            await rig.ensure_workers()
            for number, fault in enumerate(plan(dice, faults, count), 1):
                await asyncio.sleep(dice.uniform(*PAUSE))
                await rig.ensure_workers()
                started = time.monotonic()
                what = await fault(rig)
                say(f"{number}/{count} {fault.__name__} {what} ({time.monotonic() - started:.1f} s)")
            stop.set()
            say(f"{await pushing} records sent at {PER_SECOND}/s; draining")
            await drained(rig)
            return verifier.check(await verifier.read_logs(kafka.address, prefix), folder)
        finally:
            stop.set()
            rig.workers.stop()
            await asyncio.gather(pushing, return_exceptions=True)


async def drained(rig: Rig) -> None:
    """Wait until all has passed through; a worker that failed stop meanwhile is started again."""
    waiting = asyncio.create_task(rig.workers.drained())
    while not waiting.done():
        await rig.ensure_workers()
        await asyncio.wait({waiting}, timeout=1)
    await waiting


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="only the faults of the short form")
    given = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the broker is killed; it would say so often
    with tempfile.TemporaryDirectory() as folder:
        kinds = QUICK if given.quick else ALL
        found = asyncio.run(chaos(Path(folder), given.seed, kinds, given.faults, given.nodes))
    print(", ".join(f"{name} {count}" for name, count in found.items()))
    sys.exit(any(found[name] for name in ("lost", "invented", "changed", "twice")))


if __name__ == "__main__":
    main()
