"""One engine over one course: topics of its own on a shared broker, the same records, three processes.

The processes join their groups first; what they used up to there is their start-up. Then the articles
are pushed as fast as the broker takes them, and the clock runs until the last output stands in the log: every
raw record normalized, every normalized one deduped or a repeat, every deduped one enriched.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import ConsumerGroupState, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from benchmarks import rig
from benchmarks.articles import raw_lines
from benchmarks.engines.bare import delivered
from benchmarks.rig import STAGES
from connectors.publish import Record, raw_record
from events import topics as table
from events.wire import decode_raw
from marsad import topics
from marsad.kafka import EmbeddedKafka

PARTITIONS = table.DEFAULT_PARTITIONS
START_SECONDS = 120.0
ASK_SECONDS = 2.0
LOOK_SECONDS = 0.05
NOTHING_MORE: Mapping[str, str] = {}

Command = Callable[[str, str, str, Path], list[str]]
"""The command of a stage's process: stage, broker, prefix, folder."""
Members = Mapping[str, "subprocess.Popen[bytes]"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one engine needed; seconds of the wall, the rest by stage or for all three together."""

    engine: str
    articles: int
    seconds: float
    cpu: Mapping[str, float]
    start_cpu: float
    broker_cpu: float
    peak_mb: Mapping[str, float]
    sent: float

    @property
    def per_second(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time an article, start-up apart."""
        return sum(self.cpu.values()) / self.articles * 1000


def load(count: int) -> list[Record]:
    """Give the raw records of so many made-up articles."""
    return [raw_record(decode_raw(line), line) for line in raw_lines(count)]


async def course(
    engine: str,
    command: Command,
    records: Sequence[Record],
    kafka: EmbeddedKafka,
    folder: Path,
    environment: Mapping[str, str] = NOTHING_MORE,
) -> Run:
    """Run `records` through three processes of an engine, which have `environment` beside our own."""
    client, prefix = {"bootstrap_servers": kafka.address}, f"{engine}."
    await topics.apply(client, topics.Wanted(prefix, PARTITIONS, 1))
    place = folder / engine
    place.mkdir()
    members = {
        stage: _start(command(stage, kafka.address, prefix, place), place, stage, environment)
        for stage in STAGES
    }
    try:
        await _until_joined(client, prefix, members, place)
        broker = sum(map(rig.processor_seconds, kafka.pids))
        before = {stage: rig.processor_seconds(one.pid) for stage, one in members.items()}
        started = time.perf_counter()
        await asyncio.to_thread(push, kafka.address, prefix, records)
        await _until_done(client, prefix, len(records), members, place)
        seconds = time.perf_counter() - started
        cpu = {stage: rig.processor_seconds(one.pid) - before[stage] for stage, one in members.items()}
        broker = sum(map(rig.processor_seconds, kafka.pids)) - broker
        peak = {stage: rig.held(one.pid)["peak_mb"] for stage, one in members.items()}
    finally:
        await asyncio.to_thread(rig.end, [rig.Member(stage, one) for stage, one in members.items()])
    sent = written(folder, prefix) / len(records)
    return Run(engine, len(records), seconds, cpu, sum(before.values()), broker, peak, sent)


def _start(
    command: Sequence[str], place: Path, stage: str, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    whole = {**os.environ, "PYTHONWARNINGS": "ignore", **environment}
    with (place / f"{stage}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", *command], stdout=log, stderr=log, env=whole)


async def _until_joined(client: Mapping[str, str], prefix: str, members: Members, place: Path) -> None:
    """Wait until the broker says that every group is stable."""
    sizes = {table.app_id(stage, prefix): 1 for stage in members}
    admin = AdminClient({"bootstrap.servers": client["bootstrap_servers"]})
    async with asyncio.timeout(START_SECONDS):
        while not await asyncio.to_thread(stable, admin, sizes):
            _must_run(members, place)
            await asyncio.sleep(LOOK_SECONDS)


def stable(admin: AdminClient, sizes: Mapping[str, int]) -> bool:
    """Tell whether each group is stable, with as many members as it ought to have."""
    try:
        asked = admin.describe_consumer_groups(list(sizes), request_timeout=ASK_SECONDS)
        found = {name: answer.result() for name, answer in asked.items()}
    except KafkaException:  # a new cluster has no coordinator until the first group has asked
        return False
    return all(
        found[name].state is ConsumerGroupState.STABLE and len(found[name].members) == size
        for name, size in sizes.items()
    )


def _must_run(members: Members, place: Path) -> None:
    for stage, one in members.items():
        if one.poll() is not None:
            said = (place / f"{stage}.log").read_text("utf-8", "replace").splitlines()[-1:]
            raise RuntimeError(f"{stage} ended with {one.returncode}: {' '.join(said)[:500]}")


def push(broker: str, prefix: str, records: Sequence[Record]) -> None:
    """Write the raw records by librdkafka, so that the load costs as little as can be."""
    producer = Producer(
        {
            "bootstrap.servers": broker,
            "partitioner": "murmur2_random",
            "linger.ms": 20,
            "compression.type": "lz4",
            "queue.buffering.max.kbytes": 1_000_000,
        }
    )
    topic = table.full_name(table.RAW, prefix)
    for one in records:
        producer.produce(topic, one.value, one.key, headers=list(one.headers), on_delivery=delivered)
        producer.poll(0)
    producer.flush()


async def _until_done(
    client: Mapping[str, str], prefix: str, count: int, members: Members, place: Path
) -> None:
    """Wait until everything that `count` raw records cause stands in the log."""
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **client)
    await consumer.start()
    try:
        while True:
            ends = await _ends(consumer, prefix)
            settled = ends[table.DEDUPED] + ends[table.REPEATS]
            if ends[table.NORMALIZED] == settled == count and ends[table.ENRICHED] == ends[table.DEDUPED]:
                return
            _must_run(members, place)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await consumer.stop()


async def _ends(consumer: AIOKafkaConsumer, prefix: str) -> dict[table.Topic, int]:
    wanted = (table.NORMALIZED, table.DEDUPED, table.REPEATS, table.ENRICHED)
    parts = {
        TopicPartition(table.full_name(topic, prefix), number): topic
        for topic in wanted
        for number in range(PARTITIONS)
    }
    totals = dict.fromkeys(wanted, 0)
    for part, end in (await consumer.end_offsets(list(parts))).items():
        totals[parts[part]] += end
    return totals


def written(folder: Path, prefix: str) -> int:
    """Give the bytes of all logs of an engine but those of the raw topic: what its processes sent."""
    raw = table.full_name(table.RAW, prefix)
    return sum(
        log.stat().st_size
        for log in folder.rglob("*.log")
        if log.parent.name.startswith((prefix, f"changelog__{prefix}"))
        and not log.parent.name.startswith(raw)
    )
