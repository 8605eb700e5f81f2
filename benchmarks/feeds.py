"""What polling costs: `python -m benchmarks.feeds 1000`, `… 10000`, `… 100000 --workers 4`.

A real Kafka, a server on loopback (`feedserver.py`), and connectors as in production but for their patience:
every feed is due again at once, so each works as fast as it can. In the first round all of a feed is new, in
the second nearly nothing is. Beside it, in the same run and on the same server, the plain loop that people
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
from urllib.parse import urlsplit

import aiohttp
import feedparser

from benchmarks.feedserver import host
from connectors.feeds import listing
from connectors.feeds.errand import Outcome
from connectors.feeds.hosts import line_of, shard_of
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
SHARDS = 12
AT_ONCE = 96
EAGER = Manners(Pace(floor=1, cap=1, first=1, jitter=0), gap=0, spread=0, at_once=AT_ONCE, at_once_per_host=4)
TICK = 0.05
PLAIN = 1_000


class Meter:
    """Processor time, wall time and the event loop's lag since the last reading."""

    def __init__(self, readers: bool = True) -> None:
        self._readers = readers
        self._late: list[float] = []
        self._ticking = asyncio.create_task(self._tick())
        self._mark = self._times()

    async def _tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            self._late.append(time.monotonic() - before - TICK)

    def _times(self) -> tuple[float, float, float]:
        return time.monotonic(), time.process_time(), children_seconds() if self._readers else 0.0

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
    meter, seen, rounds = Meter(readers=False), set[str](), []
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


class Rounds:
    """Reads the meter each time that all feeds of our shards have been polled once more."""

    def __init__(self, addresses: list[str], workers: int) -> None:
        self._shard = {address: shard_of(line_of(web_source(address)), SHARDS) for address in addresses}
        self._most = SHARDS // workers
        self._ours: frozenset[int] = frozenset()
        self._left: set[str] = set()
        self._polls = 0
        self._meter: Meter | None = None
        self.read: asyncio.Queue[dict[str, float]] = asyncio.Queue()

    def shards(self, shards: frozenset[int]) -> None:
        """Begin anew where the group gives us other shards; too many are those of workers yet to come."""
        if shards and shards != self._ours and len(shards) <= self._most:
            self._ours, self._left, self._polls = shards, self._feeds(shards), 0
            self._meter = Meter()

    def polled(self, outcome: Outcome) -> None:
        """Count one poll."""
        if self._meter is None:
            return
        self._polls += 1
        self._left.discard(outcome.feed)
        if not self._left:
            self.read.put_nowait(self._meter.read(self._polls))
            self._left, self._polls = self._feeds(self._ours), 0

    def _feeds(self, shards: frozenset[int]) -> set[str]:
        return {address for address, shard in self._shard.items() if shard in shards}


async def connect(broker: str, addresses: list[str], workers: int) -> None:
    """Be one connector of several; print its two rounds, and go on until stdin ends."""
    rounds, stop = Rounds(addresses, workers), asyncio.Event()
    hosts = frozenset(urlsplit(address).hostname or "" for address in addresses)
    async with Publisher({"bootstrap_servers": broker}, 600) as publisher:
        options = Options(
            PREFIX, allow_private=hosts, manners=EAGER, on_polled=rounds.polled, on_shards=rounds.shards
        )
        working = asyncio.create_task(run([], publisher, options, stop))
        for _ in range(2):
            print(json.dumps(await rounds.read.get()), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        stop.set()
        await working


async def subscribe(broker: str, addresses: list[str]) -> None:
    options = {"bootstrap_servers": broker}
    await topics.apply(options, topics.Wanted(PREFIX, SHARDS, 1))
    now = parse_instant("2026-11-22T00:00:00Z")
    made = (listing.subscription(web_source(one), Ledger(), now, "command") for one in addresses)
    async with Publisher(options, 600) as publisher:
        await publisher.publish(full_name(FEEDS, PREFIX), [listing.record(one) for one in made])


@contextmanager
def server(items: int) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.feedserver", str(items)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def addresses_of(feeds: int, port: int) -> list[str]:
    return [f"http://{host(number)}:{port}/{number}" for number in range(feeds)]


def side_by_side(feeds: int, port: int, broker: str, workers: int) -> list[list[dict[str, float]]]:
    """Several connectors, each a process of its own; give the first rounds of all, then the second ones."""
    command = [sys.executable, "-m", "benchmarks.feeds", str(feeds), "--workers", str(workers)]
    command += ["--port", str(port), "--broker", broker]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    running = [subprocess.Popen(command, **pipes) for _ in range(workers)]
    rounds: list[list[dict[str, float]]] = []
    for number in (1, 2):
        rounds.append([json.loads(one.stdout.readline()) for one in running if one.stdout])
        for one in rounds[-1]:
            show("connector", number, one)
    for process in running:
        process.communicate()
    return rounds


def show(name: str, number: int, one: dict[str, float]) -> None:
    told = "  ".join(f"{key} {value:g}" for key, value in one.items())
    print(f"{name:14}  round {number}  {told}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("feeds", type=int, nargs="?", default=1000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--items", type=int, default=20, help="in each feed")
    parser.add_argument("--port", type=int)
    parser.add_argument("--broker")
    given = parser.parse_args()
    if given.broker:
        asyncio.run(connect(given.broker, addresses_of(given.feeds, given.port), given.workers))
        return
    with (
        server(given.items) as port,
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder)) as kafka,
    ):
        addresses = addresses_of(given.feeds, port)
        asyncio.run(subscribe(kafka.address, addresses))
        base = asyncio.run(plain(addresses[:PLAIN]))
        for number, one in enumerate(base, 1):
            show("plain loop", number, one)
        rounds = side_by_side(given.feeds, port, kafka.address, given.workers)
        for number, (ours, theirs) in enumerate(zip(rounds, base, strict=True), 1):
            ratio = sum(one["cpu_ms"] for one in ours) / len(ours) / theirs["cpu_ms"]
            print(f"round {number}: a poll costs {ratio:.2f} of the plain loop's")


if __name__ == "__main__":
    main()
