"""What the loop takes from Kafka and gives back to it, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass

from events.wire import ORIGIN_HEADER

Header = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as it stood in the log; `timestamp_ms` since the epoch, headers in their order."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()

    @property
    def position(self) -> str:
        """Where it stands: `TOPIC/PARTITION/OFFSET`."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def header(self, name: str) -> str | None:
        """Give the last header of that name as text, or None."""
        found = [value for header, value in self.headers if header == name]
        return found[-1].decode("utf-8", "replace") if found and found[-1] is not None else None

    @property
    def origin(self) -> str:
        """The raw record it comes from; a record that names none is its own origin."""
        return self.header(ORIGIN_HEADER) or self.position


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to be delivered before its cause is acknowledged.

    `partition` None leaves the choice to murmur2 over the key; `on_delivered` gets its offset.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()
    partition: int | None = None
    on_delivered: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True)
class Handled:
    """What a stage made of one record: its outputs, and one word for the counters.

    `fetched` is set by the stage at the end of the way: when a connector fetched what is now enriched, in
    seconds since 1970.
    """

    outgoing: tuple[Outgoing, ...]
    outcome: str
    fetched: float | None = None
