"""The dead letters of a cluster: which there are, which are dealt with, and how to deal with them.

A log's record cannot be taken out, so what was replayed or dropped is noted on a topic of its own
(`dlt.handled.v1`). Replaying writes the record first and the note second, each acknowledged: killed in
between, the record is replayed once more, and the second one is a repeat or a redelivery downstream.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordTooLargeError

from events import topics
from events.deadletter import Action, HandledLetter
from events.times import wire_time
from events.wire import REPLAY_OF_HEADER, REPLAYS_HEADER, SUPERSEDED_HEADER, cloud_headers, encode
from marsad.accounting import read_all
from marsad.lag import topic_partitions
from marsad.letters import Letter, read

AT_ONCE = 100
"""Letters replayed before their notes are written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: empty or None does not choose; times in ms since the epoch, the last exclusive."""

    positions: Collection[str] = ()
    reasons: Collection[str] = ()
    stages: Collection[str] = ()
    keys: Collection[str] = ()
    since_ms: int | None = None
    until_ms: int | None = None

    def __contains__(self, letter: Letter) -> bool:
        stamp = letter.record.timestamp
        chosen = (
            (self.positions, letter.position),
            (self.reasons, letter.reason),
            (self.stages, letter.stage),
            (self.keys, letter.key),
        )
        return (
            all(not wanted or value in wanted for wanted, value in chosen)
            and (self.since_ms is None or stamp >= self.since_ms)
            and (self.until_ms is None or stamp < self.until_ms)
        )


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the letters are: connection, prefix, and the dead-letter topics (None: those of our stages)."""

    client: Mapping[str, Any]
    prefix: str
    named: Sequence[str] = ()

    @property
    def sources(self) -> Sequence[str]:
        """The topics to read, by their full names."""
        ours = (topics.full_name(topic.dead_letters(), self.prefix) for topic in topics.CONSUMED)
        return self.named or tuple(ours)


async def letters(cluster: Cluster, wanted: Wanted) -> AsyncIterator[Letter]:
    """Give the letters that are wanted, oldest first within a partition; raises LookupError for no topic."""
    for name in cluster.sources:
        async for record in read_all(cluster.client, name):
            letter = read(record)
            if letter in wanted:
                yield letter


async def handled(cluster: Cluster) -> dict[str, Action]:
    """Give what was done with which letter, by position."""
    name = topics.full_name(topics.HANDLED, cluster.prefix)
    done: dict[str, Action] = {}
    async for record in read_all(cluster.client, name):
        note = orjson.loads(record.value)
        done[note["position"]] = note["action"]
    return done


def obstacle(letter: Letter, there: Mapping[str, int], most: int) -> str | None:
    """Say why a letter cannot be replayed, None where it can; `there`: partition counts by topic."""
    if letter.topic is None or letter.partition is None:
        return "its headers do not say which topic it came from"
    if letter.partition >= there.get(letter.topic, 0):
        return f"there is no {letter.topic}/{letter.partition} to replay it to"
    if letter.attempts >= most:
        again = f"--max-attempts {letter.attempts + 1} tries again"
        return f"it was refused {letter.attempts} times already ({again})"
    if letter.record.key is None and letter.record.value is None:
        return "it has neither key nor value"
    return None


async def partition_counts(client: Mapping[str, Any], found: Sequence[Letter]) -> dict[str, int]:
    """Give how many partitions each letter's topic has; one that is not there is left out."""
    counts: dict[str, int] = {}
    for name in sorted({letter.topic for letter in found if letter.topic}):
        try:
            counts[name] = len(await topic_partitions(client, name))
        except LookupError:
            continue
    return counts


class Desk:
    """Replays and drops: `rate` records a second at most; `on_progress` gets how many are done."""

    def __init__(self, cluster: Cluster, rate: float, on_progress: Callable[[int], None]) -> None:
        self._cluster = cluster
        self._rate = rate
        self._on_progress = on_progress

    async def replay(self, chosen: Sequence[Letter]) -> list[tuple[Letter, str]]:
        """Send the letters to where they came from, in order; give those the broker finds too large."""
        latest = await self._latest(chosen)
        refused: list[tuple[Letter, str]] = []
        async with self._producer() as producer:
            began, done = time.monotonic(), 0
            for batch in _batches(chosen, max(1, min(AT_ONCE, int(self._rate)))):
                sent, large = await self._send(producer, batch, latest)
                refused += [(letter, "its topic does not take a record so large") for letter in large]
                await self._note(producer, sent, "replayed")
                done += len(batch)
                self._on_progress(done)
                if done < len(chosen):
                    await asyncio.sleep(began + done / self._rate - time.monotonic())
        return refused

    async def drop(self, chosen: Sequence[Letter]) -> None:
        """Note that nobody will deal with these letters any more."""
        async with self._producer() as producer:
            for batch in _batches(chosen, AT_ONCE):
                await self._note(producer, {letter.position: None for letter in batch}, "dropped")

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            acks="all",
            enable_idempotence=True,
            max_request_size=topics.MAX_DEAD_BYTES,
            **self._cluster.client,
        )

    async def _send(
        self, producer: AIOKafkaProducer, batch: Sequence[Letter], latest: Mapping[str, int]
    ) -> tuple[dict[str, str | None], list[Letter]]:
        flying: list[tuple[Letter, Any]] = []
        large: list[Letter] = []
        for letter in batch:
            try:
                flying.append((letter, await producer.send(**_record(letter, latest))))
            except (MessageSizeTooLargeError, RecordTooLargeError):
                large.append(letter)
        sent: dict[str, str | None] = {}
        outcomes = await asyncio.gather(*(future for _, future in flying), return_exceptions=True)
        for (letter, _), outcome in zip(flying, outcomes, strict=True):
            if isinstance(outcome, MessageSizeTooLargeError | RecordTooLargeError):
                large.append(letter)
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                sent[letter.position] = f"{outcome.topic}/{outcome.partition}/{outcome.offset}"
        return sent, large

    async def _note(self, producer: AIOKafkaProducer, sent: Mapping[str, str | None], action: Action) -> None:
        at = wire_time(datetime.now(UTC))
        name = topics.full_name(topics.HANDLED, self._cluster.prefix)
        notes = [
            HandledLetter(position=p, action=action, handled_at=at, sent_to=to) for p, to in sent.items()
        ]
        flying = []
        for note in notes:
            data = encode(note)
            headers = list(cloud_headers(note, data))
            flying.append(await producer.send(name, data, key=note.position.encode(), headers=headers))
        await asyncio.gather(*flying)

    async def _latest(self, chosen: Sequence[Letter]) -> dict[str, int]:
        """Give the latest revision of each article that a letter of the tag stage would set back.

        `current` must end with the highest revision; the tag stage has no memory, so a header tells it.
        """
        deduped = topics.full_name(topics.DEDUPED, self._cluster.prefix)
        keys = {letter.key for letter in chosen if letter.topic == deduped}
        if not keys:
            return {}
        latest: dict[str, int] = {}
        async for record in read_all(
            self._cluster.client, topics.full_name(topics.CURRENT, self._cluster.prefix)
        ):
            key = (record.key or b"").decode("utf-8", "replace")
            if key in keys and record.value:
                latest[key] = orjson.loads(record.value)["revision"]
        return latest


def _record(letter: Letter, latest: Mapping[str, int]) -> dict[str, Any]:
    headers = [
        *letter.headers,
        (REPLAYS_HEADER, str(letter.attempts).encode()),
        (REPLAY_OF_HEADER, letter.position.encode()),
    ]
    if _revision(letter) < latest.get(letter.key or "", 0):
        headers.append((SUPERSEDED_HEADER, b"1"))
    return {
        "topic": letter.topic,
        "value": letter.record.value,
        "key": letter.record.key,
        "partition": letter.partition,
        "headers": headers,
    }


def _revision(letter: Letter) -> int:
    try:
        document = orjson.loads(letter.record.value or b"")
    except orjson.JSONDecodeError:
        return 0
    revision = document.get("revision") if isinstance(document, dict) else None
    return revision if isinstance(revision, int) else 0


def _batches(chosen: Sequence[Letter], size: int) -> Iterator[Sequence[Letter]]:
    return (chosen[start : start + size] for start in range(0, len(chosen), size))
