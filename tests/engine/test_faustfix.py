"""Our fixes to Faust 0.15.3: each of these fails on the plain package."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest
from aiokafka.consumer import group_coordinator
from aiokafka.structs import ConsumerRecord
from faust.types import TP

from streams.engine import faustfix
from streams.engine.app import EngineSettings, build
from streams.engine.faustfix import DurableConsumer, FaustVersionError, check_faust_version
from streams.engine.offsetfetch import FetchByPartition

HERE = TP("news.articles.raw.v1", 0)
THERE = TP("news.articles.raw.v1", 1)


@pytest.fixture
async def consumer(tmp_path: Path) -> DurableConsumer:
    """The consumer of a real app that has not been started."""
    settings = EngineSettings("127.0.0.1:1", tmp_path, "test")
    return cast(DurableConsumer, build("normalize", settings).app.consumer)


async def test_what_faust_read_and_acknowledged_is_not_committed(consumer: DurableConsumer) -> None:
    # Faust acknowledges what it skips after a rebalance; plain, it would commit 6 here.
    consumer._read_offset[HERE] = 9
    consumer._acked[HERE] = [0, 1, 2, 3, 4, 5]
    assert list(consumer._filter_tps_with_pending_acks()) == []
    assert consumer._new_offset(HERE) is None


async def test_what_the_window_reached_is_committed(consumer: DurableConsumer) -> None:
    consumer._read_offset[HERE] = 9
    consumer._acked[HERE] = [0, 1, 2, 3, 4, 5]
    consumer.mark_durable(HERE, 3)
    assert list(consumer._filter_tps_with_pending_acks()) == [HERE]
    assert consumer._new_offset(HERE) == 4


async def test_a_refused_commit_is_tried_again(
    consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(self: Any, offsets: Any, start_new_transaction: bool = True) -> bool:
        self._committed_offset.update(offsets)  # as Faust does, whatever the broker said
        return False

    monkeypatch.setattr(faustfix.driver.Consumer, "_commit_offsets", refused)
    consumer.mark_durable(HERE, 3)
    assert not await consumer._commit_offsets({HERE: 4})
    assert consumer._should_commit(HERE, 4)


async def test_a_coordinator_that_moved_is_not_asked_as_aiokafka_would(consumer: DurableConsumer) -> None:
    # What it answers then, and what aiokafka makes of it: tests/broker/test_life.py, three nodes.
    assert group_coordinator.OffsetFetchRequest is FetchByPartition


async def test_what_was_revoked_is_forgotten(
    consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def committed(self: Any, revoked: set[TP]) -> None:
        assert self.durable == {HERE: 4, THERE: 8}  # Faust commits here what became durable meanwhile

    monkeypatch.setattr(faustfix.driver.Consumer, "on_partitions_revoked", committed)
    consumer.mark_durable(HERE, 3)
    consumer.mark_durable(THERE, 7)
    await consumer.on_partitions_revoked({HERE})
    assert consumer.durable == {THERE: 8}


class Reading:
    """What a consumer is given to read, and what it hands to its stage; `after` happens at each record."""

    def __init__(
        self, consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch, records: dict[TP, list[int]]
    ) -> None:
        self.handed: list[tuple[int, int]] = []
        self.after: Any = lambda: None
        self.consumer = consumer
        self._read = {
            tp: [ConsumerRecord(*tp, at, 0, 0, b"", b"", 0, 0, 0, ()) for at in offsets]
            for tp, offsets in records.items()
        }
        monkeypatch.setattr(consumer, "_wait_next_records", self.next_records)
        consumer.callback = self.take
        consumer.app.flow_control.resume()

    async def next_records(self, _: float) -> Any:
        return self._read, set(self._read)

    async def take(self, message: Any) -> None:
        self.handed.append((message.partition, message.offset))
        self.after()


async def test_records_are_handed_over_in_order_and_partitions_in_turn(
    consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer._read_offset[HERE] = 5  # what lies before was read already
    reading = Reading(consumer, monkeypatch, {HERE: [4, 5, 6], THERE: [0, 1]})
    await consumer._take_some()
    assert sorted(reading.handed) == [(0, 5), (0, 6), (1, 0), (1, 1)]
    assert reading.handed.index((1, 0)) < reading.handed.index((0, 6))
    assert (consumer._read_offset[HERE], consumer._read_offset[THERE]) == (6, 1)


async def test_a_rebalance_ends_what_was_read_before_it(
    consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(consumer, monkeypatch, {HERE: [0, 1, 2]})

    def rebalance() -> None:
        consumer.app.consumer_generation_id += 1

    reading.after = rebalance
    await consumer._take_some()
    assert reading.handed == [(0, 0)]


async def test_a_stopped_flow_ends_the_reading_and_nothing_waits_for_room(
    consumer: DurableConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(consumer, monkeypatch, {HERE: [0, 1, 2]})
    consumer.waiting = lambda: faustfix.MOST_WAITING
    waiting = asyncio.create_task(consumer._take_some())
    await asyncio.sleep(0)
    assert reading.handed == []
    consumer.app.flow_control.suspend()
    consumer.stop_flow()
    async with asyncio.timeout(60):
        await waiting
    assert reading.handed == []


async def test_a_crash_of_a_service_ends_the_process_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[BaseException] = []
    monkeypatch.setattr(faustfix, "fail_stop", lambda where, error: ends.append(error))
    app = build("tag", EngineSettings("127.0.0.1:1", tmp_path, "test")).app
    await app.crash(reason := RuntimeError("the consumer's thread died"))
    # Plain, Faust would now stop its services one by one, and commit what is in flight.
    assert set(ends) == {reason}
    assert not app.should_stop


async def test_faust_serves_no_pages_of_its_own(tmp_path: Path) -> None:
    conf = build("dedupe", EngineSettings("127.0.0.1:1", tmp_path, "test")).app.conf
    assert (conf.web_enabled, conf.web_tables_enabled) == (False, False)


async def test_the_producer_keeps_order_and_waits_for_all_replicas(tmp_path: Path) -> None:
    producer = build("tag", EngineSettings("127.0.0.1:1", tmp_path, "test")).app.producer
    settings = {**producer._settings_default(), **producer._settings_extra()}
    assert (settings["enable_idempotence"], settings["acks"]) == (True, "all")


def test_another_faust_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_faust_version()
    monkeypatch.setattr(faustfix, "WANTED", {"faust-streaming": "0.15.2"})
    with pytest.raises(FaustVersionError, match=r"0\.15\.2"):
        build("tag", EngineSettings("127.0.0.1:1", tmp_path, "test"))
