"""Faults under load, seeded: `python -m tests.chaos.run --faults 200 --seed 1`; prints what was lost.

Progress goes to stderr; stdout has each kind of fault and its count, the load, and the verifier's counts.
Ctrl-C once: no further fault, but what was done is verified.
"""

import argparse
import asyncio
import logging
import random
import signal
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from events.topics import RAW, full_name
from marsad import topics
from marsad.kafka import EmbeddedKafka
from tests.chaos.faults import Fault, kinds
from tests.chaos.load import PER_SECOND, Load
from tests.chaos.rig import Missed, Rig
from tests.pipeline import commits
from tests.pipeline.audit import everything
from tests.pipeline.verifier import FAULTLESS
from tests.pipeline.workers import Workers

PAUSE, BRIEF_PAUSE = (1.0, 4.0), (0.3, 1.0)
PARTITIONS = 6
"""As in production; the load's two languages go to two of them."""
DRAIN_SECONDS = 1800


@dataclass
class Report:
    """What was done, and what the verifier found."""

    faults: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    load: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Report") -> None:
        self.faults += other.faults
        self.missed += other.missed
        self.load += other.load
        self.found.update(other.found)


@dataclass(frozen=True)
class Plan:
    """What a run is to do: `count` faults by `seed`, of those `nodes` brokers can have or of `only`."""

    seed: int
    count: int
    nodes: int = 1
    quick: bool = False
    only: Sequence[str] = ()
    rate: float = PER_SECOND

    def faults(self, dice: random.Random) -> list[Fault]:
        """Give the faults in their order: each kind once, then by chance."""
        kinds_ = [
            fault for fault in kinds(self.nodes, self.quick) if not self.only or fault.__name__ in self.only
        ]
        if len(kinds_) < len(self.only):
            raise SystemExit(f"of these, not all are there: {', '.join(self.only)}")
        chosen = kinds_[: self.count] + [dice.choice(kinds_) for _ in range(self.count - len(kinds_))]
        dice.shuffle(chosen)
        return chosen


async def chaos(folder: Path, plan: Plan, enough: asyncio.Event | None = None) -> Report:
    """Run a plan under load on brokers of its own, or a part of it once `enough` is set, and verify."""
    dice = random.Random(plan.seed)
    prefix = f"c{uuid.uuid4().hex[:8]}."
    async with EmbeddedKafka(folder / "broker", nodes=plan.nodes) as kafka:
        wanted = topics.Wanted(prefix, PARTITIONS, min(plan.nodes, 3))
        await topics.apply({"bootstrap_servers": kafka.address}, wanted)
        await commits.stamp(kafka.address, prefix)
        rig = Rig(kafka, Workers(kafka.address, prefix, folder / "data"), dice, brief=plan.quick)
        report = Report()
        try:
            await _under_load(rig, plan, report, enough or asyncio.Event())
            await asyncio.to_thread(rig.stop)
            say("verifying")
            report.found.update(await everything(kafka.address, prefix, rig.workers.data))
        finally:
            await asyncio.to_thread(rig.stop)
    return report


async def _under_load(rig: Rig, plan: Plan, report: Report, enough: asyncio.Event) -> None:
    faults = plan.faults(rig.dice)
    load = Load(rig.client, full_name(RAW, rig.workers.prefix), rig.dice.randrange(10**6), plan.rate)
    loading, keeping = asyncio.create_task(load.run()), asyncio.create_task(rig.keep_workers())
    try:
        await rig.ensure_workers()
        await attack(rig, faults, report, enough)
        load.stop.set()
        await loading
        report.load.update(load.sent, refused_by_the_broker=load.refused)
        say(f"{load.sent.total()} records sent, at most {plan.rate:g}/s; draining")
        await drained(rig)
    finally:
        load.stop.set()
        keeping.cancel()
        await asyncio.gather(loading, keeping, return_exceptions=True)


async def attack(rig: Rig, faults: Sequence[Fault], report: Report, enough: asyncio.Event) -> None:
    for number, fault in enumerate(faults, 1):
        if enough.is_set():
            return
        await asyncio.sleep(rig.dice.uniform(*(BRIEF_PAUSE if rig.brief else PAUSE)))
        await rig.ensure_workers()
        started = time.monotonic()
        try:
            what = await fault(rig)
            report.faults[fault.__name__] += 1
        except Missed as missed:
            what = f"MISSED, {missed}"
            report.missed[fault.__name__] += 1
        say(f"{number}/{len(faults)} {fault.__name__}: {what} ({time.monotonic() - started:.1f} s)")


async def drained(rig: Rig) -> None:
    """Wait until all has passed through; a worker that failed stop meanwhile is started again."""
    waiting = asyncio.create_task(rig.workers.drained(DRAIN_SECONDS))
    while not waiting.done():
        await rig.ensure_workers()
        await asyncio.wait({waiting}, timeout=1)
    await waiting


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


async def rounds(folder: Path, given: argparse.Namespace) -> Report:
    """Spread the faults over the clusters that were asked for, one after the other."""
    report, sizes, enough = Report(), given.nodes, asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, enough.set)
    for at, nodes in enumerate(sizes):
        count = given.faults * (at + 1) // len(sizes) - given.faults * at // len(sizes)
        say(f"{count} faults on {nodes} broker(s), seed {given.seed + at}")
        plan = Plan(given.seed + at, count, nodes, given.quick, given.only, given.rate)
        report.add(await chaos(folder / str(at), plan, enough))
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 3], help="brokers of each round")
    parser.add_argument("--quick", action="store_true", help="only the faults of the short form")
    parser.add_argument("--only", nargs="+", default=[], help="these kinds of faults")
    parser.add_argument("--rate", type=float, default=PER_SECOND, help="records a second, at most")
    parser.add_argument("--keep", type=Path, help="a folder to leave logs and records in")
    given = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the broker is killed; it would say so often
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(rounds(given.keep or Path(folder), given))
    for name, count in sorted(report.faults.items()):
        print(f"{count:5}  {name}")
    if report.missed:
        print(f"came too late to do harm: {listed(report.missed)}")
    print(f"load: {listed(report.load)}")
    print(f"found: {listed(Counter({name: n for name, n in report.found.items() if name not in FAULTLESS}))}")
    print(
        f"{report.faults.total()} faults: " + ", ".join(f"{name} {report.found[name]}" for name in FAULTLESS)
    )
    sys.exit(any(report.found[name] for name in FAULTLESS))


if __name__ == "__main__":
    main()
