"""What polling costs: `python -m benchmarks.feeds 1000`, `… 10000`, `… 100000 --workers 4`.

A real Kafka, a server on loopback (`feedserver.py`), and connectors as in production but for their patience:
every feed is due again at once, so each works as fast as it can. Every feed is polled twice: first all of it
is new, then nearly nothing is. Beside it, in the same run and on the same server, the plain loop that people
write (over the first 1,000 feeds): aiohttp, `feedparser.parse`, a set of seen ids; no Kafka, nothing that
outlives it, no limits. Printed for each round: polls, polls a second by the wall, milliseconds of processor
time a poll, how many of them are those of child processes that read feeds, how late the event loop came
(median, 99th of 100, worst; ticks of 50 ms), resident memory.
"""

import argparse
import asyncio
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import feedparser

from benchmarks.feedserver import host
from connectors.feeds import listing
from connectors.feeds.errand import Outcome
from connectors.feeds.ledger import Ledger
from connectors.feeds.manners import Manners
from connectors.feeds.schedule import Pace
from connectors.feeds.source import web_source
from connectors.feeds.worker import Options, run
from connectors.publish import Publisher
from events.times import parse_instant
from events.topics import FEEDS, full_name
from marsad import topics
from marsad.kafka import EmbeddedKafka

PREFIX = "bench."
AT_ONCE = 96
EAGER = Manners(Pace(floor=1, cap=1, first=1, jitter=0), gap=0, spread=0, at_once=AT_ONCE, at_once_per_host=4)
TICK = 0.05
PLAIN = 1_000


class Meter:
    """Processor time, wall time and the event loop's lag since the last reading."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._ticking = asyncio.create_task(self._tick())
        self._mark = self._times()

    async def _tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            self._late.append(time.monotonic() - before - TICK)

    def _times(self) -> tuple[float, float, float]:
        return time.monotonic(), time.process_time(), children_seconds()

    def read(self, polls: int) -> dict[str, float]:
        """Give what so many polls cost since the last reading."""
        wall, own, readers = (now - then for now, then in zip(self._times(), self._mark, strict=True))
        late = sorted(self._late) or [0.0]
        self._late, self._mark = [], self._times()
        return {
            "polls": polls, "per_second": round(polls / wall, 1),
            "cpu_ms": round(1000 * (own + readers) / polls, 2),
            "of_readers_ms": round(1000 * readers / polls, 2),
            "late_ms": round(1000 * late[len(late) // 2], 1),
            "late_99_ms": round(1000 * late[int(len(late) * 0.99)], 1),
            "late_worst_ms": round(1000 * late[-1], 1),
            "memory_mb": round(resident_mb()),
        }  # fmt: skip


def children_seconds() -> float:
    """Give the processor time of our child processes, those that run included (Linux)."""
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return done.ru_utime + done.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def plain(addresses: list[str]) -> list[dict[str, float]]:
    """Poll all twice, as people write it."""
    meter, seen, rounds = Meter(), set[str](), []
    room = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as session:

        async def poll(address: str) -> None:
            async with room, session.get(address) as response:
                body = await response.read()
            for entry in feedparser.parse(io.BytesIO(body)).entries:
                seen.add(entry.id)

        for _ in range(2):
            await asyncio.gather(*map(poll, addresses))
            rounds.append(meter.read(len(addresses)))
    return rounds


async def connect(broker: str, hosts: frozenset[str], share: int) -> list[dict[str, float]]:
    """One connector until it has polled its share twice."""
    stop, polled, rounds = asyncio.Event(), 0, []
    meter = Meter()

    def count(_: Outcome) -> None:
        nonlocal polled
        polled += 1
        if polled % share == 0:
            rounds.append(meter.read(share))
            if len(rounds) == 2:
                stop.set()

    async with Publisher({"bootstrap_servers": broker}, 600) as publisher:
        options = Options(PREFIX, allow_private=hosts, manners=EAGER, on_polled=count)
        await run([], publisher, options, stop)
    return rounds


async def subscribe(broker: str, addresses: list[str]) -> None:
    options = {"bootstrap_servers": broker}
    await topics.apply(options, topics.Wanted(PREFIX, 12, 1))
    now = parse_instant("2026-11-22T00:00:00Z")
    made = (listing.subscription(web_source(one), Ledger(), now, "command") for one in addresses)
    async with Publisher(options, 600) as publisher:
        await publisher.publish(full_name(FEEDS, PREFIX), [listing.record(one) for one in made])


@contextmanager
def server() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.feedserver"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def addresses_of(feeds: int, port: int) -> list[str]:
    return [f"http://{host(number)}:{port}/{number}" for number in range(feeds)]


def side_by_side(feeds: int, port: int, broker: str, workers: int) -> list[dict[str, float]]:
    """Several connectors, each a process of its own; give the rounds of each."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.feeds",
        str(feeds),
        "--workers",
        str(workers),
        "--port",
        str(port),
    ]
    running = [
        subprocess.Popen([*command, "--broker", broker], stdout=subprocess.PIPE) for _ in range(workers)
    ]
    return [line for one in running for line in json.loads(one.communicate()[0])]


def show(name: str, rounds: list[dict[str, float]]) -> None:
    for number, one in enumerate(rounds):
        told = "  ".join(f"{key} {value:g}" for key, value in one.items())
        print(f"{name:14}  round {number % 2 + 1}  {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("feeds", type=int, nargs="?", default=1000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--port", type=int)
    parser.add_argument("--broker")
    given = parser.parse_args()
    if given.broker:
        hosts = frozenset(host(number) for number in range(given.feeds))
        share = int(given.feeds / given.workers * 0.7 if given.workers > 1 else given.feeds)
        print(json.dumps(asyncio.run(connect(given.broker, hosts, share))))
        return
    with server() as port, tempfile.TemporaryDirectory() as folder, EmbeddedKafka(Path(folder)) as kafka:
        addresses = addresses_of(given.feeds, port)
        asyncio.run(subscribe(kafka.address, addresses))
        base = asyncio.run(plain(addresses[:PLAIN]))
        show("plain loop", base)
        rounds = side_by_side(given.feeds, port, kafka.address, given.workers)
        show("connector", rounds)
        for number in (0, 1):
            ours = [one["cpu_ms"] for one in rounds[number::2]]
            ratio = sum(ours) / len(ours) / base[number]["cpu_ms"]
            print(f"round {number + 1}: a poll costs {ratio:.2f} of the plain loop's")


if __name__ == "__main__":
    main()
