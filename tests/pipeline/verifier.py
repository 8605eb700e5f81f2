"""An independent look at what the pipeline did: it reads topics, and imports nothing of the engine.

It checks the guarantees of the contract: every raw record ends in exactly one of enriched, repeat and
dead letter; equal ids are equal bytes; collapsed by event id, the enriched log is what `marsad process`
makes of the raw records in the order of the normalized log, record by record. commits.py adds that no
committed offset passed what was durable, tables.py that the memory is what its changelog says.
"""

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer

REFUSED = 3
"""The exit code of `process` where some records were refused."""
DEAD_LETTERED = ("raw", "normalized", "deduped")
READ_SECONDS = 60
FAULTLESS = ("lost", "invented", "changed", "twice", "early", "tables")
"""The counts that must be 0 (early: commits past what was durable; tables: entries that differ)."""


@dataclass
class Logs:
    """Everything on the topics of one prefix, in log order; `records` by the topic's middle name."""

    records: dict[str, list[Any]] = field(default_factory=dict)
    raw: dict[str, bytes | None] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    enriched: list[tuple[str, bytes | None, bytes]] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    dead: list[tuple[str, dict[str, bytes], Any]] = field(default_factory=list)
    current: dict[bytes, bytes] = field(default_factory=dict)


async def read_topic(broker: str, topic: str) -> list[Any]:
    """Every record of a topic, partition by partition, each in the order of its log."""
    # Named in the constructor, and without a group: then aiokafka assigns all partitions by itself.
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker, enable_auto_commit=False)
    await consumer.start()
    try:
        tps = sorted(consumer.assignment())
        assert tps, f"no topic {topic}"
        consumer.unsubscribe()
        ends = await consumer.end_offsets(tps)
        records: list[Any] = []
        for tp in tps:
            consumer.assign([tp])
            consumer.seek(tp, 0)
            while await consumer.position(tp) < ends[tp]:
                got = await consumer.getmany(tp, timeout_ms=READ_SECONDS * 1000)
                assert got or await consumer.position(tp) >= ends[tp], f"{tp} gave nothing"
                records += got.get(tp, [])
        return records
    finally:
        await consumer.stop()


def position(record: Any) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def origin(record: Any) -> str:
    return dict(record.headers).get("news_origin", b"").decode()


async def read_logs(broker: str, prefix: str) -> Logs:
    logs = Logs()
    dlts = [f"{stage}.v1.dlt" for stage in DEAD_LETTERED]
    for name in ("raw.v1", "normalized.v1", "deduped.v1", "repeats.v1", "enriched.v1", "current.v1", *dlts):
        logs.records[name.replace(".v1", "")] = await read_topic(broker, f"{prefix}articles.{name}")
    logs.records["stories"] = await read_topic(broker, f"{prefix}stories.v1")
    logs.raw = {position(record): record.value for record in logs.records["raw"]}
    logs.order = list(dict.fromkeys(origin(record) for record in logs.records["normalized"]))
    logs.enriched = [(origin(record), record.key, record.value) for record in logs.records["enriched"]]
    logs.repeats = [origin(record) for record in logs.records["repeats"]]
    logs.dead = [
        (origin(record), dict(record.headers), record)
        for stage in DEAD_LETTERED
        for record in logs.records[f"{stage}.dlt"]
    ]
    logs.current = {record.key: record.value for record in logs.records["current"]}
    return logs


def process(raws: Iterable[bytes]) -> list[bytes]:
    """What `marsad process` makes of these raw records, in this order; what it refuses gives no line."""
    # A line break in a JSON object stands between its parts, never within a string of it.
    return _processed(b"".join(raw.replace(b"\n", b" ") + b"\n" for raw in raws)).splitlines()


@lru_cache(maxsize=4)
def _processed(lines: bytes) -> bytes:
    command = [sys.executable, "-m", "marsad", "process"]
    done = subprocess.run(command, input=lines, capture_output=True, check=False)
    assert done.returncode in (0, REFUSED), done.stderr.decode()
    return done.stdout


def check(logs: Logs) -> dict[str, int]:
    """Hold the logs against the guarantees; gives lost, invented, changed, twice and what there was."""
    ends = _ends(logs)
    by_id, changed = _events(logs)
    ordered = [raw for raw in (logs.raw.get(one) for one in logs.order) if raw is not None]
    lines = process(ordered)
    ids = [orjson.loads(line)["event_id"] for line in lines]
    wanted = dict(zip(ids, lines, strict=True))
    changed += sum(by_id[one] != wanted[one] for one in by_id.keys() & wanted.keys())
    return {
        "raw": len(logs.raw),
        "lost": len(logs.raw.keys() - ends.keys()) + len(wanted.keys() - by_id.keys()),
        "invented": len(ends.keys() - logs.raw.keys())
        + len(by_id.keys() - wanted.keys())
        + _wrongly_dead(logs),
        "twice": sum(len(found) > 1 for found in ends.values()),
        "changed": changed
        + _misplaced(logs, ids)
        + _unlike(logs)
        + _not_current(logs, lines)
        + _stories_gone_back(logs),
        "events": len(by_id),
        "repeats": len(set(logs.repeats)),
        "dead": len({one for one, _, _ in logs.dead}),
    }


def _ends(logs: Logs) -> dict[str, set[str]]:
    """In what each raw record ended."""
    ends: dict[str, set[str]] = {}
    for name, origins in {
        "enriched": [one for one, _, _ in logs.enriched],
        "repeat": logs.repeats,
        "dead": [one for one, _, _ in logs.dead],
    }.items():
        for one in origins:
            ends.setdefault(one, set()).add(name)
    return ends


def _events(logs: Logs) -> tuple[dict[str, bytes], int]:
    """Collapse by event id, as a consumer does: the first of each, and how many others were not its bytes."""
    by_id: dict[str, bytes] = {}
    changed = 0
    for _, key, value in logs.enriched:
        event = orjson.loads(value)
        assert key == event["article_id"].encode()
        changed += by_id.setdefault(event["event_id"], value) != value
    return by_id, changed


def _misplaced(logs: Logs, wanted: list[str]) -> int:
    """How many events came from another raw record than in `process`; a forgotten article may come twice."""
    places = {one: place for place, one in enumerate(logs.order)}
    events = {(places.get(one, -1), orjson.loads(value)["event_id"]) for one, _, value in logs.enriched}
    found = [event for _, event in sorted(events)]
    return sum(here != there for here, there in zip(found, wanted, strict=False)) + abs(
        len(found) - len(wanted)
    )


def _unlike(logs: Logs) -> int:
    """How many records of the inner topics are not the bytes that another record of the same origin has."""
    unlike = 0
    for name in ("normalized", "deduped", "repeats"):
        first: dict[str, tuple[bytes, bytes]] = {}
        for record in logs.records.get(name, []):
            seen = (record.key, record.value)
            unlike += first.setdefault(origin(record), seen) != seen
    return unlike


def _not_current(logs: Logs, lines: list[bytes]) -> int:
    """How many articles do not stand as last told; one that was forgotten may begin anew."""
    latest = {orjson.loads(line)["article_id"].encode(): line for line in lines}
    return sum(logs.current.get(key) != line for key, line in latest.items()) + len(
        logs.current.keys() - latest.keys()
    )


def _stories_gone_back(logs: Logs) -> int:
    """How many stories do not stand as the last article in the order that counts left them."""
    told: dict[bytes, tuple[int, bytes]] = {}
    last: dict[bytes, bytes] = {}
    for record in logs.records.get("stories", []):
        place = int(dict(record.headers)["news_order"].split(b"/")[-2])
        if place >= told.get(record.key, (-1, b""))[0]:
            told[record.key] = (place, record.value)
        last[record.key] = record.value
    return sum(value != told[key][1] for key, value in last.items())


def _wrongly_dead(logs: Logs) -> int:
    """How many dead letters are not the refused record's bytes, or would have been taken by `process`."""
    raws = {position(record): record for record in logs.records.get("raw", [])}
    wrong = 0
    refused = []
    for one, headers, letter in logs.dead:
        if headers["news_dlt_topic"].endswith(b"articles.raw.v1") and one in raws:
            raw = raws[one]
            headed = tuple(letter.headers[: len(raw.headers)]) == tuple(raw.headers)
            wrong += (letter.key, letter.value, headed) != (raw.key, raw.value, True)
            # That a worker was too slow says nothing of the record.
            refused += [letter.value or b"{}"] if headers["news_dlt_reason"] != b"too_slow" else []
    return wrong + len(process(refused))
