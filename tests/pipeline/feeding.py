"""Records into the raw topic, and what a good outcome is."""

import asyncio

from aiokafka import AIOKafkaProducer

from events.identity import article_id
from events.rejected import Rejected
from events.wire import decode_object, raw_article
from tests.pipeline import verifier


def key_of(value: bytes) -> bytes:
    try:
        return article_id(raw_article(decode_object(value))).encode()
    except Rejected:
        return b"poison"


async def send(producer: AIOKafkaProducer, prefix: str, values: list[bytes], pause: float = 0.0) -> None:
    for value in values:
        await producer.send(f"{prefix}articles.raw.v1", value, key=key_of(value))
        if pause:
            await asyncio.sleep(pause)
    await producer.flush()


def good(found: dict[str, int]) -> bool:
    return not any(found.get(name) for name in verifier.FAULTLESS)
