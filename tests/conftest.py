"""What every test may use: one embedded Kafka for the whole session, and topics of its own for each test."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from marsad import topics
from marsad.kafka import EmbeddedKafka

PARTITIONS = 2

# A busy machine makes any example slow once; how fast the code is, benchmarks/ tells.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of a real Kafka; the first test that asks starts it, the session's end stops it."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.address


@pytest.fixture
async def prefix(kafka: str) -> AsyncIterator[str]:
    """A topic prefix of this test alone, with all of Marsad's topics (PARTITIONS each) under it."""
    wanted = topics.Wanted(f"t{uuid.uuid4().hex[:12]}.", PARTITIONS, 1)
    options = {"bootstrap_servers": kafka}
    await topics.apply(options, wanted)
    yield wanted.prefix
    async with topics.admin(options) as client:  # a session's worth of topics would slow the broker down
        await client.delete_topics(list(wanted.topics()))
