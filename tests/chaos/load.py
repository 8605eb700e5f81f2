"""The load under which faults happen: numbered, seeded, endless, with all that a feed can do to us.

Its clock runs fast and at times jumps by days, so that windows close and entries expire while records are
in flight: a redelivery must meet what its first pass met.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from connectors.publish import Publisher, Record
from events.topics import MAX_RAW_BYTES
from tests.pipeline import corpus
from tests.pipeline.feeding import key_of

PER_SECOND = 25
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
JUMP = timedelta(days=3)
RECENT = 150
KINDS = {
    "new": 540,
    "repeat": 90,
    "same bytes": 50,
    "revision": 90,
    "copy": 100,
    "english": 80,
    "poison": 40,
    "oversize": 2,
    "beyond the topic": 2,
    "squeezed": 2,
}
"""Weights. Oversize: the topic takes it, we do not. Squeezed: compressed, and larger than any limit."""


@dataclass
class Load:
    """Writes records at a steady pace until `stop`; counts what was written, by kind."""

    client: dict[str, Any]
    topic: str
    seed: int
    rate: float = PER_SECOND
    """At most so many records a second; each is answered for before the next."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    sent: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    async def run(self) -> None:
        async with Publisher(self.client) as publisher:
            for kind, value in records(self.seed):
                if self.stop.is_set():
                    return
                if kind == "squeezed":
                    await squeezed(self.client, self.topic, value)
                else:
                    self.refused += len(await publisher.publish(self.topic, [Record(key_of(value), value)]))
                self.sent[kind] += 1
                await asyncio.sleep(1 / self.rate)


async def squeezed(client: dict[str, Any], topic: str, value: bytes) -> None:
    """Write a record that is small only on the wire; again where the broker goes away meanwhile."""
    while True:
        try:
            async with AIOKafkaProducer(
                **client, compression_type="gzip", max_request_size=64 << 20, enable_idempotence=True
            ) as producer:
                await producer.send_and_wait(topic, value, key=b"squeezed")
                return
        except (KafkaError, OSError):
            await asyncio.sleep(1)


def records(seed: int) -> Iterator[tuple[str, bytes]]:
    """Give (kind, raw record) for ever; the same seed gives the same."""
    dice = random.Random(seed)
    made: list[bytes] = []
    now = BEGIN
    while True:
        now += JUMP if dice.random() < 0.01 else STEP
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0] if made else "new"
        value = _record(kind, len(made), dice, now, made)
        made.append(value if len(value) < 1 << 16 else made[-1])
        yield kind, value


def _record(kind: str, number: int, dice: random.Random, now: datetime, made: list[bytes]) -> bytes:
    earlier = max(0, number - 1 - dice.randrange(RECENT if dice.random() < 0.8 else number + 1))
    if kind == "same bytes":
        return made[earlier]
    if kind == "poison":
        return b'{"poison": %d' % number
    at = {"fetched_at": now.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    if kind in ("repeat", "revision", "copy"):
        told: dict[str, dict[str, Any]] = {"revision": {"figure": 4 + number}, "copy": {"source": "نقل-2"}}
        return orjson.dumps(corpus.raw(earlier, **told.get(kind, {})) | at)
    if kind == "english":
        return orjson.dumps(corpus.english(number) | at)
    return orjson.dumps(corpus.raw(number) | at | _padding(kind))


def _padding(kind: str) -> dict[str, str]:
    size = {"oversize": MAX_RAW_BYTES - 20_000, "beyond the topic": MAX_RAW_BYTES + 1, "squeezed": 12 << 20}
    return {"summary_html": "x" * size[kind]} if kind in size else {}
