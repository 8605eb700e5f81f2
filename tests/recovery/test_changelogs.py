"""Recovery from changelogs as operators, compaction and accidents leave them, on a real Kafka."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import PolicyViolationError

from events.topics import changelog
from marsad import topics
from marsad.accounting import read_all
from streams.dedupe import Index
from streams.engine.memory import Kind, Memories
from streams.engine.recovery import ChangelogError, recover
from streams.engine.state import PartitionStore

pytestmark = pytest.mark.kafka
Open = Callable[[], PartitionStore]


@pytest.fixture
async def log(kafka: str, prefix: str) -> "AsyncIterator[Log]":
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        yield Log(kafka, prefix, producer)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    stores: list[PartitionStore] = []

    def open_one() -> PartitionStore:
        for store in stores:
            store.close()
        stores[:] = [PartitionStore(tmp_path / "state")]
        return stores[0]

    yield open_one
    for store in stores:
        store.close()


class Log:
    """Partition 0 of the dedupe changelog, and what a plain reading of it gives."""

    def __init__(self, kafka: str, prefix: str, producer: AIOKafkaProducer) -> None:
        self.client = {"bootstrap_servers": kafka}
        self.topic = changelog(prefix).name
        self.config = changelog(prefix).config()
        self._producer = producer

    async def write(self, *records: tuple[str, str | None], stamp_ms: int | None = None) -> None:
        for key, value in records:
            data = None if value is None else value.encode()
            await self._producer.send_and_wait(self.topic, data, key.encode(), 0, stamp_ms)

    async def recover(self, store: PartitionStore) -> int:
        return await recover(store, self.topic, 0, self.client)

    async def model(self) -> dict[str, bytes]:
        """Give the table that the log says, read by a client that knows nothing of the engine."""
        table: dict[str, bytes] = {}
        async for record in read_all(self.client, self.topic):
            if record.value is None:
                table.pop(record.key.decode(), None)
            else:
                table[record.key.decode()] = record.value
        return table

    async def configure(self, **values: str) -> None:
        # All of them: what the request does not name goes back to the broker's defaults.
        named = self.config | {name.replace("_", "."): value for name, value in values.items()}
        async with topics.admin(self.client) as admin:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, self.topic, named)])
            async with asyncio.timeout(120):
                while not named.items() <= (await self._config_there(admin)).items():
                    await asyncio.sleep(0.1)

    async def _config_there(self, admin: Any) -> dict[str, str]:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, self.topic)])
        (resource,) = answer.to_object()["resources"]
        return {one["config_names"]: one["config_value"] for one in resource["config_entries"]}

    async def delete_before(self, offset: int) -> None:
        """Delete as an operator has to: the broker refuses it for a topic that is compacted only."""
        await self.configure(cleanup_policy="compact,delete")
        async with topics.admin(self.client) as admin, asyncio.timeout(120):
            while True:
                try:
                    await admin.delete_records({TopicPartition(self.topic, 0): RecordsToDelete(offset)})
                    break
                except PolicyViolationError:  # the change has not reached the log yet
                    await asyncio.sleep(0.1)
        await self.configure()

    async def recreate(self) -> None:
        async with topics.admin(self.client) as admin:
            await admin.delete_topics([self.topic])
            async with asyncio.timeout(120):
                while await self._there(admin):
                    await asyncio.sleep(0.1)
                await admin.create_topics([NewTopic(self.topic, 2, 1, topic_configs=self.config)])
                while not await self._there(admin):
                    await asyncio.sleep(0.1)

    async def _there(self, admin: Any) -> bool:
        (found,) = await admin.describe_topics([self.topic])
        return not found["error_code"] and all(one["leader"] >= 0 for one in found["partitions"])


def entries(first: int, end: int) -> list[tuple[str, str | None]]:
    return [(f"ar/{number:03d}", f"value {number}") for number in range(first, end)]


async def test_what_was_lost_is_read_back_whole(log: Log, opened: Open) -> None:
    await log.write(*entries(0, 30), ("ar/003", None), ("ar/004", "changed"))
    store = opened()
    assert await log.recover(store) == 32
    assert dict(store.items()) == await log.model()
    assert len(store) == 29


async def test_what_is_there_is_not_read_again(log: Log, opened: Open) -> None:
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.write(*entries(10, 12))
    store = opened()
    assert await log.recover(store) == 2
    assert await log.recover(store) == 0
    assert dict(store.items()) == await log.model()


async def test_what_another_worker_wrote_between_our_writes_is_read_at_the_next_opening(
    log: Log, opened: Open
) -> None:
    """A worker that was frozen writes on beside its successor: neither has what the other wrote meanwhile."""
    await log.write(*entries(0, 10))
    store = opened()
    await log.recover(store)
    await log.write(*entries(10, 13))  # the successor
    store["ar/010"] = b"value 10"  # decided anew, with the same bytes
    await log.write(("ar/010", "value 10"))
    store.delivered(b"ar/010", b"value 10", 13)
    store = opened()
    assert await log.recover(store) == 4
    assert dict(store.items()) == await log.model()


async def test_a_memory_that_a_rebalance_overtook_while_it_was_opened_is_opened_anew(
    log: Log, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memories = Memories(tmp_path, log.client, Kind("dedupe", log.topic, Index))
    with caplog.at_level(logging.INFO, "marsad.engine"):
        opening = asyncio.create_task(memories.open(0))
        while not memories.recovering:
            await asyncio.sleep(0)
        memories.close()
        memory = await opening
    assert caplog.text.count("partition 0 ready") == 2
    assert await memories.open(0) is memory
    memories.close()


async def test_a_changelog_that_was_never_written_is_no_reason_to_wait(log: Log, opened: Open) -> None:
    store = opened()
    assert await log.recover(store) == 0
    assert (len(store), store.position) == (0, 0)


async def test_one_emptied_by_delete_records_is_no_reason_to_wait_either(log: Log, opened: Open) -> None:
    """faust-streaming #597: recovery of an emptied partition never came to an end."""
    await log.write(*entries(0, 10))
    await log.delete_before(10)
    store = opened()
    assert await log.recover(store) == 0
    assert (len(store), store.position) == (0, 10)
    await log.write(*entries(10, 12))
    assert await log.recover(store) == 2
    assert dict(store.items()) == await log.model()


async def test_a_start_that_moved_costs_what_lay_below_and_is_said(
    log: Log, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """faust-streaming #651, #176: the position was below the start."""
    await log.write(*entries(0, 4))
    await log.recover(opened())
    await log.write(*entries(4, 10))
    await log.delete_before(7)
    store = opened()
    assert await log.recover(store) == 3
    assert dict(store.items()) == dict(entries_as_bytes(7, 10))
    assert "begins at 7: what was deleted below is not remembered" in caplog.text


async def test_a_start_that_moved_below_our_position_costs_nothing(log: Log, opened: Open) -> None:
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.delete_before(10)
    store = opened()
    assert await log.recover(store) == 0
    assert len(store) == 10


async def test_a_local_state_ahead_of_the_changelog_is_told_in_one_line(log: Log, opened: Open) -> None:
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.recreate()
    await log.write(*entries(0, 4))
    with pytest.raises(ChangelogError) as told:
        await log.recover(opened())
    line = str(told.value)
    assert f"{log.topic}/0 ends at 4, but the local state has seen 10 records of it" in line
    assert "emptied or recreated" in line
    assert "delete the state directory" in line
    assert "\n" not in line


async def test_another_log_under_the_same_name_is_noticed_though_it_is_longer(log: Log, opened: Open) -> None:
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.recreate()
    await log.write(*entries(100, 120))
    store = opened()
    with pytest.raises(ChangelogError, match=r"holds another record at 9, .*: it was recreated"):
        await log.recover(store)
    assert dict(store.items()) == dict(entries_as_bytes(0, 10))


async def test_a_checkpoint_beyond_the_end_is_refused_and_deleting_the_state_helps(
    log: Log, opened: Open
) -> None:
    await log.write(*entries(0, 3))
    store = opened()
    store.reached(901)
    with pytest.raises(ChangelogError, match="ends at 3, but the local state has seen 901"):
        await log.recover(store)
    store.clear()
    assert await log.recover(store) == 3


async def test_a_local_state_that_was_away_too_long_is_read_anew(
    log: Log, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """Compaction has let go of the tombstones it missed: it would keep for ever what all others deleted."""
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.configure(delete_retention_ms="0", segment_ms="100", min_cleanable_dirty_ratio="0.01")
    await log.write(*((key, None) for key, _ in entries(0, 5)))
    await log.write(*entries(10, 12))
    store = opened()
    await log.recover(store)
    assert "is read anew: it was away for longer than deletions are kept" in caplog.text
    assert dict(store.items()) == await log.model()
    assert len(store) == 7


async def test_a_local_state_that_was_away_for_a_moment_is_kept(
    log: Log, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    await log.write(*entries(0, 10))
    await log.recover(opened())
    await log.write(("ar/003", None))
    store = opened()
    assert await log.recover(store) == 1
    assert "read anew" not in caplog.text
    assert dict(store.items()) == await log.model()


def entries_as_bytes(first: int, end: int) -> list[tuple[str, bytes]]:
    return [(key, value.encode()) for key, value in entries(first, end) if value is not None]
