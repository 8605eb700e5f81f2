"""The runbooks of docs/operations.md: a rolling restart under load, and all of it anew from the raw log."""

import asyncio
import signal
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from marsad import topics
from tests.conftest import PARTITIONS
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.test_backup import marsad
from tests.pipeline.workers import PATIENCE, STAGES, Workers


def news(first: int, end: int) -> list[bytes]:
    """Articles, a change of each third, a repeat of each fifth; no two sources tell the same."""
    made = []
    for number in range(first, end):
        made.append(corpus.raw(number))
        if number % 3 == 0:
            made.append(corpus.raw(number, figure=40 + number))
        if number % 5 == 0:
            made.append(corpus.raw(number))
    return [orjson.dumps(one) for one in made]


async def under_load(workers: Workers, producer: AIOKafkaProducer) -> None:
    """Each stage in turn is stopped in order and started again, while articles come in."""
    coming = asyncio.create_task(send(producer, workers.prefix, news(10, 60), pause=0.1))
    for stage in STAGES:
        workers.running[stage].send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(workers.running[stage].wait, PATIENCE)
        assert code == 0, workers.log(stage)
        workers.start(stage)
    await coming
    await workers.drained()


async def enriched(broker: str, prefix: str) -> dict[tuple[str, int], list[str]]:
    """Each revision of each article, less its story, which counts who was first: partitions race."""
    records = await verifier.read_topic(broker, f"{prefix}articles.enriched.v1")
    values = [orjson.loads(one.value) for one in records]
    found = {(one["article_id"], one["revision"]): [one["title"], one["text"]] for one in values}
    assert len(found) == len(records), "an orderly restart makes nothing twice"
    return found


async def test_a_rolling_restart_and_then_all_of_it_again_from_the_raw_log(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    await send(producer, workers.prefix, news(0, 10))
    workers.start()
    await workers.drained()
    await under_load(workers, producer)
    workers.stop()
    assert good(verifier.check(await verifier.read_logs(workers.broker, workers.prefix)))
    first = await enriched(workers.broker, workers.prefix)

    anew = Workers(workers.broker, f"{workers.prefix}anew.", tmp_path / "anew")
    wanted = topics.Wanted(anew.prefix, PARTITIONS, 1)
    options = {"bootstrap_servers": workers.broker}
    await topics.apply(options, wanted)
    raw = f"{workers.prefix}articles.raw.v1"
    run = (workers.broker, workers.prefix)
    status, out, told = await asyncio.to_thread(export, raw, tmp_path, *run)
    assert status == 0, told
    into = ("import", out.strip(), "--as", f"{anew.prefix}articles.raw.v1")
    status, _, told = await asyncio.to_thread(marsad, *into, broker=workers.broker, prefix=anew.prefix)
    assert status == 0, told
    anew.start()
    try:
        await anew.drained()
    finally:
        anew.stop()
    assert await enriched(workers.broker, anew.prefix) == first
    async with topics.admin(options) as client:
        await client.delete_topics(list(wanted.topics()))


def export(topic: str, folder: Path, broker: str, prefix: str) -> tuple[int, str, str]:
    return marsad("export", topic, "--out", str(folder), broker=broker, prefix=prefix)
