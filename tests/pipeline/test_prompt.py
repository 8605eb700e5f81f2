"""A stage whose records all lie in one partition is not kept waiting by the silent ones beside it."""

import asyncio
import statistics
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from events import topics
from streams.engine.app import EngineSettings
from streams.engine.memory import Memories
from streams.engine.records import Handled, Incoming
from streams.engine.steps import Step
from streams.engine.worker import run_stage

WORK_SECONDS, PAIRS, APART_SECONDS, WITHIN_SECONDS = 0.25, 8, 0.7, 0.05


class Busy:
    """Works so long on the first of a pair that the second lies untaken for more than a tenth of a second."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.done = asyncio.Event()

    async def handle(self, incoming: Incoming) -> Handled:
        self.waited.append(time.time() - incoming.timestamp_ms / 1000)
        until = time.monotonic() + WORK_SECONDS
        while time.monotonic() < until:  # as real work does, it keeps the loop from everything else
            pass
        if len(self.waited) == 2 * PAIRS:
            self.done.set()
        return Handled((), "normalized")

    def step(self, settings: EngineSettings, memories: Memories[object]) -> Step:
        return self


async def send(broker: str, topic: str) -> None:
    """Send pairs to one partition, in a loop that the stage does not hold up."""
    async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
        for _ in range(PAIRS):
            await producer.send(topic, b"{}", partition=0)
            await asyncio.sleep(WITHIN_SECONDS)
            await producer.send(topic, b"{}", partition=0)
            await asyncio.sleep(APART_SECONDS)


@pytest.mark.kafka
async def test_silent_partitions_keep_no_record_waiting(kafka: str, prefix: str, tmp_path: Path) -> None:
    busy, stop, up = Busy(), asyncio.Event(), asyncio.Event()
    settings = EngineSettings(kafka, tmp_path, "prompt", prefix)
    running = asyncio.create_task(run_stage("normalize", settings, stop, up.set, step=busy.step))
    await up.wait()
    await asyncio.to_thread(lambda: asyncio.run(send(kafka, topics.full_name(topics.RAW, prefix))))
    await asyncio.wait_for(busy.done.wait(), 60)
    stop.set()
    await running
    firsts = busy.waited[2::2]
    assert statistics.median(firsts) < 0.4, busy.waited
