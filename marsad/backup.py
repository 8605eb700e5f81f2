"""Topics to files and back: every record with its bytes, headers, key, time stamp and partition.

A file holds one topic as JSON lines, compressed: what it is, the records of partition after partition, and
how many there were, so that a cut file is known by its missing end. Offsets begin anew in a new cluster:
places of consumer groups are carried over as the number of records before them.
"""

import base64
import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import zstandard
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from connectors.zstdframes import ZstdFrames
from events import topics
from marsad.accounting import read_all
from marsad.errors import Failure
from marsad.lag import committed_offsets, groups, topic_ends, topic_partitions
from marsad.reading import Record

FORMAT = 1
SUFFIX = ".jsonl.zst"
AT_ONCE = 500
Places = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Done:
    """One topic that was written or read: its name, its records, the groups whose places went along."""

    topic: str
    records: int
    groups: tuple[str, ...]


async def export(client: Mapping[str, Any], prefix: str, topic: str, folder: Path) -> Done:
    """Write what `topic` holds now to a file in `folder`, whole or not at all.

    Raises LookupError where there is no such topic, Failure where the file cannot be written.
    """
    places = await _places(client, prefix, topic)
    partitions = len(await topic_partitions(client, topic))
    path = folder / f"{topic}{SUFFIX}"
    part = path.with_name(path.name + ".part")
    before: dict[str, dict[str, int]] = {group: {} for group in places}
    count = 0
    try:
        with _file(part) as file, zstandard.ZstdCompressor().stream_writer(file) as out:
            _line(out, {"marsad": FORMAT, "topic": topic, "partitions": partitions})
            async for record in read_all(client, topic):
                _line(out, _written(record))
                _count(before, places, record)
                count += 1
            _line(out, {"end": count, "groups": before})
        part.replace(path)
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return Done(topic, count, tuple(before))


def _file(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


async def _places(client: Mapping[str, Any], prefix: str, topic: str) -> Places:
    found: Places = {}
    for group in await groups(client, topics.app_id("", prefix)):
        committed = await committed_offsets(client, group)
        at = {str(tp.partition): offset for tp, offset in committed.items() if tp.topic == topic}
        if at:
            found[group] = at
    return found


def _count(before: Places, places: Places, record: Record) -> None:
    number = str(record.partition)
    for group, at in places.items():
        if number in at:
            before[group].setdefault(number, 0)
            before[group][number] += record.offset < at[number]


def _line(out: Any, value: Mapping[str, Any]) -> None:
    out.write(orjson.dumps(value) + b"\n")


def _written(record: Record) -> dict[str, Any]:
    return {
        "p": record.partition, "t": record.timestamp, "k": _text(record.key), "v": _text(record.value),
        "h": [[name, _text(value)] for name, value in record.headers],
    }  # fmt: skip


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


async def restore(client: Mapping[str, Any], path: Path, into: str | None = None) -> Done:
    """Write the records of a file into its topic, which must be there, empty, with as many partitions.

    `into` names another topic; the places of groups are then left alone.

    The file is read through once before the first record is written. Raises Failure, naming what is wrong.
    """
    head, count, places = _checked(path)
    topic, partitions = into or str(head["topic"]), int(head["partitions"])
    places = places if into is None else {}
    await _room(client, topic, partitions)
    async with AIOKafkaProducer(
        acks="all", enable_idempotence=True, linger_ms=5, max_request_size=topics.MAX_DEAD_BYTES, **client
    ) as producer:
        await _send_all(producer, topic, path)
    for group, at in places.items():
        await _commit(
            client, group, {TopicPartition(topic, int(number)): place for number, place in at.items()}
        )
    return Done(topic, count, tuple(places))


async def _send_all(producer: AIOKafkaProducer, topic: str, path: Path) -> None:
    flying: list[Any] = []
    for line in _lines(path):
        if "p" not in line:
            continue
        headers = [(str(name), _bytes(value)) for name, value in line["h"]]
        flying.append(
            await producer.send(
                topic, _bytes(line["v"]), _bytes(line["k"]), line["p"], line["t"], headers=headers
            )
        )
        if len(flying) >= AT_ONCE:
            await _landed(flying)
    await _landed(flying)


async def _landed(flying: list[Any]) -> None:
    for one in flying:
        await one
    flying.clear()


async def _room(client: Mapping[str, Any], topic: str, partitions: int) -> None:
    try:
        ends = await topic_ends(client, topic)
    except LookupError as error:
        raise Failure(str(error)) from error
    if len(ends) != partitions:
        raise Failure(f"{topic} has {len(ends)} partitions, the file {partitions}: keys would meet others")
    if any(ends.values()):
        raise Failure(f"{topic} is not empty: a backup goes into new topics (`marsad topics apply`)")


async def _commit(client: Mapping[str, Any], group: str, places: Mapping[TopicPartition, int]) -> None:
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **client)
    await consumer.start()
    try:
        consumer.assign(list(places))
        await consumer.commit({tp: OffsetAndMetadata(place, "") for tp, place in places.items()})
    finally:
        await consumer.stop()


def _checked(path: Path) -> tuple[Mapping[str, Any], int, Places]:
    """Read the file through; raises Failure where it is no backup, or cut, or broken."""
    head: Mapping[str, Any] | None = None
    end: Mapping[str, Any] | None = None
    count = 0
    for line in _lines(path):
        if head is None:
            head = line
        elif "end" in line:
            end = line
        else:
            count += 1
    if head is None or head.get("marsad") != FORMAT:
        raise Failure(f"{path}: no backup of a topic that this version knows")
    if end is None or end["end"] != count:
        raise Failure(f"{path}: cut or broken: {count} records, and not the end that was written")
    return head, count, end["groups"]


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with path.open("rb") as file, io.BufferedReader(ZstdFrames(file)) as plain:
            for line in plain:
                yield orjson.loads(line)
    except (OSError, zstandard.ZstdError, ValueError) as error:
        raise Failure(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def all_names(prefix: str) -> Sequence[str]:
    """Give the topics that a backup takes by itself: all of ours."""
    return [topics.full_name(one, prefix) for one in (*topics.all_topics(), *topics.changelogs(prefix))]
