"""An hour under load with rebalances all along: does everything level off? `make soak`, `MINUTES=60 RATE=30`.

The whole pipeline as processes of their own on the embedded Kafka: one worker a stage that lives from start
to end (the *hosts*), connectors on a feed of loopback, the page. A second worker of every stage joins and
leaves over and over, by SIGTERM and by kill -9 in turn (the *guests*), so partitions move about every half
minute. Event time runs so fast that dedupe's memory turns over every eight minutes (soak_load.py); the
changelog's segments and tombstones live as much shorter, the rest is as in production.

Each ten seconds memory, open files, heap blocks, state entries and bytes on disk are read; judged is the
highest of each minute, over the second half of the run (levels.py). Ends with 1 where something grows, a host
died, or a raw record is unaccounted for. Samples go to OUT/soak.jsonl, the plot to OUT/soak.svg.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from benchmarks import rig
from benchmarks.chart import Panel, svg
from benchmarks.levels import Level, level, peaks
from benchmarks.rig import STAGES, Member
from benchmarks.soak_load import FeedSite, press
from events.topics import changelog
from marsad import topics
from marsad.accounting import account
from marsad.kafka import EmbeddedKafka
from marsad.lag import drained

PREFIX, FEED_PREFIX = "soak.", "soakfeed."
SAMPLE_SECONDS = 10.0
GUEST_SECONDS, ALONE_SECONDS = 15.0, 12.0
JOIN_SECONDS = 600.0
DRAIN_SECONDS = 3600.0
CHANGELOG = {"segment.ms": "30000", "delete.retention.ms": "60000", "max.compaction.lag.ms": "120000"}
"""Production's six hours and seven days, about as much shorter as event time is faster."""
ALLOWED = {"rss_mb": 0.05, "files": 0.05, "heap_blocks": 0.03, "entries": 0.05, "disk_mb": 0.10}
"""Growth over half the run, as a share of the median, that counts as level."""
SWEEP_MINUTES = 8
"""What lies on disk is swept now and then, by cleaner and compaction: its peaks are judged."""


Row = dict[str, float]


class Soak:
    """One run: its processes, and the samples taken so far."""

    def __init__(self, kafka: EmbeddedKafka, folder: Path, out: Path) -> None:
        self.kafka, self.folder, self.out = kafka, folder, out
        self.hosts: list[Member] = []
        self.guests: list[Member] = []
        self.rows: list[Row] = []
        self.visits = 0
        self._started = time.monotonic()

    def start_hosts(self, feed_url: str) -> None:
        """Start what lives from start to end."""
        broker = self.kafka.address
        self.hosts = [rig.worker(stage, stage, broker, PREFIX, self.folder) for stage in STAGES]
        feeds = self.folder / "feeds.opml"
        feeds.write_text(f'<opml version="2.0"><body><outline type="rss" xmlUrl="{feed_url}"/></body></opml>')
        env = {
            "MARSAD_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "MARSAD_POLL_FLOOR_SECONDS": "5",
            "MARSAD_POLL_CAP_SECONDS": "5",
        }
        common = ["--broker", broker, "--data", str(self.folder / "data")]
        connectors = ["connectors", *common, "--topic-prefix", FEED_PREFIX, "--feeds", str(feeds)]
        self.hosts.append(rig.start("connectors", connectors, self.folder, env=env))
        page = ["web", *common, "--topic-prefix", PREFIX, "--port", "0"]
        self.hosts.append(rig.start("web", page, self.folder, health=False))

    async def receive_guests(self) -> None:
        """Let second workers come and go for ever."""
        while True:
            broker = self.kafka.address
            self.guests = [rig.worker(f"guest-{s}", s, broker, PREFIX, self.folder) for s in STAGES]
            await joined(self.guests)
            await asyncio.sleep(GUEST_SECONDS)
            for number, guest in enumerate(self.guests):
                guest.process.kill() if (self.visits + number) % 2 else guest.process.terminate()
            await asyncio.to_thread(rig.end, self.guests)
            self.visits += 1
            await asyncio.sleep(ALONE_SECONDS)

    async def watch(self) -> None:
        """Take samples for ever; raises where a host has ended."""
        with (self.out / "soak.jsonl").open("w") as file:
            while True:
                row = await asyncio.to_thread(self._sample)
                self.rows.append(row)
                print(json.dumps(row), file=file, flush=True)
                await asyncio.sleep(SAMPLE_SECONDS)

    def _sample(self) -> Row:
        row: Row = {"seconds": round(time.monotonic() - self._started, 1), "visits": self.visits}
        for member in self.hosts:
            if not member.alive:
                raise RuntimeError(f"{member.name} ended with {member.process.returncode}")
            row |= {f"{member.name} {key}": round(v, 1) for key, v in rig.held(member.process.pid).items()}
        row |= {f"kafka {key}": round(v, 1) for key, v in rig.held(self.kafka.pids[0]).items()}
        figures = {member.name: rig.told(member) for member in [*self.hosts, *self.guests] if member.alive}
        for stage in STAGES:
            row[f"{stage} heap_blocks"] = figures.get(stage, {}).get("news_heap_blocks", 0.0)
            row[f"{stage} assignments"] = figures.get(stage, {}).get("news_assignments_total", 0.0)
        row["dedupe entries"] = sum(one.get("news_state_entries", 0.0) for one in figures.values())
        name = changelog(PREFIX).name
        logs = [path for path in self.kafka.folder.rglob(f"{name}-*") if path.is_dir()]
        row["changelog disk_mb"] = round(rig.bytes_below(*logs) / 1e6, 2)
        row["state disk_mb"] = round(rig.bytes_below(self.folder / "data" / "workers") / 1e6, 2)
        return row


async def joined(members: Sequence[Member]) -> None:
    """Wait until every one of them was given partitions: on a busy machine that takes long."""
    async with asyncio.timeout(JOIN_SECONDS):
        for member in members:
            while not (await asyncio.to_thread(rig.told, member)).get("news_assignments_total"):
                await asyncio.sleep(0.5)


def by_minute(rows: list[Row]) -> dict[str, list[float]]:
    """Give the highest of each minute by name of what was measured; minutes without samples are left out."""
    minutes = sorted({int(row["seconds"] // 60) for row in rows})[:-1]
    series: dict[str, list[float]] = {}
    for minute in minutes:
        found = [row for row in rows if row["seconds"] // 60 == minute]
        for name in rows[0].keys() - {"seconds", "visits"}:
            series.setdefault(name, []).append(max(row.get(name, 0.0) for row in found))
    return series


def judged(series: dict[str, list[float]]) -> list[Level]:
    """Judge every quantity of ours; Kafka's own are shown, not judged."""
    levels = []
    for name in sorted(series):
        kind = name.split()[1]
        if kind in ALLOWED and not name.startswith("kafka"):
            values = peaks(series[name], SWEEP_MINUTES) if kind == "disk_mb" else series[name]
            levels.append(level(name, values, ALLOWED[kind]))
    return levels


def drawn(series: dict[str, list[float]], heading: str) -> str:
    """Draw what was measured."""

    def lines(kind: str, *names: str) -> dict[str, list[float]]:
        return {name: series[f"{name} {kind}"] for name in names}

    processes = (*STAGES, "connectors", "web")
    return svg(
        heading,
        [
            Panel("Resident memory, highest of each minute", "MB", lines("rss_mb", *processes)),
            Panel("Open files", "", lines("files", *processes)),
            Panel("Heap blocks of the interpreter", "", lines("heap_blocks", *STAGES)),
            Panel("Entries of dedupe's memory, all workers", "", lines("entries", "dedupe")),
            Panel("Bytes on disk", "MB", lines("disk_mb", "changelog", "state")),
        ],
    )


async def prepared(client: dict[str, Any]) -> None:
    """Create the topics; the changelog's clock runs faster."""
    for prefix in (PREFIX, FEED_PREFIX):
        await topics.apply(client, topics.Wanted(prefix, 6, 1))
    async with topics.admin(client) as admin:
        # All of them: what this request does not name goes back to the broker's defaults.
        wanted = changelog(PREFIX).config() | CHANGELOG
        resource = ConfigResource(ConfigResourceType.TOPIC, changelog(PREFIX).name, wanted)
        await admin.alter_configs([resource])


async def soak(minutes: float, rate: float, folder: Path, out: Path) -> bool:
    """Run it; print and draw what came out; give whether all is level and accounted for."""
    async with EmbeddedKafka(folder / "broker") as kafka, FeedSite() as site:
        client = {"bootstrap_servers": kafka.address}
        await prepared(client)
        run = Soak(kafka, folder, out)
        run.start_hosts(site.url)
        try:
            sent = await loaded(run, client, rate, minutes * 60)
            await asyncio.wait_for(drained(client, PREFIX), DRAIN_SECONDS)
            found, _ = await account(client, PREFIX)
        finally:
            rig.end([*run.guests, *run.hosts])
    print(f"{minutes:g} minutes, {sent} raw records, {rate:g}/s wanted")
    print(f"account: {found.as_dict()}")
    return report(run.rows, out) and found.missing == 0 and found.twice == 0


async def loaded(run: Soak, client: dict[str, Any], rate: float, seconds: float) -> int:
    """Press, watch and receive guests for so long; give the records sent. Raises what broke meanwhile."""
    stop = asyncio.Event()
    load = asyncio.create_task(press(client, f"{PREFIX}articles.raw.v1", rate, seconds, stop))
    others: list[asyncio.Task[Any]] = [
        asyncio.create_task(run.watch()),
        asyncio.create_task(run.receive_guests()),
    ]
    try:
        await asyncio.wait({load, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            if task.done():
                task.result()
        return await load
    finally:
        stop.set()
        for task in (load, *others):
            task.cancel()
        await asyncio.gather(load, *others, return_exceptions=True)


def report(rows: list[Row], out: Path) -> bool:
    """Print every verdict, draw, and give whether all is level."""
    series, last = by_minute(rows), rows[-1]
    levels = judged(series)
    moved = ", ".join(f"{stage} {last[f'{stage} assignments']:.0f}" for stage in STAGES)
    print(f"{last['visits']:.0f} visits of a second worker; partitions given to the hosts: {moved}")
    print(f"{'over the second half':28}{'median':>12}{'growth':>9}{'allowed':>9}")
    for one in levels:
        verdict = "level" if one.ok else "GROWS" if one.growth > one.allowed else "too short to tell"
        print(f"{one.name:28}{one.middle:12.1f}{one.growth:9.1%}{one.allowed:9.0%}  {verdict}")
    minutes = last["seconds"] / 60
    (out / "soak.svg").write_text(drawn(series, f"Soak of {minutes:.0f} minutes with rebalances"))
    return all(one.ok for one in levels)


def again(samples: Path) -> bool:
    """Judge and draw the samples of an earlier run."""
    return report([json.loads(line) for line in samples.read_text().splitlines()], samples.parent)


def main(words: Sequence[str] | None = None) -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=30, help="raw records a second")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder of samples and plot")
    parser.add_argument("--again", type=Path, help="only judge and draw these samples (soak.jsonl)")
    given = parser.parse_args(words)
    if given.again:
        return 0 if again(given.again) else 1
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(soak(given.minutes, given.rate, Path(folder), given.out)) else 1


if __name__ == "__main__":
    sys.exit(main())
