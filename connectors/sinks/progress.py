"""Which alerts of a partition are done with, as committed to the sink's group: an offset, and those beyond.

Alerts are delivered side by side, so one that waits (a receiver away,
quiet hours) does not hold up the others. The
committed offset is the first that is not done; those done beyond it stand in the commit's metadata, so that a
successor sends none of them again.
"""

from collections.abc import Iterable

MAX_METADATA = 3_000
"""Characters; the broker takes 4,096 bytes (offset.metadata.max.bytes)."""
MAX_AHEAD = 1_000_000
_MARK = "done:"


class Progress:
    """One partition: begin every offset in order, finish them in any."""

    def __init__(self, position: int, metadata: str = "") -> None:
        self._next = position
        self._open: dict[int, None] = {}
        self._done = _read(position, metadata)

    def begin(self, offset: int) -> bool:
        """Take the next record; False where it was done before."""
        self._next = offset + 1
        if offset in self._done:
            return False
        self._open[offset] = None
        return True

    def finish(self, offset: int) -> None:
        """Note that an alert is delivered, passed over or among the dead letters."""
        self._open.pop(offset, None)
        self._done.add(offset)

    @property
    def waiting(self) -> int:
        """Alerts begun and not finished."""
        return len(self._open)

    def commit(self) -> tuple[int, str]:
        """Give what to commit: the first offset not done, and those done beyond it."""
        position = next(iter(self._open), self._next)
        self._done = {offset for offset in self._done if offset >= position}
        return position, _written(position, self._done)


def _written(position: int, done: Iterable[int]) -> str:
    """Write offsets as `done:2,5-9`, from `position` on; what does not fit is left out and sent again."""
    text, separator = _MARK, ""
    ordered = sorted(done)
    start = 0
    while start < len(ordered):
        end = start
        while end + 1 < len(ordered) and ordered[end + 1] == ordered[end] + 1:
            end += 1
        first, last = ordered[start] - position, ordered[end] - position
        piece = f"{separator}{first}" if first == last else f"{separator}{first}-{last}"
        if len(text) + len(piece) > MAX_METADATA:
            break
        text, separator, start = text + piece, ",", end + 1
    return text if text != _MARK else ""


def _read(position: int, metadata: str) -> set[int]:
    done: set[int] = set()
    if not metadata.startswith(_MARK):
        return done
    for piece in metadata.removeprefix(_MARK).split(","):
        first, _, last = piece.partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()) or int(last or first) > MAX_AHEAD:
            return set()
        done.update(range(position + int(first), position + int(last or first) + 1))
    return done
