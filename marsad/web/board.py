"""The articles on the page: the last events, in the order of the news, and the stories they make up.

Nothing here knows Kafka or HTTP; events come in with their position, readers ask with a query.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.article import EnrichedArticle, StoryCounts
from marsad.web.lineage import Lineage
from marsad.web.log import Log
from marsad.web.query import Query
from streams.text.fold import match

MAX_EVENTS = 2_000
MAX_BYTES = 64 * 1024 * 1024
LATE = timedelta(hours=6)
"""A date that lies further back than this does not sink an article that has only now come in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with where it stands in the log; `folded` is what search looks at."""

    event: EnrichedArticle
    partition: int
    offset: int
    size: int
    folded: str
    order: tuple[str, str, int, int]

    @property
    def identity(self) -> str:
        """The event's id: a redelivery has the same."""
        return self.event.event_id


def entry(event: EnrichedArticle, partition: int, offset: int, size: int) -> Entry:
    """Give the entry for an event, its place in the news and its search form worked out once."""
    order = (_moment(event), event.published_at, offset, partition)
    folded = match(f"{event.title}\n{event.text}", event.lang)
    return Entry(event, partition, offset, size, folded, order)


def _moment(event: EnrichedArticle) -> str:
    """Give when this became news: a revision when it was fetched, else when it was published.

    A date in the future counts as now, one long past (feeds do say 1970) as a few hours ago.
    """
    if event.relation == "revision" or event.published_at >= event.fetched_at:
        return event.fetched_at
    late = datetime.fromisoformat(event.fetched_at) - LATE
    return max(event.published_at, late.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story as a reader sees it, newest first: articles with own text, and folded copies.

    `merged` are the stories that turned out to be this one, `split_from` the one it came out of, `split_off`
    those that came out of it. `whole`: it is shown by itself, with nothing of its text folded.
    """

    story_id: str
    articles: tuple[Entry, ...]
    copies: tuple[Entry, ...]
    history: tuple[Entry, ...]
    newest: Entry
    counts: StoryCounts
    merged: tuple[str, ...] = ()
    split_from: str | None = None
    split_off: tuple[str, ...] = ()
    whole: bool = False


class Board(Log[Entry]):
    """The last events, and what became of their stories."""

    def __init__(self, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        super().__init__(max_events, max_bytes)
        self.lineage = Lineage()

    def wants(self, query: Query, known: Entry) -> bool:
        """Say whether `query` asks for an entry."""
        now = self.lineage.now
        if query.story and now(known.event.story_id) != now(query.story):
            return False
        return query.matches(known.event, known.folded)

    def newest(self, query: Query) -> Iterator[Entry]:
        """Give the entries that `query` asks for, newest first."""
        return (known for known in reversed(self) if self.wants(query, known))

    def stories(self, query: Query) -> list[StoryView]:
        """Give the stories of the entries that `query` asks for, the one with the newest entry first."""
        homes, grouped = self._homes(), dict[str, list[Entry]]()
        for known in self.newest(query):
            story_id = self.lineage.now(known.event.story_id)
            if homes[known.event.article_id] == story_id:
                grouped.setdefault(story_id, []).append(known)
        return [self._view(story_id, entries, query) for story_id, entries in grouped.items()]

    def _homes(self) -> dict[str, str]:
        """Give the story of each article: that of its last revision, which may have left another one."""
        return {one.event.article_id: self.lineage.now(one.event.story_id) for one in _latest(reversed(self))}

    def sources(self) -> dict[str, str]:
        """Give the names of the sources by id, sorted by name."""
        events = (known.event for known in reversed(self))
        named = {event.source_id: event.source_name or event.source_id for event in events}
        return dict(sorted(named.items(), key=lambda pair: pair[1]))

    def languages(self) -> list[str]:
        """Give the languages that are here, primary subtags only."""
        return sorted({known.event.lang.split("-")[0] for known in reversed(self)})

    def _view(self, story_id: str, entries: list[Entry], query: Query) -> StoryView:
        latest = _latest(entries)
        copied = {known.event.article_id for known in entries if known.event.relation == "copy"}
        own = tuple(known for known in latest if known.event.article_id not in copied)
        copies = tuple(known for known in latest if known.event.article_id in copied)
        current = {known.identity for known in latest}
        return StoryView(
            story_id=story_id,
            articles=own or copies[:1],
            copies=copies if own else copies[1:],
            history=tuple(known for known in entries if known.identity not in current),
            newest=entries[0],
            counts=self._counts(story_id, entries),
            merged=tuple(self.lineage.merged_into(story_id)),
            split_from=self.lineage.split_from(story_id),
            split_off=tuple(self.lineage.split_off(story_id)),
            whole=query.story != "",
        )

    def _counts(self, story_id: str, entries: list[Entry]) -> StoryCounts:
        """Give the story's counts as they were told last, else the widest that an event told."""
        told = self.lineage.get(story_id)
        if told is None:
            return max((known.event.story for known in entries), key=lambda story: story.articles)
        return StoryCounts(
            articles=told.articles,
            sources=told.sources,
            independent_sources=told.independent_sources,
            first_seen_at=told.first_seen_at,
        )


def _latest(entries: Iterable[Entry]) -> list[Entry]:
    """Give the highest revision of each article, in the order of the entries."""
    best: dict[str, Entry] = {}
    for known in entries:
        seen = best.get(known.event.article_id)
        if seen is None or known.event.revision > seen.event.revision:
            best[known.event.article_id] = known
    return list(best.values())
