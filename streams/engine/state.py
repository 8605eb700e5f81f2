"""The state of one dedupe partition: RocksDB on disk, a changelog in Kafka, both awaited.

We keep our own store instead of a Faust table: Faust's recovery swallows errors and hangs on emptied or
trimmed changelogs (faust-streaming#597, #651, #176; docs/2026-11-22-engine.md). Writes go to the local
database at once and to the changelog as ordinary outputs of the event that caused them, so the ack
window waits for them like for everything else.
"""

import shutil
from collections.abc import Iterator, MutableMapping
from hashlib import blake2b
from pathlib import Path
from typing import cast

from rocksdict import AccessType, Options, Rdict, WriteBatch, WriteOptions

# NUL first: no entry key of ours starts with it, and it sorts before all of them.
POSITION_KEY = b"\x00changelog-position"
WRITE_BUFFER = 8 << 20
"""Bytes of recent writes that a partition keeps in memory; as many again while they go to disk."""
_BULK = WriteOptions()
setattr(_BULK, "disable_wal", True)  # noqa: B010 - a property, which the stub calls a method


def mark_of(key: bytes, value: bytes | None) -> bytes:
    """Give what a changelog record is known by: the log that holds another one here is another log."""
    return blake2b((value or b"") + b"\x00" + key, digest_size=8).hexdigest().encode()


class DamagedError(RuntimeError):
    """A database could not be read to its end."""


DAMAGE = ("Corruption", "No such file or directory")
"""How RocksDB's messages begin, or end, where files are not what it wrote; it raises plain `Exception`s."""


def is_damage(error: BaseException) -> bool:
    """Tell whether `error` says that a database's files are damaged, as opposed to a full disk or a bug."""
    if isinstance(error, DamagedError):
        return True
    return type(error) is Exception and any(sign in str(error) for sign in DAMAGE)


class PartitionStore(MutableMapping[str, bytes]):
    """The entries of one partition; `position` is the changelog offset up to which they are complete.

    `mark` is the mark of the record before `position`, None where it is not known. Every write is also
    remembered in `unsent`, until `take_unsent` hands it to the loop.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unsent: list[tuple[str, bytes | None]] = []
        self._open()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        # RocksDB keeps 1,000 of its own logs, one more for every opening; we open at every rebalance.
        options.set_keep_log_file_num(2)
        # RocksDB's 64 MB, twice, for every partition held: found in the soak (docs/2026-11-22-soak.md).
        options.set_write_buffer_size(WRITE_BUFFER)
        self._db = Rdict(str(self.path), options=options, access_type=AccessType.read_write())
        position, _, mark = bytes(self._db.get(POSITION_KEY) or b"0").partition(b" ")
        self.position, self.mark = int(position), mark or None

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
        """Give every entry in key order; one pass over the database, not a look-up each.

        Raises `DamagedError` where a damaged block ended the pass early.
        """
        key = b""
        # Raw mode gives bytes both ways; the stub names every type of the other mode.
        for key, value in cast(Iterator[tuple[bytes, bytes]], self._db.items()):
            if key != POSITION_KEY:
                yield key.decode(), value
        self._must_end_at(key)

    def _must_end_at(self, key: bytes) -> None:
        # rocksdict's iterator just ends at a block whose checksum is wrong, and tells nobody: found by
        # `make chaos`, as a memory that had lost its newer half and gave its numbers anew.
        last = self._db.iter()
        last.seek_to_last()
        try:
            last.status()
            end = bytes(last.key()) if last.valid() else b""
        except Exception as error:
            raise DamagedError(f"{self.path}: {error}") from error
        if end != key:
            raise DamagedError(f"{self.path} could be read up to {key!r} only, not to {end!r}")

    @property
    def buffered(self) -> int:
        """Bytes of writes that are held in memory."""
        return int(self._db.property_int_value("rocksdb.cur-size-all-mem-tables") or 0)

    def take_unsent(self) -> tuple[tuple[str, bytes | None], ...]:
        """Hand over the writes that no changelog record has been made for yet, in order."""
        taken, self._unsent = tuple(self._unsent), []
        return taken

    def restore(self, records: list[tuple[bytes, bytes | None]], position: int) -> None:
        """Apply changelog records in order, and remember that everything before `position` is in.

        Without a write-ahead log, which costs two thirds of the time: call `settle` after the last one.
        """
        batch = WriteBatch(raw_mode=True)
        for key, value in records:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(POSITION_KEY, self._stand(position, mark_of(*records[-1])))
        self._db.write(batch, _BULK)

    def settle(self) -> None:
        """Make what was restored durable, before anything is written that a crash could keep without it."""
        self._db.flush()

    def delivered(self, key: bytes, value: bytes | None, offset: int) -> None:
        """Remember that the changelog holds this write of ours at `offset`, where it goes on from `position`.

        Between them lies what another worker wrote while one of us was a zombie. This copy lacks it, so the
        position stays below it, and the next opening reads it: found by `make chaos`.
        """
        if offset == self.position:
            self._db[POSITION_KEY] = self._stand(offset + 1, mark_of(key, value))

    def reached(self, position: int) -> None:
        """Remember that everything before `position` is in: above the last record may lie compacted ones."""
        if position > self.position:
            self._db[POSITION_KEY] = self._stand(position, self.mark or b"")

    def _stand(self, position: int, mark: bytes) -> bytes:
        self.position, self.mark = position, mark or None
        return b"%d %s" % (position, mark)

    def clear(self) -> None:
        """Throw everything away and begin anew, as if the directory had been lost."""
        self.close()
        shutil.rmtree(self.path)
        self._open()

    def close(self) -> None:
        """Give the directory back, so that another worker of this host may open it."""
        self._db.close()
