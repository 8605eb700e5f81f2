"""`marsad project`: the enriched log in another format, once through, and on from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events.ninjs import ninjs
from events.wire import encode
from marsad.accounting import read_all
from marsad.projecting import PROJECTIONS, keep
from tests.web.making import PLAIN

pytestmark = pytest.mark.kafka


@asynccontextmanager
async def projecting(kafka: str, prefix: str, name: str = "ninjs") -> AsyncIterator[list[str]]:
    said: list[str] = []
    stop = asyncio.Event()
    task = asyncio.create_task(keep({"bootstrap_servers": kafka}, prefix, name, stop, said.append))
    try:
        yield said
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await task


async def send(kafka: str, topic: str, *values: bytes | None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"k", headers=[("ce_id", b"e"), ("other", b"x")])


async def records(kafka: str, topic: str, enough: int) -> list[Any]:
    """What the topic holds, as soon as it is enough; a little longer would show one too many."""
    async with asyncio.timeout(60):
        while True:
            try:
                found = [one async for one in read_all({"bootstrap_servers": kafka}, topic)]
            except LookupError:
                found = []
            if len(found) >= enough:
                return found
            await asyncio.sleep(0.1)


async def test_every_event_becomes_an_item_and_a_successor_goes_on(kafka: str, prefix: str) -> None:
    source, target = f"{prefix}articles.enriched.v1", f"{prefix}articles.ninjs.v1"
    second = msgspec.structs.replace(PLAIN, event_id="e2", revision=2, title="ثان")
    await send(kafka, source, encode(PLAIN), b"not json", None, encode(second))
    async with projecting(kafka, prefix) as said:
        found = await records(kafka, target, 2)
    assert [orjson.loads(one.value) for one in found] == [ninjs(PLAIN), ninjs(second)]
    assert {one.key for one in found} == {PLAIN.article_id.encode()}
    assert dict(found[0].headers) == {"ce_id": b"e", "content-type": b"application/json"}
    assert sum(f"{source}/" in line and " to " not in line for line in said) == 2
    third = msgspec.structs.replace(PLAIN, event_id="e3", revision=3)
    await send(kafka, source, encode(third))
    async with projecting(kafka, prefix):
        assert len(await records(kafka, target, 3)) == 3


async def test_without_an_enriched_log_it_says_so(kafka: str) -> None:
    with pytest.raises(LookupError, match="marsad topics apply"):
        await keep({"bootstrap_servers": kafka}, "nowhere.", "ninjs", asyncio.Event(), print)


def test_each_format_has_a_topic_of_its_own() -> None:
    names = {one.topic.name for one in PROJECTIONS.values()}
    assert names == {"articles.ninjs.v1", "articles.newsarticle.v1"}
