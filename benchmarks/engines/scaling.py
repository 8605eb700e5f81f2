"""Two workers of a stage beside one: `python -m benchmarks.engines.scaling [ARTICLES]`.

Normalize: it scales with partitions, as tag does; dedupe decides a language in one place. The broker is
on the same machine, so on two cores two workers cannot have a core each; printed beside the rate is how many
articles a second of the workers' own processor time were made, which tells whether the second costs the first
anything: 2.0 times that is what two cores without the broker give.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks import rig
from benchmarks.engines.course import LOOK_SECONDS, load, push, stable
from connectors.publish import Record
from events import topics as table
from marsad import topics
from marsad.kafka import EmbeddedKafka

STAGE = "normalize"


async def rates(
    workers: int, records: Sequence[Record], kafka: EmbeddedKafka, folder: Path
) -> tuple[float, float]:
    """Give the articles a second that so many workers do, by the wall and by their own processor time."""
    client, prefix = {"bootstrap_servers": kafka.address}, f"scaling{workers}."
    await topics.apply(client, topics.Wanted(prefix, table.DEFAULT_PARTITIONS, 1))
    names = [f"{STAGE}-{number}" for number in range(workers)]
    members = [rig.worker(name, STAGE, kafka.address, prefix, folder) for name in names]
    try:
        await _joined(kafka.address, table.app_id(STAGE, prefix), workers)
        before = sum(rig.processor_seconds(one.process.pid) for one in members)
        started = time.perf_counter()
        await asyncio.to_thread(push, kafka.address, prefix, records)
        await _made(client, table.full_name(table.NORMALIZED, prefix), len(records))
        seconds = time.perf_counter() - started
        cpu = sum(rig.processor_seconds(one.process.pid) for one in members) - before
    finally:
        await asyncio.to_thread(rig.end, members)
    return len(records) / seconds, len(records) / cpu


async def _joined(broker: str, group: str, workers: int) -> None:
    admin = AdminClient({"bootstrap.servers": broker})
    async with asyncio.timeout(120):
        while not await asyncio.to_thread(stable, admin, {group: workers}):
            await asyncio.sleep(LOOK_SECONDS)


async def _made(client: dict[str, str], topic: str, count: int) -> None:
    parts = [TopicPartition(topic, number) for number in range(table.DEFAULT_PARTITIONS)]
    async with AIOKafkaConsumer(enable_auto_commit=False, **client) as consumer:
        while sum((await consumer.end_offsets(parts)).values()) < count:
            await asyncio.sleep(LOOK_SECONDS)


async def main(count: int) -> None:
    """Print the rates and their ratios."""
    records = load(count)
    with tempfile.TemporaryDirectory() as temporary:
        async with EmbeddedKafka(Path(temporary) / "broker") as kafka:
            one, two = [await rates(workers, records, kafka, Path(temporary)) for workers in (1, 2)]
    print(f"{STAGE}, {count:,} articles: one worker {one[0]:.0f} articles/s, two {two[0]:.0f}")
    print(f"by the wall, the broker on the same cores: {two[0] / one[0]:.2f} of one")
    print(f"by their own processor time, as with a core each: {2 * two[1] / one[1]:.2f} of one")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 6_000))
