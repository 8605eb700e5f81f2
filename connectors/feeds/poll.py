"""One poll of many feeds, each for itself: fetched and read side by side, delivered in the order given.

`poll_feed` is one feed, for this and for the worker that polls for ever; `poll_sources` is `marsad poll`.
"""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from connectors.feeds import opml
from connectors.feeds.document import Job, Page
from connectors.feeds.fetch import NO_VALIDATORS, Fetched, Fetcher, Private, Validators, in_address
from connectors.feeds.folder import Store
from connectors.feeds.sandbox import Readers, Reading
from connectors.feeds.secrets import Secrets
from connectors.feeds.source import Refusal, Refused, Source, from_argument, without_credentials
from connectors.feeds.state import Memory, diff, unchanged
from events.article import RawArticle
from events.times import wire_time

SECONDS = 30.0
"""A source ends within this, request and reading together; waiting for its turn does not count."""
AT_ONCE = 32
AT_ONCE_PER_HOST = 8
AHEAD = 64
"""So many feeds are begun before the first of them has been delivered."""
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

    def close(self) -> None:
        """Drop what is spooled."""
        if self.reading:
            self.reading.close()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one call: feeds polled, articles given, inputs refused."""

    feeds: int
    articles: int
    refused: int


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


def gather_sources(
    arguments: Iterable[str], lists: Iterable[Path] = ()
) -> tuple[list[Source], list[Refusal]]:
    """Read the SOURCEs of a command line and the lists beside them; each address comes once."""
    found: list[Source] = []
    refusals: list[Refusal] = []
    for argument in arguments:
        try:
            found.append(from_argument(argument))
        except Refused as refused:
            refusals.append(Refusal(without_credentials(argument), str(refused)))
    for path in lists:
        listed, faults = opml.load(path)
        found += listed
        refusals += faults
    return list({source.key: source for source in reversed(found)}.values())[::-1], refusals


async def poll_sources(
    sources: Sequence[Source],
    *,
    state_dir: Path | None = None,
    allow_private: frozenset[str] = frozenset(),
    on_article: Callable[[RawArticle], None],
    on_refusal: Callable[[Refusal], None],
    seconds: float = SECONDS,
    secrets: Secrets | None = None,
    contact: str | None = None,
) -> Summary:
    """Poll each source once; give articles in the order of `sources`, then of the document.

    With `state_dir` only what is new or changed since the last call, and that is remembered once
    `on_article` has taken all of a feed. Refusals come one a source; nothing one source does stops another.
    """
    store = None if state_dir is None else Store(state_dir)
    if store and (fault := _opened(store)):
        on_refusal(Refusal(str(state_dir), fault))
        store = None
    counts = _Counts(on_article, on_refusal)
    async with Poller(allow_private, seconds=seconds, secrets=secrets, contact=contact) as poller:
        waiting: deque[tuple[Source, Memory | None, asyncio.Task[Poll]]] = deque()
        coming = iter(sources)
        try:
            while True:
                while len(waiting) < AHEAD and (source := next(coming, None)):
                    waiting.append(_begin(poller, source, store, counts))
                if not waiting:
                    break
                source, memory, task = waiting.popleft()
                await _deliver(source, memory, task, store, counts)
        finally:
            await _abandon([task for _, _, task in waiting])
    return Summary(len(sources), counts.articles, counts.refused)


class _Counts:
    """Hands on and counts."""

    def __init__(
        self, on_article: Callable[[RawArticle], None], on_refusal: Callable[[Refusal], None]
    ) -> None:
        self.articles = 0
        self.refused = 0
        self._on_article = on_article
        self._on_refusal = on_refusal

    def article(self, article: RawArticle) -> None:
        self._on_article(article)
        self.articles += 1

    def refuse(self, name: str, reason: str, counts: bool = True) -> None:
        self._on_refusal(Refusal(name, reason, counts))
        self.refused += counts


def _opened(store: Store) -> str | None:
    try:
        store.open()
    except OSError as error:
        return f"nothing can be remembered there: {error.strerror}"
    return None


def _begin(
    poller: Poller, source: Source, store: Store | None, counts: _Counts
) -> tuple[Source, Memory | None, asyncio.Task[Poll]]:
    memory = None
    if store:
        memory, fault = store.load(source.key, source.shown)
        if fault:
            counts.refuse(source.shown, fault, counts=False)
    validators, known = (memory.validators, memory.body) if memory else (NO_VALIDATORS, None)
    return source, memory, asyncio.create_task(poller.poll(source, validators, known))


async def _deliver(
    source: Source, memory: Memory | None, task: asyncio.Task[Poll], store: Store | None, counts: _Counts
) -> None:
    try:
        poll = await task
    except Refused as refused:
        counts.refuse(source.shown, str(refused))
        return
    try:
        if memory is None or store is None:
            for article in poll.reading.articles() if poll.reading else ():
                counts.article(article)
        else:
            _deliver_news(poll, memory, store, counts)
    finally:
        poll.close()
    if not poll.complete:
        counts.refuse(source.shown, "broke off before its end; the items before that were taken")


def _deliver_news(poll: Poll, memory: Memory, store: Store, counts: _Counts) -> None:
    if poll.reading is None:
        following = unchanged(memory, poll.validators)
    else:
        difference = diff(memory, list(poll.reading.articles()), poll.validators, poll.body)
        for article in difference.articles:
            counts.article(article)
        following = difference.memory
    try:
        store.save(poll.source.key, following)
    except OSError as error:
        counts.refuse(poll.source.shown, f"cannot be remembered: {error.strerror}")


async def _abandon(tasks: Sequence[asyncio.Task[Poll]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Poll):
            outcome.close()
