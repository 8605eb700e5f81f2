"""A topic that refuses writes stops its stage; nothing is acknowledged past what it refused."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer

from events import topics
from streams.engine.failstop import EXIT_CODE
from tests.chaos.rig import set_max_bytes
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import PATIENCE, Workers


@pytest.mark.parametrize(
    ("topic", "stage"), [(topics.ENRICHED, "tag"), (topics.RAW.dead_letters(), "normalize")]
)
async def test_the_stage_ends_and_loses_nothing(
    workers: Workers, producer: AIOKafkaProducer, topic: topics.Topic, stage: str
) -> None:
    await set_max_bytes(workers.broker, workers.prefix, topic, 40)
    await send(producer, workers.prefix, corpus.numbered(60, seed=8))
    workers.start()
    code = await asyncio.to_thread(workers.running[stage].wait, PATIENCE)
    assert code == EXIT_CODE
    assert "an output was not delivered" in workers.log(stage)
    await set_max_bytes(workers.broker, workers.prefix, topic, None)
    workers.start(stage)
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found
