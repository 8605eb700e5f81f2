"""The one question a starter asks a broker: which cluster are you? DescribeCluster (KIP-700), by hand.

By hand because it runs before anything else is imported, without an event loop, and against strangers:
whatever listens on the port answers, so every length is checked and every surprise is a ValueError.
"""

import socket
import struct
from dataclasses import dataclass

API_KEY = 60
MAX_ANSWER = 64 * 1024
_REQUEST = struct.pack(">hhih6sbbb", API_KEY, 0, 1, 6, b"marsad", 0, 0, 0)
"""Header v2 (api, version, correlation, client, no tags); body v0 (no authorized operations, no tags)."""


@dataclass(frozen=True, slots=True)
class ClusterView:
    """What a broker says of its cluster: the id, and the brokers it knows by number."""

    cluster_id: str
    brokers: tuple[int, ...]


def describe(host: str, port: int, timeout: float = 2.0) -> ClusterView:
    """Ask the broker at this address.

    Raises OSError where nothing answers in time, ValueError where what answers is not a Kafka we
    understand.
    """
    with socket.create_connection((host, port), timeout) as connection:
        connection.sendall(struct.pack(">i", len(_REQUEST)) + _REQUEST)
        (length,) = struct.unpack(">i", _exactly(connection, 4))
        if not 0 < length <= MAX_ANSWER:
            raise ValueError(f"what answers on {host}:{port} does not speak Kafka")
        return parse(_exactly(connection, length))


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise ConnectionError("the connection was closed before the answer was whole")
        parts += part
    return parts


class _Reader:
    """Reads Kafka's flexible encoding, never past the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise ValueError("the broker's answer is cut short")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big", signed=True)

    def varint(self) -> int:
        value = shift = 0
        while shift < 35:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise ValueError("the broker's answer holds an endless number")

    def text(self) -> str:
        length = self.varint()
        return self.take(length - 1).decode("utf-8") if length else ""

    def tags(self) -> None:
        for _ in range(self.varint()):
            self.varint()
            self.take(self.varint())


def parse(data: bytes) -> ClusterView:
    """Read the answer to the question. Raises ValueError where it is none."""
    answer = _Reader(data)
    answer.number(4)  # correlation id
    answer.tags()
    answer.number(4)  # throttle time
    error = answer.number(2)
    message = answer.text()
    if error:
        raise ValueError(f"the broker answers with error {error} {message}")
    cluster_id = answer.text()
    answer.number(4)  # controller
    return ClusterView(cluster_id, tuple(_broker(answer) for _ in range(answer.varint() - 1)))


def _broker(answer: _Reader) -> int:
    number = answer.number(4)
    answer.text()  # host
    answer.number(4)  # port
    answer.text()  # rack
    answer.tags()
    return number
