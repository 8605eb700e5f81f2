"""A topic that refuses writes stops its stage; nothing is acknowledged past what it refused."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from events import topics
from streams.engine.failstop import EXIT_CODE
from tests.chaos.rig import set_max_bytes
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import Workers


@pytest.mark.parametrize(
    ("topic", "stage"), [(topics.ENRICHED, "tag"), (topics.RAW.dead_letters(), "normalize")]
)
async def test_the_stage_ends_and_loses_nothing(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path, topic: topics.Topic, stage: str
) -> None:
    name = topics.full_name(topic, workers.prefix)
    await set_max_bytes(workers.broker, name, 40)
    await send(producer, workers.prefix, corpus.numbered(60, seed=8))
    workers.start()
    code = await asyncio.to_thread(workers.running[stage].wait, 60)
    assert code == EXIT_CODE
    assert "an output was not delivered" in workers.log(stage)
    await set_max_bytes(workers.broker, name, topic.max_bytes)
    workers.start(stage)
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix), tmp_path)
    assert good(found), found
