"""How long an article takes from raw to enriched: `python -m benchmarks.engines.latency RATE [SECONDS]`.

The production workers of the three stages, one each, on one embedded Kafka; so many made-up articles a
second are offered, evenly, each by a delivery of its own. Latency runs from before a raw record is sent to
when a plain consumer has its enriched event in hand. Printed: median, 99th of 100, worst; what an article
cost the workers of the processor meanwhile, and how busy the machine was with all of it, the broker and this
benchmark's own sender and reader too: near 100 % the rate is more than the machine can do.
"""

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from benchmarks import rig
from benchmarks.engines.course import load
from benchmarks.rig import STAGES
from connectors.publish import Record
from events import topics as table
from events.wire import ORIGIN_HEADER
from marsad import topics
from marsad.kafka import EmbeddedKafka
from marsad.lag import drained

WARM_SECONDS = 5.0
LOOK_SECONDS = 0.5


@dataclass(slots=True)
class Watch:
    """When which raw record was sent, and how long each took; positions are `TOPIC/PARTITION/OFFSET`."""

    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def seconds(self, after: float) -> list[float]:
        """Give the latencies of what was sent after that moment, the shortest first."""
        both = ((sent, self.seen.get(position)) for position, sent in self.sent.items() if sent > after)
        return sorted(seen - sent for sent, seen in both if seen is not None)


async def offer(
    producer: AIOKafkaProducer, topic: str, records: list[Record], rate: float, watch: Watch
) -> None:
    """Send `records` evenly, `rate` a second, however long each takes to be delivered."""
    started, under_way = time.perf_counter(), set[asyncio.Task[None]]()

    async def one(record: Record) -> None:
        moment = time.perf_counter()
        at = await producer.send_and_wait(topic, record.value, key=record.key, headers=list(record.headers))
        watch.sent[f"{topic}/{at.partition}/{at.offset}"] = moment

    for number, record in enumerate(records):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        task = asyncio.create_task(one(record))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)


async def follow(consumer: AIOKafkaConsumer, watch: Watch) -> None:
    """Note when each enriched event is in hand."""
    async for record in consumer:
        origin = next(value for name, value in record.headers if name == ORIGIN_HEADER)
        watch.seen[origin.decode()] = time.perf_counter()


async def measure(rate: float, seconds: float, kafka: EmbeddedKafka, folder: Path) -> str:
    """Offer the load to workers that just started, and say how it went."""
    client, prefix, watch = {"bootstrap_servers": kafka.address}, f"latency{rate:.0f}.", Watch()
    await topics.apply(client, topics.Wanted(prefix, table.DEFAULT_PARTITIONS, 1))
    place = folder / prefix
    place.mkdir()
    members = [rig.worker(stage, stage, kafka.address, prefix, place) for stage in STAGES]
    records = load(int(rate * (WARM_SECONDS + seconds)))
    enriched = table.full_name(table.ENRICHED, prefix)
    async with (
        AIOKafkaProducer(**client, acks="all") as producer,
        AIOKafkaConsumer(enriched, auto_offset_reset="earliest", **client) as consumer,
    ):
        following = asyncio.create_task(follow(consumer, watch))
        try:
            await until_up(place)
            raw, started = table.full_name(table.RAW, prefix), time.perf_counter()
            before, other = used(members, kafka)
            await offer(producer, raw, records, rate, watch)
            elapsed = time.perf_counter() - started
            after, beside = used(members, kafka)
            await drained(client, prefix, LOOK_SECONDS)
            cpu = used(members, kafka)[0] - before
        finally:
            following.cancel()
            await asyncio.to_thread(rig.end, members)
    busy = (after - before + beside - other) / elapsed / (os.cpu_count() or 1)
    return told(rate, watch.seconds(started + WARM_SECONDS), cpu / len(records), busy)


def used(members: list[rig.Member], kafka: EmbeddedKafka) -> tuple[float, float]:
    """Give the processor time of the workers so far, and of the broker and ourselves."""
    workers = sum(rig.processor_seconds(one.process.pid) for one in members)
    return workers, sum(map(rig.processor_seconds, kafka.pids)) + time.process_time()


async def until_up(place: Path) -> None:
    """Wait until every stage says that it is."""
    async with asyncio.timeout(120):
        while not all(b" is up" in (place / f"{stage}.log").read_bytes() for stage in STAGES):
            await asyncio.sleep(0.1)


def told(rate: float, found: list[float], cpu: float, busy: float) -> str:
    """Say it in a line."""
    at = (found[int(len(found) * share)] * 1000 for share in (0.5, 0.9, 0.99))
    median, ninety, ninety_nine = at
    return (
        f"{rate:.0f} articles/s offered: p50 {median:.0f} ms, p90 {ninety:.0f} ms, p99 {ninety_nine:.0f} ms, "
        f"worst {found[-1] * 1000:.0f} ms ({len(found)} events); {cpu * 1000:.1f} ms of processor time each, "
        f"machine {busy:.0%} busy"
    )


async def main(rates: list[float], seconds: float) -> None:
    """Print a line a rate."""
    with tempfile.TemporaryDirectory() as temporary:
        async with EmbeddedKafka(Path(temporary) / "broker") as kafka:
            for rate in rates:
                print(await measure(rate, seconds, kafka, Path(temporary)), flush=True)


if __name__ == "__main__":
    asyncio.run(main([float(each) for each in sys.argv[1].split(",")], float((sys.argv[2:] or ["30"])[0])))
