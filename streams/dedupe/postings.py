"""From a key to the newest articles that hold it: bands, anchors and terms alike, in one ring.

Every article takes one row of at most `WIDTH` keys of 32 bits. Rows stand in a ring in the order of
arrival; each key is linked to the one before it in its bucket, by its number, which only grows. So a row
falls away by raising `oldest`: links to anything older are dead ends, and nothing is moved or swept.
A key and its link stand side by side, so that a step along a chain is one look into memory, not two.
A million articles of 92 keys take 0.74 GB and their buckets 0.27 GB.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
Numbers = NDArray[np.int64]
Busy = dict[int, tuple[int, "array[int]"]]
"""Of a key how many of its cells at most, and which, the newest first."""

WIDTH = 92
_SMALLEST = 64
_SINGLY = 8
_CHUNK = 2_048
_FEW = 128
"""A step of all chains at once, by array, is worth its cost from so many on (measured 2026-11-22)."""
_BUSY, _MOST_BUSY = 6, 1 << 15
"""What all news shares is asked again and again, and its chains are the long ones: from so many rows on they
are remembered of a key, and at most of so many keys, in 300 bytes each."""
_LAST = 2**32 - 1
_HALF = np.uint64(32)
_UNKNOWN = (0, array("q"))
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Postings:
    """Rows are numbered from 1; numbers are handed out by `add` and stay valid until dropped."""

    def __init__(self, last_number: int = _LAST) -> None:
        self._last_number = last_number  # tests lower it, to see the numbers start anew
        self._capacity = _SMALLEST
        self._base = 0  # row numbers handed out are by so much greater than those in the ring
        self._oldest = 1
        self._next = 1
        self._linked = 1  # rows before it are linked
        self._waiting: list[Keys] = []
        self._busy: Busy = {}
        self._allocate()

    def __len__(self) -> int:
        return self._next - self._oldest

    def _allocate(self) -> None:
        cells = self._capacity * WIDTH
        self._bits = max(10, (cells // 2).bit_length())
        self._cells = np.zeros((cells, 2), np.uint32)
        self._keys, self._links = self._cells[:, 0], self._cells[:, 1]
        self._flat = self._cells.reshape(-1).data
        self._heads = np.zeros(1 << self._bits, np.uint32)

    def add(self, keys: Keys) -> int:
        """Append a row of at most `WIDTH` distinct keys; give its number.

        It is linked when keys are next asked for: a rebuild, which asks for none, links all rows but once,
        and those not at all that have been dropped by then.
        """
        if len(self) == self._capacity:
            self._rebuild(2 * self._capacity)
        if (self._next + 1) * WIDTH > self._last_number:
            self._rebuild(self._capacity)
        row = self._next
        self._next += 1
        self._waiting.append(keys)
        if len(self._waiting) == _CHUNK:
            self._write()
        return row + self._base

    def settle(self) -> None:
        """Write the waiting rows into the ring and link every row that is not linked yet."""
        if len(self._waiting) == self._next - self._linked <= _SINGLY:
            for row, keys in enumerate(self._waiting, self._linked):
                self._settle_one(row, keys)
            self._waiting = []
        elif self._linked < self._next:
            self._write()
            for start in range(max(self._linked, self._oldest), self._next, _CHUNK):
                self._link_rows(np.arange(start, min(start + _CHUNK, self._next), dtype=np.int64))
        self._linked = self._next

    def _settle_one(self, row: int, keys: Keys) -> None:
        start, first = (row % self._capacity) * WIDTH, row * WIDTH
        end = start + len(keys)
        self._keys[start:end] = keys
        self._keys[end : start + WIDTH] = 0
        self._link(keys, np.arange(first, first + len(keys), dtype=np.int64))
        busy = self._busy
        for number, key in enumerate(keys.tolist(), first):
            if key in busy:
                most, held = busy[key]
                held.insert(0, number)
                del held[most:]

    def _write(self) -> None:
        """Write the waiting rows into the ring."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        lengths = np.array([len(keys) for keys in waiting])
        rows = np.arange(self._next - len(waiting), self._next, dtype=np.int64) % self._capacity
        written = np.zeros((len(waiting), WIDTH), np.uint32)
        written[np.arange(WIDTH) < lengths[:, None]] = np.concatenate(waiting)
        self._keys.reshape(-1, WIDTH)[rows] = written

    def _link_rows(self, rows: Numbers) -> None:
        flat = self._keys.reshape(-1, WIDTH)[rows % self._capacity].ravel()
        numbers = (rows[:, None] * WIDTH + np.arange(WIDTH, dtype=np.int64)).ravel()
        used = flat != 0
        self._link(flat[used], numbers[used])
        self._busy = {}

    def drop_oldest(self) -> None:
        """Forget the oldest row."""
        self._oldest += 1

    def find(self, keys: Keys, newest: Numbers) -> tuple[Numbers, Numbers]:
        """Give (index into `keys`, row number) of the newest rows of each key, at most `newest` of it."""
        self.settle()
        dead = self._oldest * WIDTH
        which = np.arange(len(keys), dtype=np.int64)
        left = newest.copy()
        at = self._heads[self._bucket(keys)].astype(np.int64)
        hits: list[tuple[Numbers, Numbers]] = []
        from_heads = len(keys) <= _FEW
        while True:
            alive = at >= dead
            at, which = at[alive], which[alive]
            if len(at) <= _FEW:
                break
            place = at % len(self._keys)
            same = self._keys[place] == keys[which]
            if same.any():
                hits.append((which[same], at[same]))
                left[which[same]] -= 1
                wanted = left[which] > 0
                place, which = place[wanted], which[wanted]
            at = self._links[place].astype(np.int64)
        if len(at):
            busy = self._busy if from_heads else {}
            hits.append(self._follow(keys[which].tolist(), which, at.tolist(), left[which].tolist(), busy))
        if not hits:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        cells = np.concatenate([c for _, c in hits])
        return np.concatenate([w for w, _ in hits]), cells // WIDTH + self._base

    def _follow(
        self, keys: list[int], which: Numbers, heads: list[int], left: list[int], busy: Busy
    ) -> tuple[Numbers, Numbers]:
        """Walk the last few chains one by one, but for those of `busy` keys, which are remembered."""
        places, counts = array("q"), list[int]()
        dead, cells, values = self._oldest * WIDTH, self._flat, 2 * len(self._cells)
        for key, head, wanted in zip(keys, heads, left, strict=True):
            most, held = busy.get(key, _UNKNOWN)
            if most < wanted:
                held, at = array("q"), head
                while at >= dead and len(held) < wanted:
                    place = 2 * at % values
                    if cells[place] == key:
                        held.append(at)
                    at = cells[place + 1]
                if len(held) >= _BUSY:
                    _remember(busy, key, wanted, held)
            while held and held[-1] < dead:
                held.pop()
            newest = held if len(held) <= wanted else held[:wanted]
            places += newest
            counts.append(len(newest))
        return np.repeat(which, counts), np.frombuffer(places, np.int64)

    def _bucket(self, keys: Keys) -> NDArray[np.uint64]:
        return (keys.astype(np.uint64) * _MIX) >> np.uint64(64 - self._bits)

    def _link(self, keys: Keys, numbers: Numbers) -> None:
        """Link `numbers` (rising) into their buckets; several may fall into one bucket."""
        if not len(keys):
            return
        bucket = self._bucket(keys)
        if len(keys) > WIDTH:
            self._link_crowded(bucket, numbers)
            return
        before = self._heads[bucket]
        self._heads[bucket] = numbers
        if (self._heads[bucket] == numbers).all():  # no two in one bucket: nothing to put in order
            self._links[numbers % len(self._links)] = before
            return
        self._heads[bucket] = before
        self._link_crowded(bucket, numbers)

    def _link_crowded(self, bucket: NDArray[np.uint64], numbers: Numbers) -> None:
        """Link `numbers`, some of which share a bucket."""
        packed = bucket << _HALF | numbers.astype(np.uint64)
        packed.sort()
        bucket, numbers = packed >> _HALF, (packed & np.uint64(_LAST)).astype(np.int64)
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
        self._write()
        keys, old = self._keys.reshape(-1, WIDTH), self._capacity
        first, count = self._oldest, len(self)
        self._base += first - 1
        self._capacity, self._oldest, self._next, self._linked = capacity, 1, count + 1, 1
        self._allocate()
        self._busy = {}
        for start in range(0, count, _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, count), dtype=np.int64)
            self._keys.reshape(-1, WIDTH)[(1 + rows) % capacity] = keys[(first + rows) % old]


def _remember(busy: Busy, key: int, most: int, held: "array[int]") -> None:
    if len(busy) == _MOST_BUSY:
        busy.clear()
    busy[key] = (most, held)
