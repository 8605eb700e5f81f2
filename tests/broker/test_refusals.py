"""What the embedded broker says when it cannot start: one paragraph, the thing and the fix, exit code 1."""

import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad.errors import Failure
from marsad.kafka import EmbeddedKafka, store, wire
from marsad.kafka.ports import FREE_RANGE, HOST, claim, free_port, is_free
from tests.broker.command import BrokerCommand


def test_a_taken_port_is_named_with_the_fix(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as holder:
        port = holder.getsockname()[1]
        with BrokerCommand(tmp_path, "--port", str(port)) as broker:
            code, errors = broker.end()
    assert code == 1
    assert f"port {port}" in errors and "is taken" in errors and "--port" in errors
    assert "Traceback" not in errors and len(errors.splitlines()) == 1


def test_a_data_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with BrokerCommand(tmp_path / "file" / "data") as broker:
        code, errors = broker.end()
    assert code == 1
    assert str(tmp_path / "file" / "data") in errors and "--data" in errors and "Traceback" not in errors


def test_a_full_disk_is_refused_before_kafka_finds_it(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"only \d+ MB free .* Free some room"):
        store.prepare(tmp_path, least_room=10**18)


def test_ports_are_told_apart() -> None:
    with socket.create_server((HOST, 0)) as holder:
        taken = holder.getsockname()[1]
        assert not is_free(taken)
        with pytest.raises(Failure, match=str(taken)):
            claim(taken)
    first = free_port()
    assert first in FREE_RANGE and claim(first) == first
    assert free_port({first}) != first


def test_unreadable_port_memory_is_no_memory(tmp_path: Path) -> None:
    for content in ("", "{", "[]", '{"1": 99999}', '{"one": 1}'):
        (tmp_path / "ports.json").write_text(content)
        assert store.recall_ports(tmp_path) == {}


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\x00\x00\x02hi", b"\x7f\xff\xff\xff"]
)
def test_what_does_not_speak_kafka_is_a_value_error(answer: bytes) -> None:
    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=_answer_once, args=(server, answer))
        thread.start()
        with pytest.raises(ValueError, match=r"speak Kafka|cut short"):
            wire.describe(HOST, server.getsockname()[1])
        thread.join()


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1024)
        connection.sendall(answer)


@given(st.binary(max_size=300))
def test_any_answer_is_understood_or_refused(answer: bytes) -> None:
    try:
        view = wire.parse(answer)
    except ValueError:
        return
    assert isinstance(view.cluster_id, str)


def test_a_kafka_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path, say=lambda line: None):
        pass
    (tmp_path / "kafka/node-1/records/__cluster_metadata-0/quorum-state").write_text("{broken")
    with BrokerCommand(tmp_path) as broker:
        code, errors = broker.end()
    assert code == 1
    assert "ended by itself" in errors and "kafka.log" in errors and "quorum-state" in errors
    assert "\tat " not in errors and "INFO" not in errors
