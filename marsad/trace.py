"""One article's way through all topics: where each of its records stands, and what it says.

Records of one raw record carry its position in the header `news_origin`; that is the thread. Topics keyed by
article are read in the key's partition alone; `normalized`, keyed by shard, is read whole.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiokafka.partitioner import murmur2

from events import topics
from marsad.accounting import origin_of, read_all
from marsad.lag import topic_partitions
from marsad.letters import read as read_letter
from marsad.reading import Record

KEYED = (topics.RAW, topics.DEDUPED, topics.REPEATS, topics.ENRICHED, topics.CURRENT)
"""The topics keyed by article, in the order in which records pass."""


@dataclass(slots=True)
class _Thread:
    """What is known of the article so far: its id, the raw positions it came from, the records found."""

    article_id: str
    origins: set[str] = field(default_factory=set)
    found: list[dict[str, Any]] = field(default_factory=list)

    def holds(self, record: Record) -> bool:
        return record.key == self.article_id.encode() or origin_of(record) in self.origins


async def trace(client: Mapping[str, Any], prefix: str, article_id: str) -> list[dict[str, Any]]:
    """Give a row for each record of the article, by time; raises LookupError where a topic is not there."""
    thread = _Thread(article_id)
    for topic in KEYED:
        async for record in _of_key(client, topics.full_name(topic, prefix), article_id):
            is_raw = topic is topics.RAW
            thread.origins.add(_position(record) if is_raw else origin_of(record))
            thread.found.append(_row(record, topic))
    await _elsewhere(client, prefix, thread)
    return sorted(thread.found, key=lambda row: row["timestamp_ms"])


async def _elsewhere(client: Mapping[str, Any], prefix: str, thread: _Thread) -> None:
    """Add what is keyed otherwise: the raw record under another key, the normalized one, dead letters."""
    known = {row["position"] for row in thread.found}
    for origin in sorted(thread.origins - known - {""}):
        if (record := await _at(client, origin)) is not None:
            thread.found.append(_row(record, topics.RAW))
    for topic in (topics.NORMALIZED, *(one.dead_letters() for one in topics.READS.values())):
        async for record in read_all(client, topics.full_name(topic, prefix)):
            if thread.holds(record):
                thread.found.append(_row(record, topic))


async def _of_key(client: Mapping[str, Any], topic: str, key: str) -> AsyncIterator[Record]:
    tps = await topic_partitions(client, topic)
    number = (murmur2(key.encode()) & 0x7FFFFFFF) % len(tps)
    async for record in read_all(client, topic, [tps[number]]):
        if record.key == key.encode():
            yield record


async def _at(client: Mapping[str, Any], position: str) -> Record | None:
    """Give the record at `TOPIC/PARTITION/OFFSET`, None where retention has taken it."""
    topic, partition, offset = position.rsplit("/", 2)
    tps = [tp for tp in await topic_partitions(client, topic) if tp.partition == int(partition)]
    async for record in read_all(client, topic, tps, start=int(offset)):
        return record if record.offset == int(offset) else None
    return None


def _position(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _row(record: Record, topic: topics.Topic) -> dict[str, Any]:
    document = _object(record)
    return {
        "timestamp_ms": record.timestamp,
        "position": _position(record),
        "says": _says(record, topic, document),
        "event_id": document.get("event_id"),
        "origin": origin_of(record) or None,
        "source_id": document.get("source_id"),
        "title": document.get("title"),
    }


def _object(record: Record) -> dict[str, Any]:
    try:
        document = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _says(record: Record, topic: topics.Topic, document: Mapping[str, Any]) -> str:
    if topic.name.endswith(topics.DEAD_LETTER_SUFFIX):
        return f"dead letter: {read_letter(record).reason}"
    if topic in (topics.RAW, topics.NORMALIZED):
        return "fetched" if topic is topics.RAW else "normalized"
    if topic is topics.REPEATS:
        return f"repeat of revision {document.get('revision')}"
    stage = {topics.DEDUPED: "deduped", topics.ENRICHED: "enriched", topics.CURRENT: "current"}[topic]
    return f"{stage}: {document.get('relation')}, revision {document.get('revision')}"
