"""From a key to the newest articles that hold it: bands, anchors and terms alike, in one ring.

Every article takes one row of at most `WIDTH` keys of 32 bits. Rows stand in a ring in the order of
arrival; each key is linked to the one before it in its bucket, by its number, which only grows. So a row
falls away by raising `oldest`: links to anything older are dead ends, and nothing is moved or swept.
A million articles of 92 keys take 0.74 GB and their buckets 0.27 GB.
"""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
Numbers = NDArray[np.int64]

WIDTH = 92
_SMALLEST = 64
_CHUNK = 2_048
_LAST = 2**32 - 1
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Postings:
    """Rows are numbered from 1; numbers are handed out by `add` and stay valid until dropped."""

    def __init__(self, last_number: int = _LAST) -> None:
        self._last_number = last_number  # tests lower it, to see the numbers start anew
        self._capacity = _SMALLEST
        self._base = 0  # row numbers handed out are by so much greater than those in the ring
        self._oldest = 1
        self._next = 1
        self._allocate()

    def __len__(self) -> int:
        return self._next - self._oldest

    def _allocate(self) -> None:
        cells = self._capacity * WIDTH
        self._bits = max(10, (cells // 2).bit_length())
        self._keys = np.zeros(cells, np.uint32)
        self._links = np.zeros(cells, np.uint32)
        self._heads = np.zeros(1 << self._bits, np.uint32)

    def add(self, keys: Keys) -> int:
        """Append a row of at most `WIDTH` distinct keys; give its number."""
        if len(self) == self._capacity:
            self._rebuild(2 * self._capacity)
        if (self._next + 1) * WIDTH > self._last_number:
            self._rebuild(self._capacity)
        row = self._next
        self._next += 1
        start = (row % self._capacity) * WIDTH
        self._keys[start : start + WIDTH] = 0
        self._keys[start : start + len(keys)] = keys
        self._link(keys, row * WIDTH + np.arange(len(keys), dtype=np.int64))
        return row + self._base

    def drop_oldest(self) -> None:
        """Forget the oldest row."""
        self._oldest += 1

    def find(self, keys: Keys, newest: Numbers) -> tuple[Numbers, Numbers]:
        """Give (index into `keys`, row number) of the newest rows of each key, at most `newest` of it."""
        dead = self._oldest * WIDTH
        cells = len(self._keys)
        which = np.arange(len(keys), dtype=np.int64)
        left = newest.copy()
        at = self._heads[self._bucket(keys)].astype(np.int64)
        hits: list[tuple[Numbers, Numbers]] = []
        while True:
            alive = at >= dead
            at, which = at[alive], which[alive]
            if not len(at):
                break
            place = at % cells
            same = self._keys[place] == keys[which]
            if np.count_nonzero(same):
                hits.append((which[same], at[same] // WIDTH))
                left[which[same]] -= 1
                wanted = left[which] > 0
                place, which = place[wanted], which[wanted]
            at = self._links[place].astype(np.int64)
        if not hits:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate([w for w, _ in hits]), np.concatenate([r for _, r in hits]) + self._base

    def _bucket(self, keys: Keys) -> NDArray[np.uint64]:
        return (keys.astype(np.uint64) * _MIX) >> np.uint64(64 - self._bits)

    def _link(self, keys: Keys, numbers: Numbers) -> None:
        """Link `numbers` (rising) into their buckets; several may fall into one bucket."""
        if not len(keys):
            return
        bucket = self._bucket(keys)
        order = np.argsort(bucket, kind="stable")
        bucket, numbers = bucket[order], numbers[order]
        first = np.ones(len(bucket), bool)
        first[1:] = bucket[1:] != bucket[:-1]
        before = np.empty(len(bucket), np.int64)
        before[1:] = numbers[:-1]
        before[first] = self._heads[bucket[first]]
        self._links[numbers % len(self._links)] = before
        last = np.append(first[1:], True)
        self._heads[bucket[last]] = numbers[last]

    def _rebuild(self, capacity: int) -> None:
        """Lay the rows out anew, numbered from 1: when the ring is full, or the numbers run out."""
        keys, old = self._keys.reshape(-1, WIDTH), self._capacity
        first, count = self._oldest, len(self)
        self._base += first - 1
        self._capacity, self._oldest, self._next = capacity, 1, count + 1
        self._allocate()
        for start in range(0, count, _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, count), dtype=np.int64)
            self._copy(keys[(first + rows) % old], 1 + rows)

    def _copy(self, keys: Keys, rows: Numbers) -> None:
        self._keys.reshape(-1, WIDTH)[rows % self._capacity] = keys
        numbers = (rows[:, None] * WIDTH + np.arange(WIDTH, dtype=np.int64)).ravel()
        flat = keys.ravel()
        used = flat != 0
        self._link(flat[used], numbers[used])
