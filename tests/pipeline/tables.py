"""The dedupe memory against a model of it in plain Python: the changelog's, the disk's, and the decisions'.

A changelog is a list of writes: the last value of a key counts, an empty one deletes it. What that gives
must be what deciding the normalized log from its start gives, and what lies on the workers' disks must
become the same by reading on from where each of them stands.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from rocksdict import AccessType, Options, Rdict

from events.article import Article
from events.topics import changelog
from events.wire import decode
from streams.dedupe import DedupeSettings, Index
from tests.pipeline.verifier import Logs, origin, read_topic

POSITION = b"\x00changelog-position"
Table = dict[bytes, bytes]


def entries(records: list[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Each changelog record that writes an entry, with what the entry says."""
    for record in records:
        if record.value is not None:
            yield record, msgspec.msgpack.decode(record.value)


def model(records: list[Any]) -> dict[int, Table]:
    """What a changelog says, partition by partition."""
    tables: dict[int, Table] = {}
    for record in records:
        _write(tables.setdefault(record.partition, {}), record)
    return tables


def _write(table: Table, record: Any) -> None:
    if record.value is None:
        table.pop(record.key, None)
    else:
        table[record.key] = record.value


def decided(normalized: list[Any]) -> dict[int, Table]:
    """What remembering the normalized log from its start gives: the pure stage over a dict, no engine."""
    stores: dict[int, dict[str, bytes]] = {}
    indexes: dict[int, Index] = {}
    for record in normalized:
        store = stores.setdefault(record.partition, {})
        index = indexes.setdefault(record.partition, Index(store))
        index.apply(index.decide(decode(record.value, Article), origin(record)).changes)
    return {
        partition: {key.encode(): value for key, value in store.items()}
        for partition, store in stores.items()
    }


def on_disk(data: Path) -> Iterator[tuple[str, int, int, Table]]:
    """Every partition's database below a data directory: its path, partition, position and entries."""
    for path in sorted(data.glob("workers/*/*/dedupe-*/dedupe-*")):
        database = Rdict(str(path), options=Options(raw_mode=True), access_type=AccessType.read_only())
        table = dict(database.items())
        database.close()
        yield str(path), int(path.name.rpartition("-")[2]), int(table.pop(POSITION, b"0").split()[0]), table


def differences(one: Table, other: Table) -> int:
    """How many entries differ; one that may be forgotten by now may be gone from either already."""
    told = {key: msgspec.msgpack.decode(value) for key, value in (one | other).items()}
    last: dict[str, tuple[int, int]] = {}
    for entry in told.values():
        last[entry["shard"]] = max(last.get(entry["shard"], (0, 0)), (entry["seq"], entry["clock"]))
    different = (key for key in told if one.get(key) != other.get(key))
    return sum(
        (key in one and key in other) or not _forgettable(told[key], *last[told[key]["shard"]])
        for key in different
    )


def _forgettable(entry: dict[str, Any], seq: int, clock: int) -> bool:
    settings = DedupeSettings()
    window = settings.identity_window_ms if entry.get("content") else settings.repeat_window_ms
    old = entry["clock"] < clock - window - settings.margin_ms
    return bool(old and entry["seq"] < seq - settings.kept_for_redelivery)


async def wrong(broker: str, prefix: str, logs: Logs, data: Path | None = None) -> int:
    """How many entries differ between changelog, decisions and disks; `data` only of workers that ended."""
    records = await read_topic(broker, changelog(prefix).name)
    tables = model(records)
    wanted = decided(logs.records["normalized"])
    count = sum(differences(tables.get(each, {}), wanted.get(each, {})) for each in tables | wanted)
    return count + (_wrong_disks(data, records, tables) if data is not None else 0)


def _wrong_disks(data: Path, records: list[Any], tables: dict[int, Table]) -> int:
    count = 0
    complete = set()
    for _, partition, position, table in on_disk(data):
        later = [one for one in records if one.partition == partition and one.offset >= position]
        for record in later:
            _write(table, record)
        count += differences(table, tables.get(partition, {}))
        complete |= set() if later else {partition}
    return count + len(tables.keys() - complete)
