"""A large backlog before workers that just start: `make backlog`, `python -m benchmarks.backlog 100000`.

So many made-up articles wait in the raw topic (benchmarks/articles.py, 3 kB each), then one production worker
a stage starts. Printed for each stage: peak resident memory, how often its group gave it partitions
(once: nobody was evicted), records it handled beyond those that lie in its topic (redelivered), and
articles a second. Ends with 1 where a stage needs more than 600 MB, was given its partitions more than once,
or met a record twice.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer

from benchmarks import rig
from benchmarks.articles import raw_lines
from benchmarks.rig import STAGES, Member
from connectors.publish import raw_record
from events.topics import READS
from events.wire import decode_raw
from marsad import topics
from marsad.kafka import EmbeddedKafka
from marsad.lag import stage_lag, topic_ends

PREFIX = "backlog."
MOST_MB = 600.0
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Passage:
    """How one stage got through: MB at its peak, assignments, records handled and how many there are."""

    stage: str
    peak_mb: float
    assignments: int
    handled: int
    records: int
    seconds: float

    @property
    def redelivered(self) -> int:
        """Records that came more than once."""
        return self.handled - self.records

    @property
    def ok(self) -> bool:
        """Whether it kept its memory, its partitions and its place in the log."""
        return self.peak_mb <= MOST_MB and self.assignments == 1 and self.redelivered == 0


async def wait_in_raw(client: dict[str, Any], count: int) -> None:
    """Write `count` articles into the raw topic before anybody reads it."""
    producer = AIOKafkaProducer(**client, enable_idempotence=True, acks="all", linger_ms=20)
    await producer.start()
    try:
        for line in raw_lines(count):
            record = raw_record(decode_raw(line), line)
            await producer.send(f"{PREFIX}articles.raw.v1", record.value, key=record.key)
    finally:
        await producer.stop()


async def passed(client: dict[str, Any], members: dict[str, Member]) -> list[Passage]:
    """Watch the workers until all has passed through all of them."""
    started, done, told = time.monotonic(), dict[str, float](), dict[str, dict[str, float]]()
    while len(done) < len(STAGES):
        await asyncio.sleep(LOOK_SECONDS)
        for stage, member in members.items():
            if not member.alive:
                raise RuntimeError(f"{stage} ended with {member.process.returncode}")
            found = rig.held(member.process.pid) | await asyncio.to_thread(rig.told, member)
            told[stage] = told.get(stage, {}) | found
        for stage in STAGES[len(done) :]:  # a stage is through only when the one before it is
            if (await stage_lag(client, PREFIX, stage, 0)).records:
                break
            done[stage] = time.monotonic() - started
    return [
        Passage(
            stage,
            told[stage]["peak_mb"],
            int(told[stage]["news_assignments_total"]),
            int(sum(value for name, value in told[stage].items() if name.startswith("news_events_total/"))),
            sum((await topic_ends(client, f"{PREFIX}{READS[stage].name}")).values()),
            done[stage],
        )
        for stage in STAGES
    ]


async def backlog(count: int, folder: Path) -> list[Passage]:
    """Let `count` articles wait, then start the workers, and give how each stage got through."""
    async with EmbeddedKafka(folder / "broker") as kafka:
        client = {"bootstrap_servers": kafka.address}
        await topics.apply(client, topics.Wanted(PREFIX, 6, 1))
        await wait_in_raw(client, count)
        members = {stage: rig.worker(stage, stage, kafka.address, PREFIX, folder) for stage in STAGES}
        try:
            return await passed(client, members)
        finally:
            await asyncio.to_thread(rig.end, list(members.values()))


def main(count: int) -> int:
    """Print how each stage got through; 1 where one did not as it should."""
    with tempfile.TemporaryDirectory() as folder:
        passages = asyncio.run(backlog(count, Path(folder)))
    print(f"{count:,} articles waited in raw")
    print(f"{'stage':12}{'peak MB':>9}{'assignments':>13}{'handled':>9}{'redelivered':>13}{'articles/s':>12}")
    for one in passages:
        print(
            f"{one.stage:12}{one.peak_mb:9.0f}{one.assignments:13}{one.handled:9}{one.redelivered:13}"
            f"{one.records / one.seconds:12.0f}"
        )
    return 0 if all(one.ok for one in passages) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
