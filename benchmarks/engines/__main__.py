"""Ours beside Quix Streams and a bare confluent-kafka loop: `make bench`.

`python -m benchmarks.engines 20000`. One broker, one machine, one run; the same stage functions and the same
made-up articles for all, three processes each. First with empty stages, where the engine's own cost is all
there is, then with the real ones and `marsad process` beside them. Bytes sent are what the three
processes wrote into Kafka's logs, compressed as they came. Needs the extra `bench`.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.engines.course import NOTHING_MORE, Command, Run, course, load
from connectors.publish import Record
from events.wire import decode_raw
from marsad.kafka import EmbeddedKafka

WARM = 500
ENVIRONMENTS = {"ours-lz4": {"MARSAD_COMPRESSION": "lz4"}}
"""The peers' fast settings hold lz4; ours sends plain unless it is told to, so here are both."""


def ours(stage: str, broker: str, prefix: str, folder: Path) -> list[str]:
    """Give the production worker."""
    given = ["marsad", "worker", "--stage", stage, "--broker", broker, "--topic-prefix", prefix]
    return [*given, "--data", str(folder)]


def empty_ours(stage: str, broker: str, prefix: str, folder: Path) -> list[str]:
    """Give the production worker around an empty stage."""
    return ["benchmarks.engines.ours", stage, broker, prefix, str(folder / stage)]


def peer(module: str, *more: str) -> Command:
    """Give a peer's process."""
    return lambda stage, broker, prefix, folder: [
        f"benchmarks.engines.{module}", stage, broker, prefix, str(folder / stage), *more,
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alone:
    """What `marsad process` needed: seconds by the wall and of the processor, start-up apart; peak memory."""

    articles: int
    seconds: float
    cpu: float
    start: float
    peak_mb: float


def process(file: Path, count: int) -> Alone:
    """Run the command over `file`, and over nothing, which is its start-up."""
    start, start_cpu, _ = _timed(Path(os.devnull))
    seconds, cpu, peak = _timed(file)
    return Alone(count, seconds - start, cpu - start_cpu, start, peak)


def _timed(file: Path) -> tuple[float, float, float]:
    started = time.perf_counter()
    with file.open("rb") as lines:
        command = [sys.executable, "-m", "marsad", "process"]
        child = subprocess.Popen(command, stdin=lines, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"marsad process ended with {child.returncode}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


async def races(
    entrants: dict[str, Command], records: Sequence[Record], kafka: EmbeddedKafka, folder: Path
) -> list[Run]:
    """Let them run one after the other."""
    return [
        await course(name, command, records, kafka, folder, ENVIRONMENTS.get(name, NOTHING_MORE))
        for name, command in entrants.items()
    ]


def table(title: str, runs: Sequence[Run], alone: Alone | None = None) -> None:
    """Print one line an engine, ours first; ratios to ours, of articles a second and of processor time."""
    first = runs[0]
    print(f"\n{title}; n/d/t: of normalize, dedupe and tag; start: processor time until the groups stand")
    print(
        f"{'':24}{'articles/s':>11}{'to ours':>9}{'cpu ms':>9}{'to ours':>9}{'n/d/t cpu ms':>19}"
        f"{'start cpu s':>12}{'peak MB':>9}{'sent B':>8}{'broker ms':>10}"
    )
    for run in runs:
        stages = "/".join(f"{seconds / run.articles * 1000:.2f}" for seconds in run.cpu.values())
        print(
            f"{run.engine:24}{run.per_second:11,.0f}{run.per_second / first.per_second:9.2f}{run.cpu_ms:9.2f}"
            f"{run.cpu_ms / first.cpu_ms:9.2f}{stages:>19}{run.start_cpu:12.1f}"
            f"{sum(run.peak_mb.values()):9.0f}{run.sent:8,.0f}{run.broker_cpu / run.articles * 1000:10.2f}"
        )
    if alone:
        rate, cpu = alone.articles / alone.seconds, alone.cpu / alone.articles * 1000
        print(
            f"{'process':24}{rate:11,.0f}{rate / first.per_second:9.2f}{cpu:9.2f}{cpu / first.cpu_ms:9.2f}"
            f"{'':19}{alone.start:12.1f}{alone.peak_mb:9.0f}"
        )
        print(f"ours does {first.per_second / rate:.2f} of `process`")


def kinds(records: Sequence[Record]) -> str:
    """Say what the articles are and how long: a fifth are to be copies, one in twenty a revision."""
    made, size = Counter[str](), 0
    for number, record in enumerate(records):
        raw = decode_raw(record.value)
        size += len((raw.content_text or "").encode())
        first = raw.item_id == f"wire-{number}"
        made["copies" if raw.source_id != "wire" else "new" if first else "revisions"] += 1
    shares = ", ".join(f"{count / len(records):.1%} {name}" for name, count in made.most_common())
    return f"{len(records):,} articles of {size / len(records):,.0f} bytes of text: {shares}"


async def main(count: int) -> None:
    """Print everything."""
    records = load(count)
    print(f"{date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {kinds(records)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "articles.jsonl"
        file.write_bytes(b"".join((one.value or b"") + b"\n" for one in records))
        async with EmbeddedKafka(folder / "broker") as kafka:
            await races({"warm": peer("bare", "--empty")}, records[:WARM], kafka, folder)
            entrants = {
                "ours-empty": empty_ours,
                "quix-empty": peer("quix", "--empty"),
                "bare-empty": peer("bare", "--empty"),
            }
            table("empty stages: the engine's own cost", await races(entrants, records, kafka, folder))
            entrants = {"ours": ours, "ours-lz4": ours, "quix": peer("quix"), "bare": peer("bare")}
            runs = await races(entrants, records, kafka, folder)
        table("real stages", runs, process(file, count))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
