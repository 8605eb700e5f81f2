"""Reading topics for people and pipes: what `tail` and `dlt` show."""

import base64
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from marsad.lag import topic_partitions

IDLE_SECONDS = 5.0
"""`tail --from begin -n N` ends when the topic holds fewer than N and nothing came for this long."""

DEEPEST = 250
"""A value with no more brackets than this is never too deep to be written; orjson writes 254 levels."""

Record: TypeAlias = Any  # aiokafka.ConsumerRecord; the package ships no types


@dataclass(frozen=True, slots=True)
class Want:
    """What to read: at most `limit` records (None: for ever), from the begin or the end."""

    topic: str
    start: Literal["begin", "end"]
    limit: int | None = None


async def follow(client: Mapping[str, Any], want: Want) -> AsyncIterator[Record]:
    """Give records as they come, until `limit`; raises `LookupError` where the topic is not there."""
    consumer = AIOKafkaConsumer(enable_auto_commit=False, max_partition_fetch_bytes=16 << 20, **client)
    try:
        await consumer.start()
        await _assign(consumer, await topic_partitions(client, want.topic), want.start)
        given = 0
        async for record in _records(consumer, idle_ends=want.start == "begin" and want.limit is not None):
            if want.limit is not None and given >= want.limit:
                return
            yield record
            given += 1
            if given == want.limit:
                return
    finally:
        await consumer.stop()


async def _assign(consumer: AIOKafkaConsumer, tps: list[TopicPartition], start: str) -> None:
    consumer.assign(tps)
    bounds = consumer.beginning_offsets if start == "begin" else consumer.end_offsets
    for tp, offset in (await bounds(tps)).items():
        consumer.seek(tp, offset)


async def _records(consumer: AIOKafkaConsumer, *, idle_ends: bool) -> AsyncIterator[Record]:
    while True:
        timeout = IDLE_SECONDS if idle_ends else 60.0
        batches = await consumer.getmany(timeout_ms=int(timeout * 1000), max_records=500)
        if not batches and idle_ends:
            return
        # By time over all partitions, so that a reader sees one stream.
        for record in sorted((r for rs in batches.values() for r in rs), key=lambda r: r.timestamp):
            yield record


def header_texts(record: Record) -> dict[str, str]:
    """Give the headers as text; of several with one name the last."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}


def as_document(record: Record) -> dict[str, Any]:
    """Give the whole record as one JSON object: position, key, headers, value (text or base64)."""
    document: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_ms": record.timestamp,
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "headers": header_texts(record),
    }
    return document | _value_fields(record.value)


def _value_fields(value: bytes | None) -> dict[str, Any]:
    if value is None:
        return {"value": None}
    try:
        document = orjson.loads(value)
        if value.count(b"[") + value.count(b"{") > DEEPEST:
            orjson.dumps({"value": document})
        return {"value": document}
    except (orjson.JSONDecodeError, TypeError):
        pass  # TypeError: so deep that orjson, which reads 1024 levels, does not write it
    try:
        return {"value_text": value.decode("utf-8")}
    except UnicodeDecodeError:
        return {"value_base64": base64.b64encode(value).decode()}


def json_line(record: Record) -> bytes:
    """Give the record's value as one line; what is no JSON object is shown in its envelope."""
    document = as_document(record)
    value = document.get("value")
    return orjson.dumps(value if isinstance(value, dict) else document)


def write_line(line: bytes) -> None:
    """Write one line to stdout and let it go at once, for whoever reads the pipe."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
