"""Records that are small on the wire alone: refused with all their bytes, and nothing waits for them."""

import random
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events import topics
from streams.engine.outsize import KEPT_BYTES, LARGEST, TRUNCATED_HEADER
from tests.chaos.rig import set_max_bytes
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good
from tests.pipeline.workers import Workers


@pytest.fixture
async def compressing(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka, compression_type="gzip", max_request_size=64 << 20
    ) as client:
        yield client


def large(number: int, filling: str) -> bytes:
    return orjson.dumps(corpus.raw(number, summary_html=filling))


async def ends(workers: Workers, producer: AIOKafkaProducer, values: list[bytes]) -> verifier.Logs:
    raw = f"{workers.prefix}articles.raw.v1"
    for value in values:
        await producer.send_and_wait(raw, value, partition=0, headers=[("of", b"a stranger")])
    workers.start()
    await workers.drained()
    return await verifier.read_logs(workers.broker, workers.prefix)


async def test_a_compressed_record_beyond_every_limit_is_a_dead_letter_byte_for_byte(
    workers: Workers, compressing: AIOKafkaProducer
) -> None:
    values = [large(1, "x" * (LARGEST + 1)), orjson.dumps(corpus.raw(2))]
    logs = await ends(workers, compressing, values)
    assert good(found := verifier.check(logs)), found
    assert reasons(logs) == ["too_large"]
    assert [record.value for _, _, record in logs.dead] == [values[0]]
    assert len(logs.enriched) == 1


async def test_what_is_too_large_even_compressed_is_cut_and_says_so(
    workers: Workers, compressing: AIOKafkaProducer
) -> None:
    dead = topics.RAW.dead_letters()
    await set_max_bytes(workers.broker, workers.prefix, dead, 3 * topics.MIB // 2)
    dice = random.Random(1)
    words = [f"{dice.getrandbits(64):016x}" for _ in range(1024)]
    # Gzip leaves about a fifth of it: the raw topic takes that, its dead letters here do not.
    values = [large(1, "".join(dice.choices(words, k=786_432))), orjson.dumps(corpus.raw(2))]
    logs = await ends(workers, compressing, values)
    assert reasons(logs) == ["too_large"]
    ((_, headers, record),) = logs.dead
    assert record.value == values[0][:KEPT_BYTES]
    assert headers[TRUNCATED_HEADER] == str(len(values[0])).encode()
    assert record.headers[0] == ("of", b"a stranger")
    assert len(logs.enriched) == 1


def reasons(logs: Any) -> list[str]:
    return [headers["news_dlt_reason"].decode() for _, headers, _ in logs.dead]
