"""Reading feeds where it can be ended: child processes with a limit on processor time, memory and wall clock.

A hostile feed can take a minute of feedparser's time (100,000 attributes on one element) or all memory
there is. The child that reads it is killed, the next feed gets a new one, and nothing else notices.
"""

import asyncio
import contextlib
import os
import signal
import struct
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import msgspec

from connectors.feeds.document import NO_ASKS, Asks, Job, Page
from connectors.feeds.source import Refused
from events.article import RawArticle

PROCESSOR_SECONDS = 12
MEMORY_BYTES = 400 * 1024 * 1024
MAX_ANSWER = 64 * 1024 * 1024
"""Most that one feed may become: relative links under a long base multiply."""
SPOOL_BYTES = 256 * 1024
"""What of a feed is held in memory outside of the child; more goes to a temporary file."""
HEADER = struct.Struct("<IB")
JOB, BODY, ARTICLES, END = range(4)
_CHUNK = 1024 * 1024
_USES = 5_000
"""A child costs a third of a second of processor time to start."""


Task = Literal["feed", "links", "page"]
"""links: the feeds that a web page names; page: the article on it."""


class Order(msgspec.Struct, frozen=True):
    """What the child is asked: read the body that follows, or the file at `path`."""

    job: Job
    path: bytes | None
    processor_seconds: int
    task: Task = "feed"


class Answer(msgspec.Struct, frozen=True):
    """How it ended: `refused` in words, or what the feed says of itself; of a page, what was found on it."""

    refused: str | None = None
    links: tuple[str, ...] = ()
    page: Page | None = None
    title: str | None = None
    lang: str | None = None
    asks: Asks = NO_ASKS
    complete: bool = True
    children: tuple[str, ...] = ()
    crowded: bool = False
    void: int = 0
    last: bool = False
    """The child ends itself after this (memory)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed that was read. Its articles are spooled: iterate once, then `close`."""

    title: str | None
    lang: str | None
    asks: Asks
    complete: bool
    children: tuple[str, ...]
    crowded: bool
    void: int
    _spool: IO[bytes]

    def articles(self) -> Iterator[RawArticle]:
        """Give the articles in document order."""
        self._spool.seek(0)
        for line in self._spool:
            yield _DECODER.decode(line)

    def close(self) -> None:
        """Drop the spooled articles."""
        self._spool.close()


_DECODER = msgspec.json.Decoder(RawArticle)


class Readers:
    """At most `size` child processes that read feeds, started when first needed."""

    def __init__(self, size: int = 1, memory: int = MEMORY_BYTES) -> None:
        self._memory = memory
        self._free: list[_Child] = []
        self._slots = asyncio.Semaphore(size)

    async def __aenter__(self) -> "Readers":
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in self._free:
            await child.end()
        self._free.clear()

    async def read(self, body: IO[bytes] | Path, job: Job, seconds: float) -> Reading:
        """Read a feed from its spooled body or its file within `seconds`. Raises `Refused`."""
        answer, spool = await self._ask(body, job, seconds, "feed")
        said = (answer.title, answer.lang, answer.asks, answer.complete, answer.children)
        return Reading(*said, answer.crowded, answer.void, spool)

    async def links(self, body: IO[bytes], job: Job, seconds: float) -> tuple[str, ...]:
        """Give the addresses of the feeds that a web page names. Raises `Refused`."""
        answer, spool = await self._ask(body, job, seconds, "links")
        spool.close()
        return answer.links

    async def page(self, body: IO[bytes], job: Job, seconds: float) -> Page:
        """Give the article on a web page. Raises `Refused`."""
        answer, spool = await self._ask(body, job, seconds, "page")
        spool.close()
        return answer.page or Page()

    async def _ask(
        self, body: IO[bytes] | Path, job: Job, seconds: float, task: Task
    ) -> tuple[Answer, IO[bytes]]:
        async with self._slots, self._child() as child:
            try:
                async with asyncio.timeout(seconds):
                    return await child.ask(body, job, task)
            except TimeoutError as error:
                raise Refused(f"took longer than {seconds:.0f} s to read") from error
            except (EOFError, OSError) as error:
                raise Refused("needs more time or memory to read than a feed is given") from error

    @contextlib.asynccontextmanager
    async def _child(self) -> AsyncIterator["_Child"]:
        child = self._free.pop() if self._free else await _Child.start(self._memory)
        try:
            yield child
        finally:
            if child.usable:
                self._free.append(child)
            else:
                await child.end()


class _Child:
    """One child process and the frames that go to and fro."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._uses = 0
        self.usable = True

    @classmethod
    async def start(cls, memory: int) -> "_Child":
        """Start a child that imports from where we do, and not from the working directory."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "connectors.feeds.sandboxed", str(memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )  # fmt: skip
        return cls(process)

    async def ask(self, body: IO[bytes] | Path, job: Job, task: Task) -> tuple[Answer, IO[bytes]]:
        """Send one order and take its answer; the child counts as lost until both are through."""
        self.usable = False
        path = os.fsencode(body) if isinstance(body, Path) else None
        order = Order(job, path, PROCESSOR_SECONDS, task)
        sending = asyncio.create_task(self._send(order, None if isinstance(body, Path) else body))
        spool = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 (closed by Reading.close)
        try:
            answer = await self._receive(spool)
        except BaseException:
            spool.close()
            raise
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending
        self._uses += 1
        self.usable = not answer.last and self._uses < _USES
        if answer.refused is not None:
            spool.close()
            raise Refused(answer.refused)
        return answer, spool

    async def _send(self, order: Order, body: IO[bytes] | None) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 (asked for with PIPE)
        pipe.write(_frame(JOB, msgspec.msgpack.encode(order)))
        if body is not None:
            body.seek(0)
            while chunk := body.read(_CHUNK):
                pipe.write(_frame(BODY, chunk))
                await pipe.drain()
        pipe.write(_frame(END, b""))
        await pipe.drain()

    async def _receive(self, spool: IO[bytes]) -> Answer:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 (asked for with PIPE)
        size = 0
        while True:
            length, kind = HEADER.unpack(await pipe.readexactly(HEADER.size))
            data = await pipe.readexactly(length)
            if kind == END:
                return msgspec.msgpack.decode(data, type=Answer)
            size += length
            if size > MAX_ANSWER:
                raise Refused("becomes too large when read")
            spool.write(data)

    async def end(self) -> None:
        """Kill the child and wait until it is gone."""
        if self._process.returncode is None:
            # Process.kill polls first, and may so take the exit status away from the loop's own watcher.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
        await self._process.wait()


def _frame(kind: int, data: bytes) -> bytes:
    return HEADER.pack(len(data), kind) + data
