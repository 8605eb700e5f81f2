"""Workers and a producer on the session's Kafka, for every test of the pipeline."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.pipeline.workers import Workers


@pytest.fixture
def workers(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(kafka, prefix, tmp_path / "data")
    yield made
    made.stop()


@pytest.fixture
async def producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(
        bootstrap_servers=kafka, enable_idempotence=True, acks="all", linger_ms=5, max_request_size=4 << 20
    )
    await client.start()
    yield client
    await client.stop()
