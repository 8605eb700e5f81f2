"""A bad release fills the dead letters, is repaired, and all is replayed: nothing lost, nothing twice."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from events.identity import article_id
from events.rejected import Rejected
from events.topics import app_id
from events.wire import raw_article
from streams.engine.deadletter import dead_letter
from streams.engine.records import Incoming
from tests.conftest import PARTITIONS
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good as all_well
from tests.pipeline.workers import Workers

POISON = b'{"source_id": "x"'


def dlt(workers: Workers, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    where = ["--broker", workers.broker, "--topic-prefix", workers.prefix]
    done = subprocess.run(
        [sys.executable, "-m", "marsad", "dlt", *arguments, *where],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


async def refuse(producer: AIOKafkaProducer, prefix: str, values: list[bytes]) -> None:
    """Leave raw records and their dead letters, as a release that refuses everything does."""
    topic = f"{prefix}articles.raw.v1"
    for value in values:
        key = b"k" if value == POISON else article_id(raw_article(orjson.loads(value))).encode()
        sent = await producer.send_and_wait(topic, value, key=key, headers=[("mine", b"1")])
        read = Incoming(topic, sent.partition, sent.offset, sent.timestamp, key, value, (("mine", b"1"),))
        letter = dead_letter(read, "normalize", Rejected("too_slow", "a bad release"))
        await producer.send_and_wait(
            letter.topic, letter.value, key=key, partition=letter.partition, headers=list(letter.headers)
        )


async def commit_all(workers: Workers) -> None:
    """Leave the group as the bad release did: what it refused is done."""
    group = app_id("normalize", workers.prefix)
    async with AIOKafkaConsumer(bootstrap_servers=workers.broker, group_id=group) as consumer:
        tps = [TopicPartition(f"{workers.prefix}articles.raw.v1", number) for number in range(PARTITIONS)]
        consumer.assign(tps)
        await consumer.commit(await consumer.end_offsets(tps))


async def raw_log(workers: Workers) -> list[Any]:
    return await verifier.read_topic(workers.broker, f"{workers.prefix}articles.raw.v1")


async def test_all_is_replayed_once_and_ends_enriched(workers: Workers, producer: AIOKafkaProducer) -> None:
    good = [orjson.dumps(corpus.raw(number)) for number in range(5)]
    await refuse(producer, workers.prefix, [*good, POISON])
    await commit_all(workers)
    replay = ("replay", "--reason", "too_slow", "--since", "1h")
    status, rows, told = await asyncio.to_thread(dlt, workers, *replay)
    assert (status, len(rows)) == (0, 6)
    assert "6 would be replayed; --yes does it" in told
    assert len(await raw_log(workers)) == 6
    status, rows, told = await asyncio.to_thread(dlt, workers, *replay, "--yes", "--rate", "1000")
    assert (status, len(rows)) == (0, 6), told
    again = [record for record in await raw_log(workers) if "news_replay_of" in dict(record.headers)]
    assert sorted(record.value for record in again) == sorted([*good, POISON])
    assert all(record.headers[0] == ("mine", b"1") for record in again)
    assert await asyncio.to_thread(dlt, workers, *replay, "--yes") == (0, [], "0 replayed\n")
    assert (await asyncio.to_thread(dlt, workers, "list"))[1] == []
    _, rows, _ = await asyncio.to_thread(dlt, workers, "list", "--all")
    assert [row["handled"] for row in rows] == ["replayed"] * 6

    workers.start()
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert all_well(found), found
    assert (found["raw"], found["events"], found["repeats"], found["dead"]) == (12, 5, 0, 7)
    _, rows, _ = await asyncio.to_thread(dlt, workers, "list", "--reason", "not_json")
    assert [row["attempts"] for row in rows] == [2]
    position = rows[0]["position"]
    status, _, told = await asyncio.to_thread(
        dlt, workers, "replay", position, "--yes", "--max-attempts", "2"
    )
    assert status == 3
    assert "was refused 2 times already" in told
    status, rows, _ = await asyncio.to_thread(dlt, workers, "drop", position, "--yes")
    assert (status, [row["position"] for row in rows]) == (0, [position])
    assert (await asyncio.to_thread(dlt, workers, "list"))[1] == []
