"""A map from 64-bit digests to sequence numbers in 16 bytes a slot.

A million entries take 32 MB, where a dict of ints takes about 120 MB. Open addressing with linear
probing; deleting moves later entries back, so that no graves pile up under a sliding window.
"""

from array import array
from hashlib import blake2b
from struct import Struct

import numpy as np
from numpy.typing import NDArray

_SMALLEST = 64
_LENGTH, _NUMBER = Struct("<I").pack, Struct("<Q").unpack


def key64(*parts: str) -> int:
    """Give a digest of `parts` in 64 bits, never 0; the same on every machine."""
    data = b""
    for part in parts:
        written = part.encode("utf-8", "surrogatepass")
        data += _LENGTH(len(written)) + written
    return _NUMBER(blake2b(data, digest_size=8).digest())[0] or 1


class Table:
    """Keys are digests (never 0), values are unsigned 64-bit numbers."""

    def __init__(self) -> None:
        self._clear(_SMALLEST)

    def __len__(self) -> int:
        return self._used

    @classmethod
    def of(cls, keys: NDArray[np.uint64], values: NDArray[np.uint64]) -> "Table":
        """Give the table of `keys` (never 0), each with the greatest of its `values`."""
        order = np.lexsort((values, keys))
        keys, values = keys[order], values[order]
        last = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
        table = cls()
        table._lay_out(keys[last], values[last])
        return table

    def _lay_out(self, keys: NDArray[np.uint64], values: NDArray[np.uint64]) -> None:
        """Fill the empty table with `keys`, each once: in the order of their slots, as if put one by one."""
        size = _SMALLEST
        while len(keys) * 5 > size * 3:
            size *= 2
        self._clear(size)
        home = (keys & np.uint64(size - 1)).astype(np.int64)
        order = np.argsort(home, kind="stable")
        place = np.arange(len(keys))
        slots = np.maximum.accumulate(home[order] - place) + place
        inside = slots < size
        np.frombuffer(self._keys, np.uint64)[slots[inside]] = keys[order[inside]]
        np.frombuffer(self._values, np.uint64)[slots[inside]] = values[order[inside]]
        self._used = int(inside.sum())
        for at in order[~inside].tolist():  # what runs over the end begins anew at the start
            self.put(int(keys[at]), int(values[at]))

    def _clear(self, size: int) -> None:
        self._mask = size - 1
        self._keys = array("Q", bytes(8 * size))
        self._values = array("Q", bytes(8 * size))
        self._used = 0

    def _slot(self, key: int) -> int:
        keys, mask = self._keys, self._mask
        slot = key & mask
        while keys[slot] not in (0, key):
            slot = (slot + 1) & mask
        return slot

    def get(self, key: int) -> int | None:
        """Give the value at `key`, or None."""
        slot = self._slot(key)
        return self._values[slot] if self._keys[slot] else None

    def put(self, key: int, value: int) -> None:
        """Set the value at `key`."""
        slot = self._slot(key)
        if not self._keys[slot]:
            self._used += 1
            self._keys[slot] = key
        self._values[slot] = value
        if self._used * 5 > (self._mask + 1) * 3:
            self._grow()

    def raise_to(self, key: int, value: int) -> None:
        """Set the value at `key` unless a greater one stands there."""
        slot = self._slot(key)
        if not self._keys[slot]:
            self.put(key, value)
        elif self._values[slot] < value:
            self._values[slot] = value

    def discard(self, key: int, value: int) -> None:
        """Forget `key` if its value is `value`."""
        slot = self._slot(key)
        if self._keys[slot] and self._values[slot] == value:
            self._close_gap(slot)
            self._used -= 1

    def _close_gap(self, gap: int) -> None:
        """Empty `gap` and move back every later entry that would no longer be found (Knuth 6.4 R)."""
        keys, values, mask = self._keys, self._values, self._mask
        slot = gap
        while True:
            keys[gap] = 0
            while True:
                slot = (slot + 1) & mask
                if not keys[slot]:
                    return
                home = keys[slot] & mask
                if not (gap < home <= slot or slot < gap < home or home <= slot < gap):
                    break
            keys[gap], values[gap] = keys[slot], values[slot]
            gap = slot

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._clear(2 * len(keys))
        for key, value in zip(keys, values, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._values[slot] = key, value
                self._used += 1
