"""The memory of dedupe and the decision on one article: identity, then revision, then copy, then story.

    decide(article, origin) -> Decision    reads, changes nothing
    apply(changes)                         writes through to the store and brings what is derived up to date
    rebuild()                              derives everything afresh from the store

Guarantees: the same entries left in the store give the same decisions to the byte, whether the memory lived
through them or was rebuilt; a redelivered origin gets the decision it got the first time. Not guaranteed:
anything about an article whose entry is gone, after its window and a margin.
"""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from events.article import Article, DedupedArticle
from events.repeat import Repeat
from events.story import Story
from streams.changes import Changes
from streams.dedupe.aliases import own_key
from streams.dedupe.decision import decide
from streams.dedupe.entry import Entry, StoryState, decode_entry, encode_entry, entry_key
from streams.dedupe.memory import ShardMemory
from streams.dedupe.output import deduped, receipt
from streams.dedupe.rebuilding import Rebuilding, decode_trace
from streams.dedupe.recent import Recent
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.sight import Sight, latest_of_story
from streams.dedupe.story import merged_event, story_event
from streams.dedupe.table import key64


@dataclass(frozen=True, slots=True)
class Decision:
    """What one record is. `article` for an event, `repeat` for a repeat; never both.

    `redelivered`: this origin was decided before, and this is that decision. `superseded`: the article has a
    later revision by now. `story` is the latest state of the story, also on a redelivery; `merged` is the
    last state of the story that became part of it by this article, `left` the story that the article left by
    this revision.
    """

    outcome: Literal["new", "revision", "copy", "partial", "repeat"]
    article: DedupedArticle | None
    repeat: Repeat | None
    story: Story | None
    merged: Story | None
    left: Story | None
    superseded: bool
    redelivered: bool
    changes: Changes


_ENTRIES_AT_HAND = 256
"""Of each generation: read back and decoded, about 10 kB each."""


class Index:
    """Everything dedupe remembers, over `store` (key -> entry); shards never see each other."""

    def __init__(
        self,
        store: MutableMapping[str, bytes] | None = None,
        settings: DedupeSettings = DedupeSettings(),  # noqa: B008 - frozen
    ) -> None:
        self._store: MutableMapping[str, bytes] = {} if store is None else store
        self._settings = settings
        self._shards: dict[str, ShardMemory] = {}
        self._decided: tuple[bytes, Entry] | None = None  # spares reading back what was just written
        self._entries: Recent[tuple[str, int], Entry] = Recent(room=_ENTRIES_AT_HAND)

    @property
    def entries(self) -> int:
        """How many entries are remembered, over all shards; any thread may ask."""
        return sum(memory.entries for memory in list(self._shards.values()))

    def decide(self, article: Article, origin: str) -> Decision:
        """Say what `article` is, `origin` being the raw record it comes from; changes nothing."""
        memory = self._shards.get(article.shard) or ShardMemory(self._settings)
        seq = memory.origins.get(key64(origin))
        known = self._read(article.shard, seq) if seq is not None else None
        if known is not None and known.origin == origin:
            return self._redelivered(article, known, memory)
        entry = decide(Sight(article, origin, memory, self._read, self._settings))
        expired = memory.expired(entry.clock)
        data = encode_entry(entry)
        self._decided = (data, entry)
        changes = Changes(
            put=((entry.key, data),),
            delete=tuple(entry_key(article.shard, seq) for seq in expired),
        )
        states = (entry.story, entry.left)
        return _decision(article, entry, states, changes, self._settings.story_window_ms)

    def _redelivered(self, article: Article, known: Entry, memory: ShardMemory) -> Decision:
        """Give the decision of the first time, and the story as it stands now: upserts never go back."""
        superseded = False
        states = tuple(
            latest_of_story(state.story_id, memory, partial(self._latest, known.shard)) or state
            if state
            else None
            for state in (known.story, known.left)
        )
        if known.story is not None:
            current = self._latest(known.shard, memory.articles.get(known.keys[0]))
            superseded = current is not None and _is_later(current, known)
        changes = Changes(put=((known.key, self._store[known.key]),))
        window = self._settings.story_window_ms
        return _decision(article, known, states, changes, window, redelivered=True, superseded=superseded)

    def _latest(self, shard: str, seq: int | None) -> Entry | None:
        return None if seq is None else self._read(shard, seq)

    def _read(self, shard: str, seq: int) -> Entry | None:
        entry = self._entries.get((shard, seq))
        if entry is None:
            data = self._store.get(entry_key(shard, seq))
            if data is None:
                return None
            entry = decode_entry(data)
            self._entries.put((shard, seq), entry)
        return entry

    def revisions(self, shard: str, article_id: str) -> tuple[Entry, ...]:
        """Read back the revisions of an article that are remembered, the first one first."""
        memory = self._shards.get(shard) or ShardMemory(self._settings)
        entry = self._latest(shard, memory.articles.get(own_key(article_id)))
        entry = entry and self._latest(shard, memory.articles.get(entry.keys[0]))
        found: dict[int, Entry] = {}
        while entry is not None:
            if entry.emitted or entry.revision not in found:
                found[entry.revision] = entry
            entry = self._latest(shard, entry.before)
        return tuple(found[revision] for revision in sorted(found))

    def apply(self, changes: Changes) -> None:
        """Write `changes` to the store and into what is derived; doing so twice changes nothing more."""
        for key, data in changes.put:
            self._store[key] = data
            decided = self._decided
            entry = decided[1] if decided and decided[0] is data else decode_entry(data)
            self._entries.put((entry.shard, entry.seq), entry)
            self._remember(entry)
        for key in changes.delete:
            self._forget(key)

    def _remember(self, entry: Entry) -> None:
        memory = self._shards.get(entry.shard)
        if memory is None:
            memory = self._shards[entry.shard] = ShardMemory(self._settings)
        if not memory.has(entry):
            self._add(memory, entry)

    def _add(self, memory: ShardMemory, entry: Entry) -> None:
        for seq in memory.add(entry):
            gone = self._read(entry.shard, seq)
            if gone is not None:
                memory.uncount(gone)

    def _forget(self, key: str) -> None:
        data = self._store.get(key)
        if data is None:
            return
        entry = decode_entry(data)
        self._shards[entry.shard].drop(entry)
        del self._store[key]
        self._entries.discard((entry.shard, entry.seq))

    def rebuild(self) -> None:
        """Derive the memory afresh from all entries in the store, in the order of their keys."""
        self._entries.clear()
        # A database gives them in order in one pass; elsewhere each is looked up in its turn.
        if not self._rebuilt(self._store.items()):
            self._rebuilt((key, self._store[key]) for key in sorted(self._store))

    def _rebuilt(self, items: Iterable[tuple[str, bytes]]) -> bool:
        """Derive the memory from `items`; False where those of one shard are not in their order."""
        shards: dict[str, Rebuilding] = {}
        for _, data in items:
            trace = decode_trace(data)
            shard = shards.get(trace.shard)
            if shard is None:
                shard = shards[trace.shard] = Rebuilding(self._settings)
            if trace.seq < shard.next_seq:
                return False
            shard.take(trace)
        self._shards = {name: shard.memory(partial(self._read, name)) for name, shard in shards.items()}
        return True


def _is_later(current: Entry, known: Entry) -> bool:
    """Tell whether an article was told anew after `known`: by a revision, or as new once it was forgotten.

    Then its revisions begin at 1 again, and only when it was first seen tells the two lives apart: found by
    `make chaos`, where a group was read from its start again.
    """
    anew = current.first_seen_at > known.first_seen_at
    return current.seq > known.seq and (anew or current.revision > known.revision)


def _decision(
    article: Article,
    entry: Entry,
    states: tuple[StoryState | None, ...],
    changes: Changes,
    window: int,
    *,
    redelivered: bool = False,
    superseded: bool = False,
) -> Decision:
    story, left = (
        story_event(state, article.lang, window) if entry.emitted and state else None for state in states
    )
    return Decision(
        outcome=entry.outcome,
        article=deduped(article, entry) if entry.emitted else None,
        repeat=None if entry.emitted else receipt(article, entry),
        story=story,
        left=left,
        merged=merged_event(entry, article.lang) if entry.emitted else None,
        superseded=superseded,
        redelivered=redelivered,
        changes=changes,
    )
