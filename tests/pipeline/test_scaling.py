"""Several workers of one stage on one host and one data directory, coming and going under load."""

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer

from events.topics import app_id
from marsad import topics
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import PATIENCE, STAGES, Workers


async def test_workers_come_and_go_and_share_a_data_directory(
    workers: Workers, producer: AIOKafkaProducer
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
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found


async def test_a_partition_that_comes_back_is_remembered_as_it_is_now(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    second = Workers(workers.broker, workers.prefix, workers.data)
    # Each round repeats twenty of the one before.
    rounds = [corpus.in_both_partitions(first, first + 60) for first in (0, 40, 80)]
    workers.start()
    await send(producer, workers.prefix, rounds[0])
    await workers.drained()
    try:
        second.start("dedupe")
        await both_work(workers)
        await send(producer, workers.prefix, rounds[1])
        await workers.drained()
    finally:
        await asyncio.to_thread(second.stop)
    await send(producer, workers.prefix, rounds[2])
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found
    assert (found["events"], found["repeats"]) == (2 * 140, 2 * 40)


async def both_work(workers: Workers) -> None:
    """Wait until dedupe's group has two members, and each holds a partition."""
    group = app_id("dedupe", workers.prefix)
    async with topics.admin({"bootstrap_servers": workers.broker}) as client, asyncio.timeout(PATIENCE):
        while True:
            (answer,) = await client.describe_consumer_groups([group])
            (described,) = answer.to_object()["groups"]
            held = [len(member["member_assignment"]) for member in described["members"]]
            if described["state"] == "Stable" and len(held) == 2:
                return
            await asyncio.sleep(0.2)


async def _places(data: Path, wanted: set[str]) -> None:
    """Wait until workers hold these places below the data directory."""
    async with asyncio.timeout(PATIENCE):
        while not wanted <= {path.name for path in data.glob("workers/*/*/*")}:
            await asyncio.sleep(0.1)
