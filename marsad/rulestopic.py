"""Alert rules on their compacted topic: what is in force, what `rules apply` changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from connectors.publish import BrokerAway, NoTopic, Publisher, Record
from events import topics
from events.alert import Rule, Start
from events.rejected import Rejected
from events.times import wire_time
from events.wire import cloud_headers, decode, encode
from marsad.accounting import read_all
from marsad.connection import client_options
from marsad.errors import Failure
from marsad.lag import topic_partitions
from marsad.settings import Settings
from marsad.topics import unreachable

PATIENCE = 30.0
RETRY_SECONDS = 2.0


@contextmanager
def told_plainly(options: Mapping[str, Any]) -> Iterator[None]:
    """Turn what a broker may answer into a Failure."""
    try:
        yield
    except (LookupError, BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error


async def records(options: Mapping[str, Any], topic: str) -> AsyncIterator[Any]:
    """Give every record that a topic holds now; raises Failure."""
    with told_plainly(options):
        async for record in read_all(options, topic):
            yield record


async def in_force(settings: Settings) -> dict[str, Rule]:
    """Give the rules on the topic by id; what is no rule there is left out."""
    found: dict[str, Rule] = {}
    name = topics.full_name(topics.RULES, settings.topic_prefix)
    async for record in records(client_options(settings), name):
        rule_id = (record.key or b"").decode("utf-8", "replace")
        found.pop(rule_id, None)
        if record.value is not None:
            try:
                found[rule_id] = decode(record.value, Rule)
            except Rejected:
                continue
    return dict(sorted(found.items()))


async def apply(settings: Settings, rules: list[Rule], since: str, prune: bool) -> list[str]:
    """Publish what is new or changed, and with `prune` end what is not in `rules`; give a line for each."""
    there = await in_force(settings)
    starts = await _ends(settings) if since == "now" else ()
    now = wire_time(datetime.fromtimestamp(time.time(), UTC))
    lines: list[str] = []
    outgoing: list[Record] = []
    for rule in rules:
        known = there.get(rule.rule_id)
        if known is not None and known.version == rule.version and (since == "now" or not known.starts):
            continue
        kept = known.starts if known is not None and since == "now" else starts
        outgoing.append(_record(msgspec.structs.replace(rule, starts=kept, applied_at=now)))
        lines.append(f"{'added' if known is None else 'changed'} {rule.rule_id}")
    gone = sorted(there.keys() - {rule.rule_id for rule in rules}) if prune else []
    await _publish(settings, outgoing + [_tombstone(rule_id) for rule_id in gone])
    return lines + [f"removed {rule_id}" for rule_id in gone]


async def remove(settings: Settings, ids: list[str]) -> list[str]:
    """End rules; give the ids that are not in force."""
    there = await in_force(settings)
    await _publish(settings, [_tombstone(rule_id) for rule_id in ids if rule_id in there])
    return [rule_id for rule_id in ids if rule_id not in there]


def _record(rule: Rule) -> Record:
    data = encode(rule)
    return Record(rule.rule_id.encode(), data, cloud_headers(rule, data))


def _tombstone(rule_id: str) -> Record:
    return Record(rule_id.encode(), None)


async def _publish(settings: Settings, outgoing: list[Record]) -> None:
    options = client_options(settings)
    with told_plainly(options):
        async with Publisher(options, PATIENCE) as publisher:
            await publisher.publish(topics.full_name(topics.RULES, settings.topic_prefix), outgoing)


async def _ends(settings: Settings) -> tuple[Start, ...]:
    """Give where the enriched log ends now: a new rule looks at what comes after."""
    options = client_options(settings)
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **options)
    with told_plainly(options):
        try:
            await consumer.start()
            tps = await topic_partitions(options, topics.full_name(topics.ENRICHED, settings.topic_prefix))
            ends = await consumer.end_offsets(tps)
        finally:
            await consumer.stop()
    return tuple(Start(partition=tp.partition, offset=ends[tp]) for tp in tps if ends[tp])


async def wait_for_rules(options: Mapping[str, Any], prefix: str) -> None:
    """Return once there is a rule; a broker that is away is waited for."""
    name = topics.full_name(topics.RULES, prefix)
    while True:
        consumer = AIOKafkaConsumer(name, enable_auto_commit=False, auto_offset_reset="earliest", **options)
        try:
            await consumer.start()
            while True:
                batches = await consumer.getmany(timeout_ms=60_000)
                if any(record.value is not None for found in batches.values() for record in found):
                    return
        except (KafkaError, OSError):
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            await consumer.stop()
