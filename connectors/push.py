"""`marsad push`: raw articles from archives into Kafka, going on where the last call stopped.

How far a file has come is remembered for each file, cluster and topic, and moves only when the broker has
acknowledged what stands before it. A file that grew is pushed from where it ended; one that was replaced
by another (its beginning differs) is begun anew.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from connectors.archive import Line, decompressed, read_stream
from connectors.feeds.source import Refusal
from connectors.publish import AT_ONCE, Publisher, Record, raw_record
from connectors.whole import write_whole
from events.identity import digest

_HEAD = 4_096
_BATCH_BYTES = 8 * 1024 * 1024


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file has been pushed: `offset`, `lines` of its plain bytes; `head` tells which file it is."""

    file: str
    topic: str
    head: str
    head_size: int
    offset: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one call did with one file: records sent, lines refused, lines left behind as sent before."""

    sent: int
    refused: int
    before: int


class Progresses:
    """Progress records in a folder, one file each, written whole."""

    def __init__(self, folder: Path, cluster: str, topic: str) -> None:
        self._folder = folder
        self._cluster = cluster
        self._topic = topic

    def load(self, path: Path) -> Progress | None:
        """Give how far `path` has come, or None where nothing (of this very file) is known."""
        try:
            progress = msgspec.json.decode(self._file(path).read_bytes(), type=Progress)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        head, size = _head(path, progress.head_size)
        return progress if (head, size) == (progress.head, progress.head_size) else None

    def save(self, path: Path, progress: Progress) -> None:
        """Remember; raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._file(path), msgspec.json.encode(progress))

    def fresh(self, path: Path) -> Progress:
        """Give the progress of a file of which nothing has been pushed."""
        head, size = _head(path, _HEAD)
        return Progress(file=str(path), topic=self._topic, head=head, head_size=size)

    def _file(self, path: Path) -> Path:
        return self._folder / f"{digest('push', self._cluster, self._topic, str(path.resolve()))}.json"


def _head(path: Path, size: int) -> tuple[str, int]:
    """Give a digest of the first plain bytes, and of how many: a file that grows keeps it."""
    with path.open("rb") as file:
        try:
            head = decompressed(file).read(size)
        except Exception as error:
            if isinstance(error, MemoryError):
                raise
            head = b""
    return hashlib.blake2b(head, digest_size=16).hexdigest(), len(head)


async def push_file(
    path: Path,
    publisher: Publisher,
    topic: str,
    progresses: Progresses,
    *,
    on_refusal: Callable[[Refusal], None],
    restart: bool = False,
) -> Pushed:
    """Push one file; refusals of it and its lines go to `on_refusal`. Raises `BrokerAway`, `NoTopic`."""
    try:
        known = None if restart else progresses.load(path)
        progress = known or progresses.fresh(path)
    except (OSError, ValueError) as error:
        on_refusal(
            Refusal(str(path), f"cannot be read: {getattr(error, 'strerror', None) or 'no valid path'}")
        )
        return Pushed(0, 1, 0)
    run = _Run(path, publisher, topic, progresses, progress, on_refusal)
    with path.open("rb") as file:
        for line in read_stream(file, str(path), progress.offset, progress.lines):
            await run.take(line)
    await run.flush()
    return Pushed(run.sent, run.refused, progress.lines)


class _Run:
    """One file on its way: records gather, go out together, and only then is the offset remembered."""

    def __init__(
        self,
        path: Path,
        publisher: Publisher,
        topic: str,
        progresses: Progresses,
        progress: Progress,
        on_refusal: Callable[[Refusal], None],
    ) -> None:
        self.sent = 0
        self.refused = 0
        self._path = path
        self._publisher = publisher
        self._topic = topic
        self._progresses = progresses
        self._progress = progress
        self._on_refusal = on_refusal
        self._waiting: list[tuple[int, Record]] = []
        self._bytes = 0
        self._reached = (progress.offset, progress.lines)

    async def take(self, line: Line) -> None:
        if line.refusal:
            self.refused += 1
            self._on_refusal(line.refusal)
        if line.number and (line.ended or line.article):
            # A refused last line without its end may still be being written: it is read again next time.
            self._reached = (line.end, line.number)
        if line.article:
            record = raw_record(line.article, line.data)
            self._waiting.append((line.number, record))
            self._bytes += len(record.value or b"")
        if len(self._waiting) >= AT_ONCE or self._bytes >= _BATCH_BYTES:
            await self.flush()

    async def flush(self) -> None:
        """Send what waits; then remember how far that was."""
        too_large = await self._publisher.publish(self._topic, [record for _, record in self._waiting])
        for position in too_large:
            self.refused += 1
            number = self._waiting[position][0]
            self._on_refusal(Refusal(f"{self._path}:{number}", "too large: the broker does not take it"))
        self.sent += len(self._waiting) - len(too_large)
        self._waiting.clear()
        self._bytes = 0
        offset, lines = self._reached
        self._progresses.save(self._path, msgspec.structs.replace(self._progress, offset=offset, lines=lines))


async def push(
    paths: list[Path],
    publisher: Publisher,
    topic: str,
    folder: Path,
    *,
    on_refusal: Callable[[Refusal], None],
    on_note: Callable[[str], None],
    restart: bool = False,
) -> Pushed:
    """Push files one after the other into `topic` (its full name); progress is kept in `folder`.

    Raises `BrokerAway`, `NoTopic`, and OSError where progress cannot be kept.
    """
    progresses = Progresses(folder, await publisher.cluster(), topic)
    total = Pushed(0, 0, 0)
    for path in paths:
        done = await push_file(path, publisher, topic, progresses, on_refusal=on_refusal, restart=restart)
        if done.before:
            on_note(
                f"{path}: {done.before} lines were pushed before; went on after them (--restart begins anew)"
            )
        total = Pushed(total.sent + done.sent, total.refused + done.refused, total.before + done.before)
    return total
