"""An independent look at what the pipeline did: it reads topics, and imports nothing of the engine.

It checks the guarantees of the contract: every raw record ends in exactly one of enriched, repeat and
dead letter; equal event ids are equal bytes; collapsed by event id, the enriched log is what
`marsad process` makes of the raw records in the order of the normalized log.
"""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer


@dataclass
class Logs:
    """Everything on the topics of one prefix, in log order."""

    raw: dict[str, bytes | None] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    enriched: list[tuple[str, bytes | None, bytes]] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    dead: list[tuple[str, dict[str, bytes], Any]] = field(default_factory=list)
    current: dict[bytes, bytes] = field(default_factory=dict)


async def read_topic(broker: str, topic: str) -> list[Any]:
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
                got = await consumer.getmany(tp, timeout_ms=5_000)
                assert got or await consumer.position(tp) >= ends[tp], f"{tp} gave nothing"
                records += got.get(tp, [])
        return records
    finally:
        await consumer.stop()


def origin(record: Any) -> str:
    return dict(record.headers).get("news_origin", b"").decode()


async def read_logs(broker: str, prefix: str) -> Logs:
    logs = Logs()
    for record in await read_topic(broker, f"{prefix}articles.raw.v1"):
        logs.raw[f"{record.topic}/{record.partition}/{record.offset}"] = record.value
    for record in await read_topic(broker, f"{prefix}articles.normalized.v1"):
        if origin(record) not in logs.order:
            logs.order.append(origin(record))
    for record in await read_topic(broker, f"{prefix}articles.enriched.v1"):
        logs.enriched.append((origin(record), record.key, record.value))
    logs.repeats = [origin(r) for r in await read_topic(broker, f"{prefix}articles.repeats.v1")]
    for stage in ("raw", "normalized", "deduped"):
        for record in await read_topic(broker, f"{prefix}articles.{stage}.v1.dlt"):
            logs.dead.append((origin(record), dict(record.headers), record))
    for record in await read_topic(broker, f"{prefix}articles.current.v1"):
        logs.current[record.key] = record.value
    return logs


def process(raws: list[bytes], tmp_path: Path) -> list[bytes]:
    """What `marsad process` makes of these raw records, in this order."""
    file = tmp_path / "in-order.jsonl"
    file.write_bytes(b"".join(raw + b"\n" for raw in raws))
    done = subprocess.run(
        [sys.executable, "-m", "marsad", "process", str(file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.splitlines()


def check(logs: Logs, tmp_path: Path) -> dict[str, int]:
    """Hold the logs against the guarantees; gives lost, invented, changed and what there was."""
    by_id: dict[str, bytes] = {}
    changed = 0
    for _, key, value in logs.enriched:
        event = orjson.loads(value)
        assert key == event["article_id"].encode()
        changed += by_id.setdefault(event["event_id"], value) != value
    ends: dict[str, set[str]] = {}
    for name, origins in {
        "enriched": [o for o, _, _ in logs.enriched],
        "repeat": logs.repeats,
        "dead": [o for o, _, _ in logs.dead],
    }.items():
        for one in origins:
            ends.setdefault(one, set()).add(name)
    ordered = [raw for raw in (logs.raw[o] for o in logs.order) if raw is not None]
    wanted = process(ordered, tmp_path)
    wanted_by_id = {orjson.loads(line)["event_id"]: line for line in wanted}
    changed += sum(by_id[i] != wanted_by_id[i] for i in by_id.keys() & wanted_by_id.keys())
    latest: dict[bytes, bytes] = {}
    for line in wanted:
        latest[orjson.loads(line)["article_id"].encode()] = line
    return {
        "raw": len(logs.raw),
        "lost": len(logs.raw.keys() - ends.keys()) + len(wanted_by_id.keys() - by_id.keys()),
        "invented": len(ends.keys() - logs.raw.keys()) + len(by_id.keys() - wanted_by_id.keys()),
        "twice": sum(len(found) > 1 for found in ends.values()),
        "changed": changed + sum(logs.current.get(key) != line for key, line in latest.items()),
        "events": len(by_id),
        "repeats": len(set(logs.repeats)),
        "dead": len({o for o, _, _ in logs.dead}),
    }
