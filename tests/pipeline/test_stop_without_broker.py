"""SIGTERM ends a worker within 30 s also when its broker is gone."""

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer

from marsad import topics
from marsad.kafka import EmbeddedKafka
from tests.pipeline import corpus
from tests.pipeline.feeding import send
from tests.pipeline.workers import STAGES, Workers


async def test_all_stages_end(tmp_path: Path) -> None:
    prefix = "gone."
    async with EmbeddedKafka(tmp_path / "broker") as kafka:
        options = {"bootstrap_servers": kafka.address}
        await topics.apply(options, topics.Wanted(prefix, 2, 1))
        async with AIOKafkaProducer(**options) as producer:
            await send(producer, prefix, corpus.numbered(30, seed=9))
        workers = Workers(kafka.address, prefix, tmp_path / "data")
        workers.start()
        await workers.drained()
    try:
        for stage in STAGES:
            workers.running[stage].terminate()
        # They end themselves after 20 s; what is above it is for a busy machine.
        async with asyncio.timeout(60):
            await asyncio.gather(*(asyncio.to_thread(workers.running[stage].wait) for stage in STAGES))
    finally:
        workers.stop()
