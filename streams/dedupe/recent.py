"""The values used last, so that what is met again at once is not read, unpacked and split anew.

Only for values that follow from their keys: forgetting one, or not, changes no decision.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most twice `room` in weight, in two generations: when the young one is full, the old one goes."""

    def __init__(self, room: int) -> None:
        self._room, self._weight = room, 0
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}

    def get(self, key: K) -> V | None:
        """Give the value at `key`, if it is remembered; it is young again."""
        held = self._young.get(key)
        if held is None:
            held = self._old.get(key)
            if held is None:
                return None
            self.put(key, *held)
        return held[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Remember `value`."""
        if self._weight + weight > self._room:
            self._young, self._old, self._weight = {}, self._young, 0
        self._young[key] = (value, weight)
        self._weight += weight

    def discard(self, key: K) -> None:
        """Forget `key`."""
        self._young.pop(key, None)
        self._old.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old, self._weight = {}, {}, 0
