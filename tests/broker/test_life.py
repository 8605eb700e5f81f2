"""The embedded broker's life: ready, orderly stop, death of either side, and coming back."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import group_coordinator
from aiokafka.errors import NotCoordinatorForGroupError
from aiokafka.protocol.commit import OffsetFetchRequest

from connectors.committed import committed
from marsad import topics
from marsad.errors import Failure
from marsad.kafka import EmbeddedKafka, store
from marsad.kafka.ports import HOST, free_port
from marsad.kafka.wire import describe
from streams.engine.offsetfetch import FetchByPartition
from tests.broker.command import BrokerCommand, alive, await_true

ORPHAN_SECONDS = 8.0


async def _apply(address: tuple[str, int]) -> list[str]:
    created, _ = await topics.apply(
        {"bootstrap_servers": f"{address[0]}:{address[1]}"}, topics.Wanted("t.", 1)
    )
    return created


async def test_broker_serves_and_comes_back_on_same_data_and_port_whatever_was_killed(tmp_path: Path) -> None:
    port = free_port()
    with BrokerCommand(tmp_path, "--port", str(port)) as first:
        assert first.ready() == (HOST, port)
        assert len(await _apply((HOST, port))) > 10
        (java,) = first.java()
        os.kill(java, signal.SIGKILL)
        code, errors = first.end()
        assert code == 1
        assert "Traceback" not in errors and "ended by itself" in errors

    with BrokerCommand(tmp_path, "--port", str(port)) as second:
        assert second.ready() == (HOST, port)
        assert await _apply((HOST, port)) == [], "the topics of before are still there"
        (java,) = second.java()
        second.process.kill()  # nobody reaps it before the next start: a zombie does not hold the data
        with BrokerCommand(tmp_path) as third:  # no port given: that of the last run
            assert third.ready() == (HOST, port)
            assert not alive(java)
            assert await _apply((HOST, port)) == []
            third.process.send_signal(signal.SIGTERM)
            assert third.end()[0] == 0
            assert third.java() == []


def test_java_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    with BrokerCommand(tmp_path) as broker:
        broker.ready()
        (java,) = broker.java()
        broker.process.kill()
        await_true(lambda: not alive(java), ORPHAN_SECONDS, "java ends after kill -9 of its starter")


def test_java_ends_when_its_starter_is_killed_before_it_serves(tmp_path: Path) -> None:
    with BrokerCommand(tmp_path) as broker:
        await_true(lambda: len(broker.java()) == 1, 60, "java is started")
        (java,) = broker.java()
        broker.process.kill()
        await_true(lambda: not alive(java), ORPHAN_SECONDS, "java ends after kill -9 of its starter")


def test_interrupt_stops_in_order(tmp_path: Path) -> None:
    with BrokerCommand(tmp_path) as broker:
        broker.ready()
        (java,) = broker.java()
        broker.process.send_signal(signal.SIGINT)
        code, errors = broker.end()
        assert code == 0, errors
        assert not alive(java)
        assert (tmp_path / "kafka/node-1/records/.kafka_cleanshutdown").exists()


def test_ready_means_that_our_own_cluster_answers(tmp_path: Path) -> None:
    said: list[str] = []
    with EmbeddedKafka(tmp_path / "مرصد, بيانات", say=said.append) as broker:
        node = broker.processes[0].node
        assert describe(HOST, node.port).cluster_id == broker.cluster_id
        with pytest.raises(Failure, match=f"port {node.port} .* answers as Kafka cluster"):
            broker.processes[0].await_ready("another-cluster-id-0000", 1, time.monotonic() + 10)


def test_a_data_directory_has_one_broker_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "kafka"
    store.prepare(folder)
    held = store.lock(folder, lambda line: None)
    said: list[str] = []
    with pytest.raises(Failure, match="another embedded Kafka is using"):
        store.lock(folder, said.append, wait=0.2)
    assert len(said) == 1 and "waiting" in said[0]
    store.unlock(held)
    store.unlock(store.lock(folder, said.append, wait=0.2))


def test_records_of_another_cluster_are_refused(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path, say=lambda line: None):
        pass
    (tmp_path / "kafka/cluster.id").write_text("AAAAAAAAAAAAAAAAAAAAAA\n")
    with BrokerCommand(tmp_path) as broker:
        code, errors = broker.end()
    assert code == 1
    assert "belong to Kafka cluster" in errors and "AAAAAAAAAAAAAAAAAAAAAA" in errors and "--data" in errors


async def test_a_kept_broker_comes_back_by_itself_on_its_port(tmp_path: Path) -> None:
    said: list[str] = []
    async with EmbeddedKafka(tmp_path, say=said.append) as broker:
        keeper = asyncio.create_task(broker.keep())
        address, (java,) = broker.address, broker.pids
        os.kill(java, signal.SIGKILL)
        async with asyncio.timeout(60):
            while f"Kafka serves again at {address}" not in said:
                await asyncio.sleep(0.05)
        assert len(await topics.apply({"bootstrap_servers": address}, topics.Wanted("t.", 1))) == 2
        assert broker.pids not in ([], [java])
        keeper.cancel()


async def _at_a_node_that_does_not_coordinate(consumer: AIOKafkaConsumer, place: TopicPartition) -> Any:
    """Ask for what is committed at a node that is not the coordinator; give what aiokafka made of it."""
    coordinator = consumer._coordinator
    coordinator.coordinator_id = coordinator.coordinator_id % 3 + 1
    return await coordinator._do_fetch_commit_offsets([place])


async def _offsets_are_not_forgotten_where_the_coordinator_moved(address: str) -> None:
    place = TopicPartition("t.articles.raw.v1", 0)
    options = {"bootstrap_servers": address}
    async with AIOKafkaConsumer(**options, group_id="moved", enable_auto_commit=False) as consumer:
        consumer.assign([place])
        await consumer.commit({place: 7})
        with pytest.MonkeyPatch.context() as patch:
            # Another test of this process may have built an app, which mends it for good.
            patch.setattr(group_coordinator, "OffsetFetchRequest", OffsetFetchRequest)
            assert await _at_a_node_that_does_not_coordinate(consumer, place) == {}, "aiokafka is mended"
            patch.setattr(group_coordinator, "OffsetFetchRequest", FetchByPartition)
            await consumer.committed(place)  # finds the coordinator again
            with pytest.raises(NotCoordinatorForGroupError):
                await _at_a_node_that_does_not_coordinate(consumer, place)
            assert await consumer.committed(place) == 7
    found = await committed(options, "moved")
    assert {place: found[place].offset} == {place: 7}


async def test_three_nodes_keep_three_copies_and_survive_the_loss_of_one(tmp_path: Path) -> None:
    said: list[str] = []
    async with EmbeddedKafka(tmp_path, nodes=3, say=said.append) as broker:
        options = {"bootstrap_servers": broker.address}
        await topics.apply(options, topics.Wanted("t.", 1))
        async with topics.admin(options) as client:
            assert {one.replication for one in await topics.look(client, topics.Wanted("t."))} == {3}
        await _offsets_are_not_forgotten_where_the_coordinator_moved(broker.address)
        os.kill(broker.pids[0], signal.SIGKILL)
        await_true(lambda: broker.ended() == [1], 10, "the loss of node 1 is seen")
        survivors = broker.address.split(",", 1)[1]
        assert await topics.differences({"bootstrap_servers": survivors}, topics.Wanted("t.")) == []
    with pytest.raises(Failure, match="holds a cluster of 3"):
        EmbeddedKafka(tmp_path, say=said.append).start()


def test_watchdog_needs_nothing_of_ours() -> None:
    source = Path(sys.modules["marsad.kafka.watchdog"].__file__ or "").read_text()
    assert "marsad" not in source, "it runs isolated, without site-packages"
