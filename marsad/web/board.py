"""What the page remembers: the last events, bounded by number and bytes, in the order of the news.

Nothing here knows Kafka or HTTP; events come in with their position, readers ask with a query.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.article import EnrichedArticle
from marsad.web.query import Query
from streams.text.fold import match

MAX_EVENTS = 2_000
MAX_BYTES = 64 * 1024 * 1024
LATE = timedelta(hours=6)
"""A date that lies further back than this does not sink an article that has only now come in."""

Position = dict[int, int]
"""Last offset seen, by partition."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with where it stands in the log; `folded` is what search looks at."""

    event: EnrichedArticle
    partition: int
    offset: int
    size: int
    folded: str
    order: tuple[str, str, int, int]


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
    """One story as a reader sees it, newest first: articles with own text, and folded copies."""

    story_id: str
    articles: tuple[Entry, ...]
    copies: tuple[Entry, ...]
    history: tuple[Entry, ...]
    newest: Entry
    widest: Entry


class Board:
    """The last events; adding an event that is known already (a redelivery) changes nothing."""

    def __init__(self, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES) -> None:
        self.connected = False
        self.position: Position = {}
        self.forgotten: Position = {}
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: list[Entry] = []
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, new: Entry) -> bool:
        """Take in an event; False where it is known already."""
        self.position[new.partition] = max(new.offset, self.position.get(new.partition, -1))
        if new.event.event_id in self._known:
            return False
        insort(self._entries, new, key=lambda known: known.order)
        self._known.add(new.event.event_id)
        self._bytes += new.size
        self._evict()
        return True

    def clear(self) -> None:
        """Forget everything: the log that it came from is another one now."""
        self._entries.clear()
        self._known.clear()
        self._bytes = 0
        self.position, self.forgotten = {}, {}

    def _evict(self) -> None:
        while len(self._entries) > self._max_events or (self._bytes > self._max_bytes and self._entries):
            gone = self._entries.pop(0)
            self._bytes -= gone.size
            self._known.discard(gone.event.event_id)
            self.forgotten[gone.partition] = max(gone.offset, self.forgotten.get(gone.partition, -1))

    def newest(self, query: Query) -> Iterator[Entry]:
        """Give the entries that `query` asks for, newest first."""
        return (known for known in reversed(self._entries) if query.matches(known.event, known.folded))

    def after(self, position: Position) -> list[Entry]:
        """Give what came after `position`, each partition in its own order; unknown partitions whole."""
        fresh = (known for known in self._entries if known.offset > position.get(known.partition, -1))
        return sorted(fresh, key=lambda known: (known.offset, known.partition))

    def has_forgotten(self, position: Position) -> bool:
        """Say whether a reader at `position` must reload.

        Either something after it is no longer here, or it lies ahead of us, in a log that is gone.
        """
        gone = any(offset > position.get(partition, -1) for partition, offset in self.forgotten.items())
        ahead = any(offset > self.position.get(partition, -1) for partition, offset in position.items())
        return gone or ahead

    def stories(self, query: Query) -> list[StoryView]:
        """Give the stories of the entries that `query` asks for, the one with the newest entry first."""
        grouped: dict[str, list[Entry]] = {}
        for known in self.newest(query):
            grouped.setdefault(known.event.story_id, []).append(known)
        return [_view(story_id, entries) for story_id, entries in grouped.items()]

    def sources(self) -> dict[str, str]:
        """Give the names of the sources by id, sorted by name."""
        events = (known.event for known in self._entries)
        named = {event.source_id: event.source_name or event.source_id for event in events}
        return dict(sorted(named.items(), key=lambda pair: pair[1]))

    def languages(self) -> list[str]:
        """Give the languages that are here, primary subtags only."""
        return sorted({known.event.lang.split("-")[0] for known in self._entries})


def _view(story_id: str, entries: list[Entry]) -> StoryView:
    latest = _latest(entries)
    copied = {known.event.article_id for known in entries if known.event.relation == "copy"}
    own = tuple(known for known in latest if known.event.article_id not in copied)
    copies = tuple(known for known in latest if known.event.article_id in copied)
    current = {known.event.event_id for known in latest}
    return StoryView(
        story_id=story_id,
        articles=own or copies[:1],
        copies=copies if own else copies[1:],
        history=tuple(known for known in entries if known.event.event_id not in current),
        newest=entries[0],
        widest=max(entries, key=lambda known: known.event.story.articles),
    )


def _latest(entries: Iterable[Entry]) -> list[Entry]:
    """Give the highest revision of each article, in the order of the entries."""
    best: dict[str, Entry] = {}
    for known in entries:
        seen = best.get(known.event.article_id)
        if seen is None or known.event.revision > seen.event.revision:
            best[known.event.article_id] = known
    return list(best.values())
