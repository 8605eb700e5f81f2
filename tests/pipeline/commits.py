"""Committed offsets against what was durable when they were made, as Kafka itself wrote both down.

Every commit is a record of `__consumer_offsets` with the broker's time, and on topics set to
LogAppendTime (`stamp`) every output has the time at which the broker appended it. So for every commit that
was ever made, not for a sample of them: each record below it must have its outcome in the log by then.
"""

import asyncio
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from events.topics import all_topics, app_id, changelog, full_name
from marsad import topics
from marsad.errors import Failure
from tests.pipeline.tables import entries
from tests.pipeline.verifier import Logs, origin, read_topic
from tests.pipeline.workers import PATIENCE

OFFSETS = "__consumer_offsets"
NEVER = 1 << 62

OUTCOMES = {
    "normalize": ("raw", (("normalized", "raw.dlt"),)),
    "dedupe": ("normalized", (("deduped", "repeats", "normalized.dlt"), ("changelog", "normalized.dlt"))),
    "tag": ("deduped", (("enriched", "deduped.dlt"), ("current", "deduped.dlt"))),
}
"""What each stage reads, and of which topics each record must stand in at least one, group by group."""


@dataclass(frozen=True)
class Commit:
    """One committed offset and the broker's time of it, milliseconds."""

    group: str
    topic: str
    partition: int
    offset: int
    at: int


async def set_config(broker: str, name: str, config: dict[str, str]) -> None:
    """Set all of a topic's settings, waiting for a broker that is away; others go back to their defaults."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with topics.admin({"bootstrap_servers": broker}) as client:
                    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, config)])
                    return
            except Failure:
                await asyncio.sleep(0.5)


async def stamp(broker: str, prefix: str) -> None:
    """Have the broker write its own time on every output."""
    for topic in (*all_topics(), changelog(prefix)):
        if topic.name != "articles.raw.v1":
            await set_config(broker, full_name(topic, prefix), stamped(topic.config()))


def stamped(config: dict[str, str]) -> dict[str, str]:
    return config | {"message.timestamp.type": "LogAppendTime"}


async def read_commits(broker: str, groups: set[str]) -> list[Commit]:
    """Every commit of these groups that the offsets topic still holds, in its order."""
    made = (parsed(record) for record in await read_topic(broker, OFFSETS))
    return [commit for commit in made if commit is not None and commit.group in groups]


def parsed(record: Any) -> Commit | None:
    """Read one record as Kafka writes it (OffsetCommitKey.json, OffsetCommitValue.json of the broker)."""
    key, value = record.key, record.value
    if key is None or value is None or struct.unpack_from(">h", key)[0] > 1:
        return None  # a tombstone, or of another kind: a group's members
    at, texts = 2, []
    for _ in ("group", "topic"):
        (size,) = struct.unpack_from(">h", key, at)
        texts.append(key[at + 2 : at + 2 + size].decode())
        at += 2 + size
    (partition,) = struct.unpack_from(">i", key, at)
    (offset,) = struct.unpack_from(">q", value, 2)
    return Commit(texts[0], texts[1], partition, offset, record.timestamp)


async def early(broker: str, prefix: str, logs: Logs) -> int:
    """How many records were committed before their outcome was durable; needs `stamp` before the start."""
    logs.records["changelog"] = await read_topic(broker, changelog(prefix).name)
    commits = await read_commits(broker, {app_id(stage, prefix) for stage in OUTCOMES})
    assert commits, "no commit was found, so none could be wrong"
    return sum(1 for _ in too_early(logs, commits, prefix))


def too_early(logs: Logs, commits: list[Commit], prefix: str) -> Iterator[str]:
    """Name each record that a commit passed before its outcome was in the log."""
    for stage, (source, wanted) in OUTCOMES.items():
        durable = [_appended(logs, names) for names in wanted]
        records: dict[int, list[Any]] = {}
        for record in logs.records[source]:
            records.setdefault(record.partition, []).append(record)
        passed = dict.fromkeys(records, 0)
        for commit in (one for one in commits if one.group == app_id(stage, prefix)):
            log = records.get(commit.partition, [])
            at = passed.get(commit.partition, 0)
            while at < len(log) and log[at].offset < commit.offset:
                name = _name(log[at], source)
                if any(times.get(name, NEVER) > commit.at for times in durable):
                    yield f"{stage}: {source}/{commit.partition}/{log[at].offset} by {commit}"
                at += 1
            passed[commit.partition] = at
            if commit.offset > (log[-1].offset + 1 if log else 0):
                yield f"{stage}: {commit} is beyond the log"


def _name(record: Any, source: str) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}" if source == "raw" else origin(record)


def _appended(logs: Logs, names: tuple[str, ...]) -> dict[str, int]:
    """When the first outcome of each origin was appended to one of these topics."""
    times: dict[str, int] = {}
    for name in names:
        for one, at in _told(logs, name):
            times[one] = min(at, times.get(one, NEVER))
    return times


def _told(logs: Logs, name: str) -> Iterator[tuple[str, int]]:
    if name == "changelog":
        yield from ((entry["origin"], record.timestamp) for record, entry in entries(logs.records[name]))
    elif name == "current":
        # A later revision will do as well, and a superseded one need not be there at all.
        yield from _current(logs)
    else:
        yield from ((origin(record), record.timestamp) for record in logs.records.get(name, ()))


def _current(logs: Logs) -> Iterator[tuple[str, int]]:
    reached: dict[bytes, list[tuple[int, int]]] = {}
    for record in logs.records["current"]:
        reached.setdefault(record.key, []).append((orjson.loads(record.value)["revision"], record.timestamp))
    for record in logs.records["deduped"]:
        revision = orjson.loads(record.value)["revision"]
        if "news_superseded" in dict(record.headers):
            yield origin(record), 0  # the revision that superseded it stands behind it, and goes there itself
        for found, at in reached.get(record.key, []):
            if found >= revision:
                yield origin(record), at
