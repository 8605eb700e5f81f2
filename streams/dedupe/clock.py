"""How far a record may move its shard's clock, by which memory is evicted.

A day at a time it moves freely. A leap needs witnesses: where several sources have been heard lately, the
clock follows the middle one of what each said last. So one feed dated 2099, whatever it sends, moves it a day
beyond the others at most, and a pipeline that slept for a month wakes when half of its sources have spoken.
A lone source moves it a day with each record.
"""

from collections import deque
from collections.abc import Callable, Iterable

HEARD = 64
"""The last records of a shard whose times count."""

Told = tuple[int, str, int]
"""Number of the entry, source, its own time in milliseconds."""


class Witnesses:
    """What the last records of a shard said the time was: those of them that are still in the store."""

    def __init__(self) -> None:
        self._told: deque[Told] = deque()

    def add(self, seq: int, source_id: str, at: int) -> None:
        """Hear the next record."""
        self._told.append((seq, source_id, at))
        while self._told[0][0] <= seq - HEARD:
            self._told.popleft()

    def drop(self, seq: int) -> None:
        """Forget an entry that leaves the store."""
        if self._told and seq >= self._told[0][0]:
            self._told = deque(told for told in self._told if told[0] != seq)

    def told(self) -> tuple[Told, ...]:
        """Give what they said, in order."""
        return tuple(self._told)


def moved(before: int, at: int, source_id: str, told: Callable[[], Iterable[Told]], step: int) -> int:
    """Give the clock after a record of `source_id` that says it is `at`; it never goes back."""
    if at <= before + step:
        return max(before, at)
    last = {source: time for _, source, time in told()} | {source_id: at}
    if len(last) == 1:
        return before + step
    times = sorted(last.values())
    return max(before, min(at, times[(len(times) - 1) // 2] + step))
