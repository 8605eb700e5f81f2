"""What a worker that was out writes late to a compacted topic: it does not stand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from hypothesis import given
from hypothesis import strategies as st

from connectors.publish import raw_record
from events.topics import LATEST, Topic, full_name
from events.wire import ORDER_HEADER, raw_article
from marsad.accounting import read_all
from streams.engine.zombies import Ranks
from tests.pipeline.corpus import raw
from tests.pipeline.workers import PATIENCE, Workers


@dataclass(frozen=True)
class Written:
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def written(offset: int, key: bytes | None, place: str | None, value: bytes | None = None) -> Written:
    headers = ((ORDER_HEADER, f"{place}/1000".encode()),) if place is not None else ()
    return Written(offset, key, (place or "").encode() if value is None else value, headers)


def test_an_earlier_decision_after_a_later_one_buries_it() -> None:
    ranks, buried = Ranks(), []
    for at, place in enumerate((7, 9, 7, 9, 8)):
        ranks.see(written(at, b"a", f"n/0/{place}"))
        buried.append(ranks.buried())
    assert buried == [[], [], [1], [], [3]]
    assert ranks.buried() == []


def test_what_was_written_again_already_is_not_buried() -> None:
    ranks = Ranks()
    for at, place in enumerate((7, 9, 7, 9)):
        ranks.see(written(at, b"a", f"n/0/{place}"))
    assert ranks.buried() == []


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.integers(0, 5)), max_size=30), st.integers(1, 9))
def test_whatever_comes_late_the_highest_stands_in_the_end(
    writes: list[tuple[bytes, int]], at_once: int
) -> None:
    ranks, log = Ranks(), [written(at, key, f"n/0/{place}") for at, (key, place) in enumerate(writes)]
    seen = 0
    while seen < len(log):  # which grows by what is written again
        for record in log[seen : seen + at_once]:
            ranks.see(record)
        seen += at_once
        for offset in ranks.buried():
            log.append(Written(len(log), log[offset].key, log[offset].value, log[offset].headers))
    for key in {record.key for record in log}:
        last = [record for record in log if record.key == key][-1]
        assert last.value == f"n/0/{max(place for one, place in writes if one == key)}".encode()


@pytest.mark.parametrize(
    "later",
    [
        written(1, b"a", "n/1/3"),  # another shard: the order says nothing of both
        written(1, b"a", "n/0/5", b"tagged by other rules"),
        written(1, b"a", "n/0/3", b"n/0/5"),  # a redelivered story is its latest state
        written(1, b"a", None, b"somebody's own"),
        Written(1, b"a", None, ((ORDER_HEADER, b"n/0/3/9"),)),  # a tombstone
        Written(1, b"a", b"x", ((ORDER_HEADER, b"n/0/3/1001"),)),  # the topic was made anew, or restored
        written(1, b"a", "n/0/-3"),
        written(1, b"a", "n/0/" + "9" * 5_000),
        written(1, None, "n/0/3"),
        Written(1, b"a", b"x", ((ORDER_HEADER, b"\xff/\xff/\xff"),)),
        Written(1, b"a", b"x", ((ORDER_HEADER, b"n/0/3"),)),
    ],
)
def test_what_is_not_late_stands(later: Written) -> None:
    ranks = Ranks()
    ranks.see(written(0, b"a", "n/0/5"))
    ranks.see(later)
    assert ranks.buried() == []


def test_no_more_keys_are_remembered_than_wanted() -> None:
    ranks = Ranks(kept=2)
    for at, key in enumerate((b"a", b"b", b"a", b"c")):
        ranks.see(written(at, key, "n/0/5"))
    for at, key in enumerate((b"b", b"c"), 4):  # of a and c, the newest two, c is remembered
        ranks.see(written(at, key, "n/0/3"))
    assert ranks.buried() == [3]


@pytest.fixture
async def workers(kafka: str, prefix: str, tmp_path: Path) -> AsyncIterator[Workers]:
    found = Workers(kafka, prefix, tmp_path)
    yield found
    found.stop()


async def records(workers: Workers, topic: Topic) -> list[Any]:
    client = {"bootstrap_servers": workers.broker}
    return [record async for record in read_all(client, full_name(topic, workers.prefix))]


async def push(producer: AIOKafkaProducer, workers: Workers, *documents: dict[str, Any]) -> None:
    for document in documents:
        record = raw_record(raw_article(document), orjson.dumps(document))
        await producer.send_and_wait(f"{workers.prefix}articles.raw.v1", record.value, key=record.key)


@pytest.mark.kafka
async def test_what_a_zombie_writes_late_does_not_stand(workers: Workers) -> None:
    first = raw(1)
    later = first | {"title": first["title"] + " (تحديث)", "fetched_at": "2026-11-21T11:00:00.000Z"}
    workers.start()
    async with AIOKafkaProducer(bootstrap_servers=workers.broker, acks="all") as producer:
        await push(producer, workers, first)
        await workers.drained()
        await push(producer, workers, later)
        await workers.drained()
        for stage, topic in LATEST.items():
            await write_late(producer, workers, topic)
            await until_it_stands_again(workers, topic, 4)
            workers.kill(stage)  # its successor has to see what came while nobody held the partition
            await write_late(producer, workers, topic)
            workers.start(stage)
            await until_it_stands_again(workers, topic, 6)


async def write_late(producer: AIOKafkaProducer, workers: Workers, topic: Topic) -> None:
    """Write the first record once more, as a worker does that slept with it in its hands."""
    late, later, *_ = await records(workers, topic)
    assert late.key == later.key
    assert late.value != later.value
    name, headers = full_name(topic, workers.prefix), list(late.headers)
    await producer.send_and_wait(name, late.value, late.key, late.partition, None, headers)


async def until_it_stands_again(workers: Workers, topic: Topic, count: int) -> None:
    """Wait for so many records: the last one is then the second again, to the byte and the header."""
    async with asyncio.timeout(PATIENCE):
        while len(found := await records(workers, topic)) < count:
            await asyncio.sleep(0.2)
    assert len(found) == count  # what has been written again is not written a second time
    assert (found[-1].value, found[-1].headers) == (found[1].value, found[1].headers)
