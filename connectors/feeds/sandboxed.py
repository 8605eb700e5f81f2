"""The child process of `sandbox.py`: takes orders on stdin, answers on stdout, holds itself to its limits.

`python -m connectors.feeds.sandboxed BYTES`; it ends when its stdin does.
"""

import contextlib
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from connectors.feeds.compression import MAX_BYTES
from connectors.feeds.document import Parsed
from connectors.feeds.parse import parse
from connectors.feeds.sandbox import ARTICLES, END, HEADER, Answer, Order
from connectors.feeds.source import Refused
from events.wire import encode

_BATCH = 256 * 1024
_GROWN = 2 * 1024 * 1024
"""A child that read more than this is not used again: freed memory seldom goes back to the system."""


def main() -> None:
    """Serve orders until stdin ends."""
    with contextlib.suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr  # whatever a library prints must not get between the frames
    while data := _frame(orders):
        answer = _serve(msgspec.msgpack.decode(data, type=Order), orders, answers)
        _send(answers, END, msgspec.msgpack.encode(answer))
        if answer.last:
            return


def _serve(order: Order, orders: BinaryIO, answers: BinaryIO) -> Answer:
    size = 0
    try:
        _grant(order.processor_seconds)
        body = b"".join(iter(lambda: _frame(orders), b""))
        if order.path is not None:
            body = _file(Path(os.fsdecode(order.path)))
        size = len(body)
        if order.task == "feed":
            return _answer(parse(body, order.job), answers, size)
        return _of_page(body, order, size)
    except Refused as refused:
        return Answer(refused=str(refused), last=size > _GROWN)
    except (MemoryError, RecursionError):
        return Answer(refused="needs more memory to read than a feed is given", last=True)
    except Exception as error:  # noqa: BLE001 (one feed never stops the others; the kind of bug is told)
        return Answer(
            refused=f"could not be read ({type(error).__name__}); this is a bug in marsad", last=True
        )


def _answer(parsed: Parsed, answers: BinaryIO, size: int) -> Answer:
    articles = (encode(article) + b"\n" for article in parsed.articles)
    total = size
    for batch in _batches(articles):
        _send(answers, ARTICLES, batch)
        total += len(batch)
    return Answer(
        title=parsed.title,
        lang=parsed.lang,
        asks=parsed.asks,
        complete=parsed.complete,
        children=parsed.children,
        crowded=parsed.crowded,
        void=parsed.void,
        last=total > _GROWN,
    )


def _of_page(body: bytes, order: Order, size: int) -> Answer:
    """Read a web page; what reads it is not needed for feeds, and loaded when the first one comes."""
    if order.task == "links":
        from connectors.feeds.sitelinks import feed_links  # noqa: PLC0415

        return Answer(links=feed_links(body, order.job), last=size > _GROWN)
    from connectors.feeds.extract import extract  # noqa: PLC0415

    return Answer(page=extract(body, order.job), last=size > _GROWN)


def _batches(lines: Iterator[bytes]) -> Iterator[bytes]:
    batch = bytearray()
    for line in lines:
        batch += line
        if len(batch) >= _BATCH:
            yield bytes(batch)
            batch.clear()
    if batch:
        yield bytes(batch)


def _grant(seconds: int) -> None:
    """Allow so much more processor time; beyond it the system ends this process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise Refused("no such file") from error
    except IsADirectoryError as error:
        raise Refused("a folder, not a feed") from error
    except (OSError, ValueError) as error:
        raise Refused(f"cannot be read: {getattr(error, 'strerror', None) or 'no valid path'}") from error
    if len(body) > MAX_BYTES:
        raise Refused(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    return body


def _frame(pipe: BinaryIO) -> bytes:
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return b""
    length, _ = HEADER.unpack(header)
    return pipe.read(length)


def _send(pipe: BinaryIO, kind: int, data: bytes) -> None:
    pipe.write(HEADER.pack(len(data), kind) + data)
    pipe.flush()


if __name__ == "__main__":
    main()
