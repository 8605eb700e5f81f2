"""Topics to files, a new cluster, and back: the same bytes, and the pipeline goes on where it stood."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from aiokafka import AIOKafkaProducer

from marsad import topics
from marsad.kafka import EmbeddedKafka
from tests.conftest import PARTITIONS
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import Workers


def marsad(*arguments: str, broker: str, prefix: str) -> tuple[int, str, str]:
    where = ["--broker", broker, "--topic-prefix", prefix]
    done = subprocess.run(
        [sys.executable, "-m", "marsad", "topics", *arguments, *where],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def plain(record: Any) -> tuple[Any, ...]:
    return record.partition, record.timestamp, record.key, record.value, tuple(record.headers)


async def held(broker: str, prefix: str) -> dict[str, list[tuple[Any, ...]]]:
    """What each topic holds, in the order of each partition."""
    names = topics.Wanted(prefix).topics()
    found = {name: [plain(one) for one in await verifier.read_topic(broker, name)] for name in names}
    return {name: sorted(records, key=lambda one: one[0]) for name, records in found.items()}


async def test_a_cluster_is_lost_and_comes_back_from_files(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    await send(producer, workers.prefix, [*corpus.numbered(25, seed=5), b"\xff poison"])
    workers.start()
    await workers.drained()
    workers.stop()
    before = await held(workers.broker, workers.prefix)
    where = {"broker": workers.broker, "prefix": workers.prefix}
    status, out, told = await asyncio.to_thread(marsad, "export", "--out", str(tmp_path / "b"), **where)
    assert status == 0, told
    files = out.splitlines()
    assert len(files) == len(before)

    async with EmbeddedKafka(tmp_path / "new", say=lambda line: None) as kafka:
        wanted = topics.Wanted(workers.prefix, PARTITIONS, 1)
        await topics.apply({"bootstrap_servers": kafka.address}, wanted)
        there = {"broker": kafka.address, "prefix": workers.prefix}
        status, _, told = await asyncio.to_thread(marsad, "import", *files, **there)
        assert status == 0, told
        assert await held(kafka.address, workers.prefix) == before
        status, _, told = await asyncio.to_thread(marsad, "import", files[0], **there)
        assert (status, "is not empty" in told) == (1, True)
        await goes_on(kafka.address, workers, before)


async def goes_on(broker: str, old: Workers, before: dict[str, list[Any]]) -> None:
    """On the new cluster nothing is done twice, and what is known stays known."""
    new = Workers(broker, old.prefix, old.data / "new")
    new.start()
    try:
        known, fresh = orjson.dumps(corpus.raw(0)), orjson.dumps(corpus.raw(777))
        async with AIOKafkaProducer(bootstrap_servers=broker) as producer:
            await send(producer, new.prefix, [known, fresh])
        await new.drained()
    finally:
        new.stop()
    after = await held(broker, new.prefix)
    name = f"{new.prefix}articles."
    more = {one: len(after[one]) - len(before[one]) for one in after}
    assert (more[f"{name}raw.v1"], more[f"{name}enriched.v1"], more[f"{name}repeats.v1"]) == (2, 1, 1)
    assert more[f"{name}raw.v1.dlt"] == 0
    assert good(verifier.check(await verifier.read_logs(broker, new.prefix)))


CUTS = (lambda data: data[: len(data) // 2], lambda data: b"no zstd", lambda data: b"")


@pytest.mark.parametrize("cut", CUTS)
async def test_a_cut_or_foreign_file_writes_nothing(
    kafka: str, prefix: str, tmp_path: Path, cut: Callable[[bytes], bytes]
) -> None:
    lines: list[Any] = [{"marsad": 1, "topic": f"{prefix}articles.raw.v1", "partitions": PARTITIONS}]
    lines += [{"p": 0, "t": 1_700_000_000_000 + n, "k": None, "v": "e30=", "h": []} for n in range(99)]
    whole = zstandard.compress(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    path = tmp_path / "cut.jsonl.zst"
    for data in (cut(whole), whole):  # the second has no end
        path.write_bytes(data)
        status, _, told = await asyncio.to_thread(marsad, "import", str(path), broker=kafka, prefix=prefix)
        assert status == 1
        assert str(path) in told
        assert "Traceback" not in told
    assert await verifier.read_topic(kafka, f"{prefix}articles.raw.v1") == []
