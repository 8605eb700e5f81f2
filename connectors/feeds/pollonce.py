"""`marsad poll`: many feeds once, each for itself, read side by side and given in the order asked."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.feeds import opml
from connectors.feeds.fetch import NO_VALIDATORS
from connectors.feeds.folder import Store
from connectors.feeds.poll import SECONDS, Poll, Poller
from connectors.feeds.secrets import Secrets
from connectors.feeds.source import Refusal, Refused, Source, from_argument, without_credentials
from connectors.feeds.state import Memory, diff, unchanged
from events.article import RawArticle

AHEAD = 64
"""So many feeds are begun before the first of them has been delivered."""
_INDEX = "a sitemap index, not a feed: `marsad connectors` follows it; poll one of its sitemaps, such as {}"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one call: feeds polled, articles given, inputs refused."""

    feeds: int
    articles: int
    refused: int


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
        if poll.reading and poll.reading.children:
            counts.refuse(source.shown, _INDEX.format(poll.reading.children[0]))
        elif memory is None or store is None:
            for article in poll.reading.articles() if poll.reading else ():
                counts.article(article)
        else:
            _deliver_news(poll, memory, store, counts)
    finally:
        poll.close()
    if poll.remark:
        counts.refuse(source.shown, poll.remark, counts=False)
    if poll.shortfall:
        counts.refuse(source.shown, poll.shortfall)


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
