"""Several workers of one stage on one host and one data directory, coming and going under load."""

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer

from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import STAGES, Workers


async def test_workers_come_and_go_and_share_a_data_directory(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    second = Workers(workers.broker, workers.prefix, workers.data)
    workers.start()
    sending = asyncio.create_task(send(producer, workers.prefix, corpus.numbered(500, seed=5), pause=0.02))
    try:
        await _places(workers.data, {f"{stage}-0" for stage in STAGES})
        second.start()
        await _places(workers.data, {f"{stage}-1" for stage in STAGES})
        await asyncio.sleep(2)  # somewhere in the rebalance; where exactly does not matter
        for stage in STAGES:
            workers.kill(stage)
        await sending
        await workers.drained()
    finally:
        second.stop()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix), tmp_path)
    assert good(found), found


async def _places(data: Path, wanted: set[str]) -> None:
    """Wait until workers hold these places below the data directory."""
    async with asyncio.timeout(60):
        while not wanted <= {path.name for path in data.glob("workers/*/*/*")}:
            await asyncio.sleep(0.1)
