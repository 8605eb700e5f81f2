"""The memory of one shard: derived from its entries alone, small, and the same after a rebuild.

What stands here is a pure function of the entries that are left in the store, whatever was written and
deleted before. That is so because entries leave in the order in which they came (by the shard's clock at
their arrival, which never goes back), so "the latest entry of X" can only vanish together with X.
"""

from array import array

import numpy as np

from streams.dedupe.clock import Witnesses
from streams.dedupe.entry import Entry
from streams.dedupe.features import Digests, distinct
from streams.dedupe.postings import Numbers, Postings
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.table import Table, key64

TERM_COUNTERS = 1 << 18
_MOST_WORDS = (1 << 16) - 1
_TERM_MASK = np.uint32(TERM_COUNTERS - 1)


def stories_of(entry: Entry) -> list[str]:
    """Give the ids of the stories whose latest state `entry` tells."""
    return [story.story_id for story in (entry.story, entry.merged, entry.left) if story]


def frame_key(frame: int, article_id: str) -> int:
    """Give the key under which an article's sign of a volatile line is remembered."""
    return key64("frame", str(frame), article_id)


class Line:
    """A queue of (sequence number, clock) and the words of its text in 18 bytes each, oldest first."""

    def __init__(self) -> None:
        self._seqs = array("q")
        self._clocks = array("q")
        self._words = array("H")
        self._head = 0

    def __len__(self) -> int:
        return len(self._seqs) - self._head

    def push(self, seq: int, clock: int, words: int = 0) -> None:
        """Append an entry."""
        self._seqs.append(seq)
        self._clocks.append(clock)
        self._words.append(min(words, _MOST_WORDS))

    def at(self, place: int) -> tuple[int, int]:
        """Give (sequence number, clock) of the entry at `place`, 0 being the oldest."""
        return self._seqs[self._head + place], self._clocks[self._head + place]

    def words(self, places: Numbers) -> Numbers:
        """Give how many words the texts of the entries at `places` have, of very long ones the most told."""
        return np.frombuffer(self._words, np.uint16)[places + self._head].astype(np.int64)

    def drop(self, seq: int) -> bool:
        """Drop `seq` if it is the oldest; say whether it was."""
        if not len(self) or self._seqs[self._head] != seq:
            return False
        self._head += 1
        if self._head > 1024 and self._head * 2 > len(self._seqs):
            del self._seqs[: self._head], self._clocks[: self._head], self._words[: self._head]
            self._head = 0
        return True


class ShardMemory:
    """Who is known in one shard, by number of the entry that says so."""

    def __init__(self, settings: DedupeSettings) -> None:
        self._settings = settings
        self.clock: int | None = None
        self.witnesses = Witnesses()
        self.next_seq = 1
        self.origins = Table()
        self.articles = Table()  # identity keys -> latest entry with content
        self.exact = Table()  # source and exact text -> latest entry with content
        self.stories = Table()  # story -> its latest entry, or the one that made it part of another
        self.frames = Table()  # volatile line -> how many articles changed in it alone
        self.framed = Table()  # volatile line and article -> the entry that was counted
        self.full = Line()  # entries with content: kept for the identity window
        self.bare = Line()  # repeats that added nothing: kept for the repeat window
        self.recent = Line()  # the articles that `postings` leads to, row for row
        self.postings = Postings()
        self._first_row = 1
        self.documents = np.zeros(TERM_COUNTERS, np.uint32)

    @property
    def entries(self) -> int:
        """How many entries are remembered."""
        return len(self.full) + len(self.bare)

    def has(self, entry: Entry) -> bool:
        """Whether this very entry is already remembered."""
        return self.origins.get(key64(entry.origin)) == entry.seq

    def add(self, entry: Entry) -> list[int]:
        """Remember `entry`; give the numbers of the articles that are no candidates any more."""
        if entry.seq >= self.next_seq:
            self.next_seq, self.clock = entry.seq + 1, entry.clock
        self.witnesses.add(entry.seq, entry.source_id, entry.at)
        self.origins.raise_to(key64(entry.origin), entry.seq)
        (self.full if entry.content else self.bare).push(entry.seq, entry.clock)
        if entry.content:
            for key in entry.keys:
                self.articles.raise_to(key, entry.seq)
            self.exact.raise_to(key64(entry.source_id, entry.content.exact), entry.seq)
            for story in stories_of(entry):
                self.stories.raise_to(key64(story), entry.seq)
            if entry.frame:
                self.frames.put(entry.frame, (self.frames.get(entry.frame) or 0) + 1)
                self.framed.raise_to(frame_key(entry.frame, entry.article_id), entry.seq)
            if entry.emitted:
                self._index(entry)
        return self.retire()

    def _index(self, entry: Entry) -> None:
        assert entry.content is not None  # noqa: S101 - the caller has looked
        self.postings.add(np.frombuffer(entry.content.postings, "<u4"))
        self.recent.push(entry.seq, entry.clock, entry.content.words)
        self.documents[self._terms(entry)] += np.uint32(1)

    def retire(self) -> list[int]:
        """Let go of the articles that are too old to be a copy's original; give their numbers."""
        limit = (self.clock or 0) - self._settings.copy_window_ms - self._settings.margin_ms
        gone = []
        while len(self.recent) and self.recent.at(0)[1] < limit:
            gone.append(self.recent.at(0)[0])
            self._drop_recent(gone[-1])
        return gone

    def _drop_recent(self, seq: int) -> bool:
        dropped = self.recent.drop(seq)
        if dropped:
            self.postings.drop_oldest()
            self._first_row += 1
        return dropped

    def uncount(self, entry: Entry) -> None:
        """Take the terms of an article out of the document counts."""
        self.documents[self._terms(entry)] -= np.uint32(1)

    @staticmethod
    def _terms(entry: Entry) -> Digests:
        terms = entry.content.terms if entry.content else b""
        return distinct(np.frombuffer(terms, "<u4") & _TERM_MASK)

    def document_counts(self, terms: Digests) -> Digests:
        """Give in how many recent articles each of `terms` stands (terms share 2^18 counters)."""
        counts: Digests = self.documents[terms & _TERM_MASK]
        return counts

    def drop(self, entry: Entry) -> None:
        """Forget `entry`, which is being deleted from the store."""
        self.witnesses.drop(entry.seq)
        self.origins.discard(key64(entry.origin), entry.seq)
        (self.full if entry.content else self.bare).drop(entry.seq)
        if not entry.content:
            return
        for key in entry.keys:
            self.articles.discard(key, entry.seq)
        self.exact.discard(key64(entry.source_id, entry.content.exact), entry.seq)
        for story in stories_of(entry):
            self.stories.discard(key64(story), entry.seq)
        self._drop_frame(entry)
        if self._drop_recent(entry.seq):
            self.uncount(entry)

    def _drop_frame(self, entry: Entry) -> None:
        if not entry.frame:
            return
        self.framed.discard(frame_key(entry.frame, entry.article_id), entry.seq)
        count = self.frames.get(entry.frame) or 1
        if count > 1:
            self.frames.put(entry.frame, count - 1)
        else:
            self.frames.discard(entry.frame, count)

    def find(self, keys: Digests, newest: Numbers) -> tuple[Numbers, Numbers]:
        """Give (index into `keys`, row) of the newest recent articles under each key; rows rise with time."""
        return self.postings.find(keys, newest)

    def at_row(self, row: int) -> int:
        """Give the number of the entry that a row stands for."""
        return self.recent.at(row - self._first_row)[0]

    def words_at_rows(self, rows: Numbers) -> Numbers:
        """Give how many words the texts have that rows stand for."""
        return self.recent.words(rows - self._first_row)

    def expired(self, clock: int) -> list[int]:
        """Give the numbers of a few entries past their window as of `clock`, oldest first."""
        settings = self._settings
        lines = ((self.full, settings.identity_window_ms), (self.bare, settings.repeat_window_ms))
        return [
            seq for line, window in lines for seq in self._expired(line, clock - window - settings.margin_ms)
        ]

    def _expired(self, line: Line, limit: int) -> list[int]:
        if not len(line):
            return []
        surplus = len(line) + 1 - self._settings.max_entries
        oldest_kept = self.next_seq - self._settings.kept_for_redelivery
        found: list[int] = []
        for place in range(min(len(line), self._settings.evictions_per_event)):
            seq, clock = line.at(place)
            if (clock >= limit or seq >= oldest_kept) and place >= surplus:
                break  # clocks never go back: those behind it are no older
            found.append(seq)
        return found
