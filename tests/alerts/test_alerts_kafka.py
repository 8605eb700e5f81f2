"""Alerts on a real Kafka: rules put into force live, pages once a story, the same after kill -9."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from events.alert import Alert, Match
from events.wire import decode, encode
from marsad.rulestopic import apply, in_force, remove
from marsad.settings import load
from streams.alert import AlertIndex
from tests.alerts.making import raw, rules
from tests.pipeline.feeding import send
from tests.pipeline.verifier import read_topic
from tests.pipeline.workers import STAGES, Workers

RULES = """
rules:
  - id: blast
    query: انفجار AND killed:>=1
    severity: critical
    annotations: {summary: "{title}: {killed}"}
  - id: every-source
    query: lang:ar
    group_by: source
"""
WAIT_SECONDS = 600


def settings(broker: str, prefix: str) -> Any:
    return load({"broker": broker, "topic_prefix": prefix}, {}, Path("/nonexistent"))


async def topic(workers: Workers, name: str) -> list[Any]:
    return await read_topic(workers.broker, workers.prefix + name)


async def alerts(workers: Workers, least: int) -> dict[str, bytes]:
    """The alerts by id, once there are so many; two records of one id are the same bytes."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            found: dict[str, bytes] = {}
            for record in await topic(workers, "alerts.v1"):
                alert = decode(record.value, Alert)
                assert record.key.decode() == f"{alert.rule_id}/{alert.group_key}"
                assert dict(record.headers)["ce_id"].decode() == alert.alert_id
                assert found.setdefault(alert.alert_id, record.value) == record.value
            if len(found) >= least:
                return found
            await asyncio.sleep(0.3)


async def test_a_story_pages_once_and_again_when_its_toll_rises(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    """Rules come live; one that is no rule is passed over; an article before its rule pages nobody."""
    in_kafka = settings(workers.broker, workers.prefix)
    values = [orjson.dumps(raw(f"copy-{number}", source=f"s{number}")) for number in range(10)]
    await send(producer, workers.prefix, [orjson.dumps(raw("before", source="before", killed=9))])
    workers.start()
    await workers.drained()
    await producer.send_and_wait(f"{workers.prefix}alerts.rules.v1", b'{"no": "rule"}', key=b"broken")
    assert await apply(in_kafka, rules(RULES), "now", False) == ["added blast", "added every-source"]
    workers.start("alert")
    await send(producer, workers.prefix, values)
    await workers.drained()
    found = [decode(value, Alert) for value in (await alerts(workers, 11)).values()]
    assert sum(one.rule_id == "blast" for one in found) == 1
    assert {one.source_id for one in found if one.rule_id == "every-source"} == {f"s{n}" for n in range(10)}
    assert "'broken' failed and is skipped" in workers.log("alert")

    await remove(in_kafka, ["every-source"])
    assert set(await in_force(in_kafka)) == {"blast"}
    later = raw("copy-3", source="s3", killed=5, fetched_at="2026-11-21T08:10:00.000Z")
    await send(producer, workers.prefix, [orjson.dumps(later)])
    again = [decode(value, Alert) for value in (await alerts(workers, 12)).values()]
    blasts = sorted((one for one in again if one.rule_id == "blast"), key=lambda one: one.page)
    assert [(one.reason, one.page) for one in blasts] == [("first", 1), ("toll_rises", 2)]
    assert blasts[1].suppressed >= 9


async def test_killed_in_mid_stream_no_alert_is_lost_invented_or_changed(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    """Whatever was killed: the alerts are what the log of matches makes of them, each id the same bytes."""
    await apply(settings(workers.broker, workers.prefix), rules(RULES), "begin", False)
    workers.start(*STAGES, "alert")
    values = [
        orjson.dumps(raw(f"p{number}", source=f"s{number % 7}", killed=(3, 5, 8)[number % 3],
                         title=f"انفجار رقم {number}"))
        for number in range(120)
    ]  # fmt: skip
    sending = asyncio.create_task(send(producer, workers.prefix, values, pause=0.04))
    for _ in range(3):
        await asyncio.sleep(1.5)  # somewhere in mid-stream
        workers.kill("alert")
        workers.start("alert")
    await sending
    await workers.drained()
    wanted: dict[str, bytes] = {}
    enriched = len({orjson.loads(r.value)["event_id"] for r in await topic(workers, "articles.enriched.v1")})
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            records = await topic(workers, "alerts.matches.v1")
            seen = {orjson.loads(r.value)["event_id"] for r in records}
            if len(seen) == enriched:
                break
            await asyncio.sleep(0.3)
    by_partition: dict[int, AlertIndex] = {}
    for record in records:
        index = by_partition.setdefault(record.partition, AlertIndex())
        decision = index.decide(decode(record.value, Match))
        index.apply(decision.changes)
        if decision.alert is not None:
            wanted[decision.alert.alert_id] = encode(decision.alert)
    assert len(wanted) > 7
    assert await alerts(workers, len(wanted)) == wanted
