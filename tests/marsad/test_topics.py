"""The topics command and the check before a worker starts, on a real broker."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from events.topics import RAW, all_topics, changelog, changelogs, full_name
from marsad import topics
from marsad.errors import Failure
from tests.conftest import PARTITIONS


async def _until(
    client: AIOKafkaAdminClient, prefix: str, holds: Callable[[dict[str, topics.Found]], bool]
) -> None:
    """Wait until the broker's metadata shows a change we asked for."""
    async with asyncio.timeout(30):
        while not holds({one.name: one for one in await topics.look(client, topics.Wanted(prefix))}):
            await asyncio.sleep(0.05)


async def test_apply_creates_every_topic_of_the_table_with_its_policy(kafka: str, prefix: str) -> None:
    async with topics.admin({"bootstrap_servers": kafka}) as client:
        found = {one.name: one for one in await topics.look(client, topics.Wanted(prefix))}
    assert set(found) == {full_name(one, prefix) for one in all_topics()} | {
        one.name for one in changelogs(prefix)
    }
    assert all(one.partitions == PARTITIONS for one in found.values())
    for one in found.values():
        assert one.topic.config().items() <= one.config.items()
    assert found[changelog(prefix).name].config["cleanup.policy"] == "compact"
    assert await topics.check_partitions({"bootstrap_servers": kafka}, prefix) == PARTITIONS


async def test_apply_again_creates_nothing_and_keeps_the_count_that_is_there(kafka: str, prefix: str) -> None:
    options = {"bootstrap_servers": kafka}
    assert await topics.apply(options, topics.Wanted(prefix)) == ([], [])
    assert await topics.differences(options, topics.Wanted(prefix)) == []


async def test_apply_fills_gaps_and_reports_what_it_leaves(kafka: str, prefix: str) -> None:
    options, raw = {"bootstrap_servers": kafka}, full_name(RAW, prefix)
    async with topics.admin(options) as client:
        await client.delete_topics([raw])
        resource = ConfigResource(ConfigResourceType.TOPIC, prefix + "alerts.v1", {"retention.ms": "1000"})
        await client.alter_configs([resource])
        alerts = prefix + "alerts.v1"
        await _until(
            client,
            prefix,
            lambda found: found[raw].missing and found[alerts].config["retention.ms"] == "1000",
        )
    created, left = await topics.apply(options, topics.Wanted(prefix))
    assert created == [raw]
    assert [line for line in left if "alerts.v1: retention.ms is 1000" in line]
    assert await topics.check_partitions(options, prefix) == PARTITIONS


async def test_another_partition_count_is_named_and_never_changed(kafka: str, prefix: str) -> None:
    options, raw = {"bootstrap_servers": kafka}, full_name(RAW, prefix)
    _, left = await topics.apply(options, topics.Wanted(prefix, PARTITIONS + 1))
    assert f"{raw}: has {PARTITIONS} partitions, should have {PARTITIONS + 1}" in left
    async with topics.admin(options) as client:
        await client.create_partitions({raw: NewPartitions(PARTITIONS + 1)})
        await _until(client, prefix, lambda found: found[raw].partitions == PARTITIONS + 1)
    with pytest.raises(Failure, match=f"same number of partitions.*{raw} {PARTITIONS + 1}"):
        await topics.check_partitions(options, prefix)
    assert await topics.differences(options, topics.Wanted(prefix, PARTITIONS)) == [
        f"{raw}: has {PARTITIONS + 1} partitions, should have {PARTITIONS}"
    ]


async def test_a_missing_topic_stops_a_worker_with_the_fix(kafka: str) -> None:
    with pytest.raises(Failure, match="marsad topics apply"):
        await topics.check_partitions({"bootstrap_servers": kafka}, "nothing-here.")


async def test_auto_creation_is_off(kafka: str) -> None:
    async with topics.admin({"bootstrap_servers": kafka}) as client:
        await client.describe_topics(["nobody-made-this"])
        assert "nobody-made-this" not in await client.list_topics()


async def test_a_topic_the_broker_refuses_is_named(kafka: str) -> None:
    with pytest.raises(Failure, match="refuses topic"):
        await topics.apply({"bootstrap_servers": kafka}, topics.Wanted("refused.", 1, 3))


async def test_the_largest_dead_letter_fits(kafka: str, prefix: str) -> None:
    dead = RAW.dead_letters()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, max_request_size=2 * dead.max_bytes)
    async with producer:
        sent = await producer.send_and_wait(full_name(dead, prefix), b"x" * (dead.max_bytes - 1024))
    assert sent.offset == 0


def test_new_topics_take_the_brokers_own_replication() -> None:
    assert NewTopic("a", 1, topics.BROKER_DEFAULT, {}).replication_factor == -1
