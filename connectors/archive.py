"""Raw articles from JSON lines: plain, gzip or zstd, from a file or a pipe, each line for itself.

A record ends at a line feed and nowhere else (U+2028 and a lone carriage return are text). A BOM, CRLF,
blank lines and a missing last newline are no faults. A line that does not fit is refused alone, with its
place and the reason; memory holds one line at most, and a longer one than a record may be is skipped.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from connectors.feeds.source import Refusal
from connectors.zstdframes import ZstdFrames
from events.article import RawArticle
from events.rejected import Rejected
from events.wire import BOM, MAX_RAW_VALUE, decode_raw

MAX_LINE = MAX_RAW_VALUE
"""Longest line: a raw record with room for its key and headers."""
_WHITE = b" \t\r\n"
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


@dataclass(frozen=True, slots=True)
class Line:
    """One record: `article` and the JSON text it was read from, or the `refusal` of this line.

    `number` counts lines from 1. `end` is the offset behind the line in the decompressed stream, and
    `ended` says whether a newline was there. A fault of the whole file has `number` 0.
    """

    number: int
    end: int
    article: RawArticle | None = None
    data: bytes = b""
    refusal: Refusal | None = None
    rejected: Rejected | None = None
    ended: bool = True


def read_archive(path: Path) -> Iterator[Line]:
    """Read the raw articles of a file; what is wrong with the file itself comes as a last, refused line."""
    name = str(path)
    try:
        with path.open("rb") as file:
            yield from read_stream(file, name)
    except OSError as error:
        yield Line(0, 0, refusal=Refusal(name, f"cannot be read: {error.strerror or 'broken'}"))
    except ValueError:
        yield Line(0, 0, refusal=Refusal(name, "not a valid path"))


def read_stream(stream: BinaryIO, name: str | None = None, start: int = 0, lines: int = 0) -> Iterator[Line]:
    """Read raw articles from a stream of bytes.

    Refusals are named `NAME:N`, or `line N` without a name. `start` skips so many decompressed bytes,
    which held `lines` lines.
    """
    number, end = lines, start
    try:
        plain = decompressed(stream)
        _skip(plain, start)
        for data, size, ended in _lines(plain):
            number, end = number + 1, end + size
            if data is None or data.strip(_WHITE):
                place = f"{name}:{number}" if name else f"line {number}"
                yield _line(data, number, end, ended, place)
    except _DAMAGE:
        place = name or "standard input"
        yield Line(
            0, end, refusal=Refusal(place, f"its compressed bytes are broken or cut after line {number}")
        )


def decompressed(stream: BinaryIO) -> BinaryIO:
    """Give the stream of plain bytes; the compression is told by its magic, not by a file's name."""
    buffered = _peekable(stream)
    head = buffered.peek(4)[:4]
    if head.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(ZstdFrames(buffered), 1 << 17)
    return buffered


def _peekable(stream: BinaryIO) -> io.BufferedReader:
    # A second buffer around a pipe's own would wait until it is full, and a slow record with it.
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(cast("io.RawIOBase", stream), 1 << 16)


def _skip(stream: BinaryIO, size: int) -> None:
    while size > 0:
        read = len(stream.read(min(size, 1 << 20)))
        if not read:
            return
        size -= read


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes | None, int, bool]]:
    """Give each line with its size and whether it was ended; None for one that is too long to hold."""
    while data := stream.readline(MAX_LINE + 1):
        size = len(data)
        ended = data.endswith(b"\n")
        if ended or size <= MAX_LINE:
            yield data, size, ended
            continue
        while not ended and (more := stream.readline(1 << 20)):
            size += len(more)
            ended = more.endswith(b"\n")
        yield None, size, ended


def _line(data: bytes | None, number: int, end: int, ended: bool, place: str) -> Line:
    try:
        if data is None:
            raise Rejected("too_large", f"longer than {MAX_LINE} bytes")
        text = data.removeprefix(BOM).strip(_WHITE)
        if not text:
            raise Rejected("empty", "nothing but a byte order mark")
        return Line(number, end, decode_raw(text), text, ended=ended)
    except Rejected as rejected:
        words = rejected.reason.replace("_", " ")
        reason = f"{words}: {rejected.message}" if rejected.message else words
        return Line(number, end, refusal=Refusal(place, reason), rejected=rejected, ended=ended)
