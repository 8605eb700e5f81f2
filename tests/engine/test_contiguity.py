"""The loop guard: a skipped record stops the worker, a hole that is really in the log does not."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from faust.types import TP

from streams.engine.contiguity import ContiguityGuard, SkippedError


class Resumed:
    """A group that was resumed at one offset."""

    def __init__(self, offset: int | None) -> None:
        self.offset = offset

    def committed_position(self, tp: TP) -> int | None:
        return self.offset


@pytest.fixture
def topic(prefix: str) -> str:
    return f"{prefix}articles.raw.v1"


@pytest.fixture
async def ten_records(kafka: str, topic: str) -> AsyncIterator[str]:
    """Offsets 0 to 9 of partition 0; with transactions of two records a marker stands after each two."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=f"tx-{topic}")
    await producer.start()
    for number in range(5):
        async with producer.transaction():
            await producer.send(topic, b"%d-a" % number, partition=0)
            await producer.send(topic, b"%d-b" % number, partition=0)
    await producer.stop()
    yield topic


def guard(kafka: str, committed: int | None = None) -> ContiguityGuard:
    return ContiguityGuard(Resumed(committed), {"bootstrap_servers": kafka})


async def test_a_skipped_record_is_noticed(kafka: str, ten_records: str) -> None:
    watching = guard(kafka)
    tp = TP(ten_records, 0)
    await watching.check(tp, 0)
    with pytest.raises(SkippedError, match="1 was to come, 4 came"):
        await watching.check(tp, 4)


async def test_a_record_skipped_right_after_the_commit_is_noticed(kafka: str, ten_records: str) -> None:
    with pytest.raises(SkippedError):
        await guard(kafka, committed=3).check(TP(ten_records, 0), 6)


async def test_transaction_markers_are_holes_of_the_log(kafka: str, ten_records: str) -> None:
    watching = guard(kafka)
    for offset in (0, 1, 3, 4, 6, 7, 9, 10, 12, 13):
        await watching.check(TP(ten_records, 0), offset)


async def test_what_comes_again_may_come(kafka: str, ten_records: str) -> None:
    watching = guard(kafka)
    for offset in (0, 1, 0, 1, 3):
        await watching.check(TP(ten_records, 0), offset)


async def test_after_a_rebalance_it_starts_from_the_commit_again(kafka: str, ten_records: str) -> None:
    positions = Resumed(None)
    watching = ContiguityGuard(positions, {"bootstrap_servers": kafka})
    await watching.check(TP(ten_records, 0), 0)
    watching.forget()
    positions.offset = 4
    await watching.check(TP(ten_records, 0), 4)
