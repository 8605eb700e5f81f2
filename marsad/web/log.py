"""What the page remembers of one topic: its last records, bounded by number and bytes, in their own order.

Nothing here knows Kafka or HTTP; records come in with their position, readers ask from a position on.
"""

from bisect import insort
from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

Position = dict[int, int]
"""Last offset seen, by partition."""


class Line(Protocol):
    """One record as it is kept: where it stands in its topic, and where among its neighbours."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset there."""

    @property
    def size(self) -> int:
        """Its bytes on the topic."""

    @property
    def identity(self) -> str:
        """What a redelivery shares with it."""

    @property
    def order(self) -> tuple[Any, ...]:
        """What is sorted by: later is newer."""


T = TypeVar("T", bound=Line)


class Log(Generic[T]):
    """The last records; adding one that is known already (a redelivery) changes nothing."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self.connected = False
        self.version = 0
        """Goes up with everything that changes what a reader sees."""
        self.position: Position = {}
        self.forgotten: Position = {}
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lines: list[T] = []
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._lines)

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._lines)

    def add(self, new: T) -> bool:
        """Take in a record; False where it is known already."""
        self.position[new.partition] = max(new.offset, self.position.get(new.partition, -1))
        if new.identity in self._known:
            return False
        insort(self._lines, new, key=lambda known: known.order)
        self._known.add(new.identity)
        self._bytes += new.size
        self.version += 1
        self._evict()
        return True

    def clear(self) -> None:
        """Forget everything: the log that it came from is another one now."""
        self._lines.clear()
        self._known.clear()
        self._bytes = 0
        self.version += 1
        self.position, self.forgotten = {}, {}

    def _evict(self) -> None:
        while len(self._lines) > self._most or (self._bytes > self._most_bytes and self._lines):
            gone = self._lines.pop(0)
            self._bytes -= gone.size
            self._known.discard(gone.identity)
            self.forgotten[gone.partition] = max(gone.offset, self.forgotten.get(gone.partition, -1))

    def after(self, position: Position) -> list[T]:
        """Give what came after `position`, each partition in its own order; unknown partitions whole."""
        fresh = (known for known in self._lines if known.offset > position.get(known.partition, -1))
        return sorted(fresh, key=lambda known: (known.offset, known.partition))

    def has_forgotten(self, position: Position) -> bool:
        """Say whether a reader at `position` must reload.

        Either something after it is no longer here, or it lies ahead of us, in a log that is gone.
        """
        gone = any(offset > position.get(partition, -1) for partition, offset in self.forgotten.items())
        ahead = any(offset > self.position.get(partition, -1) for partition, offset in position.items())
        return gone or ahead
