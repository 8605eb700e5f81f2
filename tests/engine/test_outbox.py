"""Outputs go out in batches: soon, in order, each promise kept or broken with its own batch."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from streams.engine.outbox import MOST_FULL, Outbox
from streams.engine.records import Outgoing

SMALL = 1_000
"""Bytes of a batch here; a record of ours below is about a quarter."""


@dataclass
class Broker:
    """Takes batches as aiokafka's producer does, and answers when it is told to."""

    sent: list[tuple[str, int, int]] = field(default_factory=list)
    answers: list["asyncio.Future[Any]"] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def partitions(self, topic: str) -> int:
        return 6

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(SMALL, 0)

    async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
        await self.open.wait()
        self.sent.append((topic, partition, batch.record_count()))
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]


def answering() -> Broker:
    broker = Broker()
    broker.open.set()
    return broker


def record(partition: int | None = 0, key: bytes = b"key", size: int = 200) -> Outgoing:
    return Outgoing("out", key, bytes(size), (("news_origin", b"raw/0/1"),), partition)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_single_output_goes_out_at_once_and_its_promise_tells_the_offset() -> None:
    broker = answering()
    outbox = Outbox(lambda: broker)
    promise = await outbox.publish(record())
    await settle()
    assert broker.sent == [("out", 0, 1)]
    broker.answers[0].set_result(SimpleNamespace(offset=41))
    assert (await promise).offset == 41
    await outbox.close()


async def test_while_there_is_more_to_decide_outputs_wait_for_each_other() -> None:
    broker, more = answering(), [True]
    outbox = Outbox(lambda: broker)
    outbox.more = lambda: more[0]
    promises = [await outbox.publish(record(partition)) for partition in (0, 1, 0)]
    await settle()
    assert broker.sent == []
    more[0] = False
    async with asyncio.timeout(60):
        while len(broker.answers) < 2:
            await asyncio.sleep(0.001)
    assert broker.sent == [("out", 0, 2), ("out", 1, 1)]
    broker.answers[0].set_result(SimpleNamespace(offset=7))
    broker.answers[1].set_result(SimpleNamespace(offset=3))
    assert [(await promise).offset for promise in promises] == [7, 3, 8]
    await outbox.close()


async def test_outputs_do_not_wait_for_ever_for_a_loop_that_never_rests() -> None:
    broker = answering()
    outbox = Outbox(lambda: broker)
    outbox.more = lambda: True
    await outbox.publish(record())
    async with asyncio.timeout(60):
        while not broker.sent:
            await asyncio.sleep(0.001)
    await outbox.close()


async def test_a_batch_that_fails_breaks_its_own_promises_and_no_other() -> None:
    broker = answering()
    outbox = Outbox(lambda: broker)
    good, bad = await outbox.publish(record(0)), await outbox.publish(record(1))
    await settle()
    broker.answers[0].set_result(SimpleNamespace(offset=0))
    broker.answers[1].set_exception(ConnectionError("broker said no"))
    assert (await good).offset == 0
    with pytest.raises(ConnectionError, match="broker said no"):
        await bad
    await outbox.close()


async def test_a_batch_that_cannot_even_be_queued_breaks_its_promises() -> None:
    class Closed(Broker):
        async def send_batch(self, batch: Any, topic: str, partition: int) -> "asyncio.Future[Any]":
            raise ConnectionError("closed")

    outbox = Outbox(Closed)
    promise = await outbox.publish(record())
    with pytest.raises(ConnectionError, match="closed"):
        await promise
    await outbox.close()


async def test_too_many_full_batches_hold_the_loop_back_until_the_broker_takes_them() -> None:
    broker = Broker()
    outbox = Outbox(lambda: broker)
    laid = 0

    async def lay() -> None:
        nonlocal laid
        while laid < 100:
            await outbox.publish(record())
            laid += 1

    laying = asyncio.create_task(lay())
    await settle()
    # One round is on its way, the next may be full: a few records a batch.
    assert laid <= (2 * MOST_FULL + 2) * SMALL // 200
    broker.open.set()
    async with asyncio.timeout(60):
        await laying
        while sum(count for _, _, count in broker.sent) < 100:
            await asyncio.sleep(0.001)
    await outbox.close()


async def test_a_record_larger_than_a_batch_gets_one_of_its_own() -> None:
    broker = answering()
    outbox = Outbox(lambda: broker)
    for size in (10, 5 * SMALL, 10):
        await outbox.publish(record(size=size))
    async with asyncio.timeout(60):
        while sum(count for _, _, count in broker.sent) < 3:
            await asyncio.sleep(0.001)
    assert [count for _, _, count in broker.sent] == [1, 1, 1]
    await outbox.close()


@given(st.binary(min_size=1, max_size=40))
def test_a_key_goes_where_every_other_client_sends_it(key: bytes) -> None:
    async def scenario() -> None:
        broker = answering()
        outbox = Outbox(lambda: broker)
        await outbox.publish(record(None, key))
        await settle()
        everywhere = list(range(6))
        assert [one[1] for one in broker.sent] == [DefaultPartitioner()(key, everywhere, everywhere)]
        await outbox.close()

    asyncio.run(scenario())


async def test_neither_key_nor_value_is_a_record_too() -> None:
    broker = answering()
    outbox = Outbox(lambda: broker)
    await outbox.publish(Outgoing("out", None, None, (), 3))
    await settle()
    assert broker.sent == [("out", 3, 1)]
    await outbox.close()
