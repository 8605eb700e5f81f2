"""One poll of one feed, for `marsad poll` and for the worker that polls for ever: fetched, then read."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Self

from connectors.feeds.document import MAX_ITEMS, Job, Page
from connectors.feeds.fetch import NO_VALIDATORS, Fetched, Fetcher, Private, Validators, in_address
from connectors.feeds.sandbox import Readers, Reading
from connectors.feeds.secrets import Secrets
from connectors.feeds.source import Source
from events.times import wire_time

SECONDS = 30.0
"""A source ends within this, request and reading together; waiting for its turn does not count."""
AT_ONCE = 32
AT_ONCE_PER_HOST = 8
_FETCHING = 0.9
"""The share of its time that a source has to come in; the rest is for reading it."""


@dataclass(slots=True)
class Poll:
    """What one poll of one feed brought: a reading to be closed, or None where nothing changed.

    Nothing has changed after a 304, and where the body is the one that is remembered.
    """

    source: Source
    reading: Reading | None
    validators: Validators = NO_VALIDATORS
    answer: Fetched | None = None
    complete: bool = True
    body: str | None = None
    """Digest of the bytes that came."""

    @property
    def shortfall(self) -> str | None:
        """Say in words what of the feed was not taken, None where all was."""
        if not self.complete:
            return "broke off before its end; the items before that were taken"
        if self.reading and self.reading.crowded:
            return f"shows more than {MAX_ITEMS:,} items; the first {MAX_ITEMS:,} were taken"
        return None

    @property
    def remark(self) -> str | None:
        """Say in words what of the feed was passed over without loss, None where nothing was."""
        void = self.reading.void if self.reading else 0
        return f"items that hold nothing were left out: {void}" if void else None

    def close(self) -> None:
        """Drop what is spooled."""
        if self.reading:
            self.reading.close()


class Poller:
    """The parts that polls share: connections, reading processes, room for so many at once."""

    def __init__(
        self,
        allow_private: frozenset[str] = frozenset(),
        at_once: int = AT_ONCE,
        at_once_per_host: int = AT_ONCE_PER_HOST,
        seconds: float = SECONDS,
        readers: int = 1,
        secrets: Secrets | None = None,
        contact: str | None = None,
    ) -> None:
        self._per_host = at_once_per_host
        self._seconds = seconds
        self._secrets = secrets or Secrets()
        self.fetcher = Fetcher(allow_private, at_once, contact)
        self._readers = Readers(readers)
        self._room = asyncio.Semaphore(at_once)
        self._hosts: dict[str, asyncio.Semaphore] = {}

    async def __aenter__(self) -> Self:
        await self.fetcher.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.fetcher.__aexit__()
        await self._readers.__aexit__()

    async def poll(
        self,
        source: Source,
        validators: Validators = NO_VALIDATORS,
        known_body: str | None = None,
        moved_to: str | None = None,
    ) -> Poll:
        """Poll one feed, at `moved_to` where it is known to have moved. Raises `Refused` in words."""
        if source.address is None:
            return await self._file(source)
        host = self._hosts.setdefault(source.host, asyncio.Semaphore(self._per_host))
        async with host, self._room:
            begun = time.monotonic()
            answer = await self.fetcher.fetch(
                moved_to or source.address, validators, _FETCHING * self._seconds, self._private(source)
            )
            spent = time.monotonic() - begun
        if answer.body is None:
            return Poll(source, None, answer.validators, answer)
        try:
            return await self._read(source, answer, known_body, self._seconds - spent)
        finally:
            answer.body.close()

    def _private(self, source: Source) -> Private:
        """Give the secrets of a feed: those of the file, else what stands in its address."""
        return (
            self._secrets.of(source) if source.address == source.shown else in_address(source.address or "")
        )

    async def _read(self, source: Source, answer: Fetched, known_body: str | None, seconds: float) -> Poll:
        assert answer.body is not None  # noqa: S101 (asked before)
        digest = _digest(answer.body)
        if answer.complete and digest == known_body:
            return Poll(source, None, answer.validators, answer, body=digest)
        reading = await self._readers.read(answer.body, _job(source, answer), seconds)
        complete = answer.complete and reading.complete
        kept = answer.validators if complete else NO_VALIDATORS
        return Poll(source, reading, kept, answer, complete, digest if complete else None)

    async def links(self, source: Source) -> tuple[str, ...]:
        """Give the addresses of the feeds that the web page at `source` names. Raises `Refused`."""
        answer = await self.fetcher.fetch(
            source.address or "", seconds=_FETCHING * self._seconds, private=self._private(source)
        )
        if answer.body is None:
            return ()
        try:
            return await self._readers.links(answer.body, _job(source, answer), self._seconds)
        finally:
            answer.body.close()

    async def page(self, body: IO[bytes], job: Job, seconds: float) -> Page:
        """Give the article on a web page. Raises `Refused`."""
        return await self._readers.page(body, job, seconds)

    async def _file(self, source: Source) -> Poll:
        assert source.path is not None  # noqa: S101 (a source has an address or a path)
        reading = await self._readers.read(source.path, _job(source, None), self._seconds)
        return Poll(source, reading, complete=reading.complete)


def _digest(body: IO[bytes]) -> str:
    body.seek(0)
    return hashlib.file_digest(body, lambda: hashlib.blake2b(digest_size=16)).hexdigest()  # type: ignore[arg-type]


def _job(source: Source, answer: Fetched | None) -> Job:
    return Job(
        source_id=source.identity,
        feed_url=source.shown,
        fetched_at=wire_time(datetime.now(UTC)),
        base=answer.address if answer else "",
        content_type=answer.content_type if answer else "",
        content_encoding=answer.content_encoding if answer else "",
        name=source.name,
        whole=answer.complete if answer else True,
    )
