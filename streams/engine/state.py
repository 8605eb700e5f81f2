"""The state of one dedupe partition: RocksDB on disk, a changelog in Kafka, both awaited.

We keep our own store instead of a Faust table: Faust's recovery swallows errors and hangs on emptied or
trimmed changelogs (faust-streaming#597, #651, #176; docs/2026-11-22-engine.md). Writes go to the local
database at once and to the changelog as ordinary outputs of the event that caused them, so the ack
window waits for them like for everything else.
"""

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import cast

from rocksdict import AccessType, Options, Rdict, WriteBatch

# NUL first: no entry key of ours starts with it, and it sorts before all of them.
POSITION_KEY = b"\x00changelog-position"


DAMAGE = ("Corruption", "No such file or directory")
"""How RocksDB's messages begin, or end, where files are not what it wrote; it raises plain `Exception`s."""


def is_damage(error: BaseException) -> bool:
    """Tell whether `error` says that a database's files are damaged, as opposed to a full disk or a bug."""
    return type(error) is Exception and any(sign in str(error) for sign in DAMAGE)


class PartitionStore(MutableMapping[str, bytes]):
    """The entries of one partition; `position` is the changelog offset up to which they are complete.

    Every write is also remembered in `unsent`, until `take_unsent` hands it to the loop.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        self._db = Rdict(str(path), options=options, access_type=AccessType.read_write())
        self._unsent: list[tuple[str, bytes | None]] = []
        stored = self._db.get(POSITION_KEY)
        self.position = int(stored) if stored is not None else 0

    def __getitem__(self, key: str) -> bytes:
        value = self._db.get(key.encode())
        if value is None:
            raise KeyError(key)
        return bytes(value)

    def __setitem__(self, key: str, value: bytes) -> None:
        self._db[key.encode()] = value
        self._unsent.append((key, value))

    def __delitem__(self, key: str) -> None:
        # No read before it: a tombstone for an absent key is harmless, and a replay may send one.
        self._db.delete(key.encode())
        self._unsent.append((key, None))

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.items())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]
        """Give every entry in key order; one pass over the database, not a look-up each."""
        # Raw mode gives bytes both ways; the stub names every type of the other mode.
        for key, value in cast(Iterator[tuple[bytes, bytes]], self._db.items()):
            if key != POSITION_KEY:
                yield key.decode(), value

    def take_unsent(self) -> tuple[tuple[str, bytes | None], ...]:
        """Hand over the writes that no changelog record has been made for yet, in order."""
        taken, self._unsent = tuple(self._unsent), []
        return taken

    def restore(self, records: list[tuple[bytes, bytes | None]], position: int) -> None:
        """Apply changelog records in order, and remember that everything before `position` is in."""
        batch = WriteBatch(raw_mode=True)
        for key, value in records:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(POSITION_KEY, str(position).encode())
        self._db.write(batch)
        self.position = position

    def delivered(self, offset: int) -> None:
        """Remember that the changelog holds our writes up to `offset`."""
        if offset >= self.position:
            self.position = offset + 1
            self._db[POSITION_KEY] = str(self.position).encode()

    def close(self) -> None:
        """Give the directory back, so that another worker of this host may open it."""
        self._db.close()
