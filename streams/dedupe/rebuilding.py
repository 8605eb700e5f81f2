"""The memory of a shard derived from all its entries at once: a restart must not take minutes.

Gives what `ShardMemory.add` gives entry by entry (tests/dedupe/test_memory_properties.py), a third of the
time: of each entry only what the memory keeps is read, tables are laid out whole, postings and document
counts are made by the thousand. Articles past their window when the last entry has been read are not
counted at all, but for those of one block, which are read again.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec
import numpy as np

from streams.dedupe.entry import VERSION, Entry
from streams.dedupe.features import Digests
from streams.dedupe.memory import TERM_COUNTERS, ShardMemory, frame_key
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.table import Table, key64

_BLOCK = 4_096
_NO_TERM = np.uint32(0xFFFFFFFF)


class _Named(msgspec.Struct, frozen=True):
    story_id: str


class _Said(msgspec.Struct, frozen=True):
    exact: str
    words: int
    postings: bytes = b""
    terms: bytes = b""


class Trace(msgspec.Struct, frozen=True):
    """What the memory keeps of an `Entry`; the rest is skipped unread."""

    seq: int
    shard: str
    origin: str
    outcome: str
    article_id: str
    source_id: str
    at: int
    clock: int
    v: int = VERSION
    keys: tuple[int, ...] = ()
    story: _Named | None = None
    merged: _Named | None = None
    left: _Named | None = None
    frame: int = 0
    content: _Said | None = None


_DECODER = msgspec.msgpack.Decoder(Trace)


def decode_trace(data: bytes) -> Trace:
    """Read what the memory keeps of an entry; raises `ValueError` for another version of the form."""
    trace = _DECODER.decode(data)
    if trace.v != VERSION:
        raise ValueError(f"a memory entry of version {trace.v}; this build reads {VERSION}")
    return trace


@dataclass(slots=True)
class _Column:
    """Keys and the numbers of the entries that have them, for one table."""

    keys: "array[int]" = field(default_factory=lambda: array("Q"))
    seqs: "array[int]" = field(default_factory=lambda: array("Q"))

    def put(self, key: int, seq: int) -> None:
        self.keys.append(key)
        self.seqs.append(seq)

    def table(self) -> Table:
        """Give the table of the greatest number under each key; the column is empty afterwards."""
        table = Table.of(np.array(self.keys, np.uint64), np.array(self.seqs, np.uint64))
        self.keys, self.seqs = array("Q"), array("Q")
        return table


class Rebuilding:
    """Takes the entries of one shard in their order, and gives its memory."""

    def __init__(self, settings: DedupeSettings) -> None:
        self._memory = ShardMemory(settings)
        self._origins, self._articles, self._exact, self._stories = (_Column() for _ in range(4))
        self._block: list[bytes] = []
        self._counted: deque[tuple[int, Digests]] = deque()  # of each block its articles, and its counts

    @property
    def next_seq(self) -> int:
        """The number after that of the last entry taken."""
        return self._memory.next_seq

    def take(self, trace: Trace) -> None:
        """Remember the next entry."""
        memory, seq = self._memory, trace.seq
        memory.next_seq, memory.clock = seq + 1, trace.clock
        memory.witnesses.add(seq, trace.source_id, trace.at)
        self._origins.put(key64(trace.origin), seq)
        (memory.full if trace.content else memory.bare).push(seq, trace.clock)
        if trace.content is None:
            return
        for key in trace.keys:
            self._articles.put(key, seq)
        self._exact.put(key64(trace.source_id, trace.content.exact), seq)
        for story in (trace.story, trace.merged, trace.left):
            if story is not None:
                self._stories.put(key64(story.story_id), seq)
        if trace.frame:
            memory.frames.put(trace.frame, (memory.frames.get(trace.frame) or 0) + 1)
            memory.framed.raise_to(frame_key(trace.frame, trace.article_id), seq)
        if trace.outcome != "repeat":
            self._index(trace, trace.content)

    def _index(self, trace: Trace, content: _Said) -> None:
        self._memory.recent.push(trace.seq, trace.clock, content.words)
        self._memory.postings.add(np.frombuffer(content.postings, "<u4"))
        self._block.append(content.terms)
        if len(self._block) == _BLOCK:
            self._close_block()

    def _close_block(self) -> None:
        self._counted.append((len(self._block), _documents(self._block)))
        self._block = []

    def memory(self, read: Callable[[int], Entry | None]) -> ShardMemory:
        """Give the memory, after the last entry; `read` gives an entry by its number."""
        self._close_block()
        memory = self._memory
        memory.origins, memory.articles = self._origins.table(), self._articles.table()
        memory.exact, memory.stories = self._exact.table(), self._stories.table()
        for gone in self._retired(memory.retire()):
            entry = read(gone)
            if entry is not None:
                memory.uncount(entry)
        memory.postings.settle()
        return memory

    def _retired(self, gone: list[int]) -> Iterable[int]:
        """Count the terms of the blocks that are not gone altogether; give what is gone of those."""
        left = len(gone)
        while self._counted and self._counted[0][0] <= left:
            left -= self._counted.popleft()[0]
        for _, counts in self._counted:
            self._memory.documents += counts
        return gone[len(gone) - left :]


def _documents(block: list[bytes]) -> Digests:
    """Give in how many articles of a block each term counter is meant, each once an article."""
    lengths = np.array([len(terms) // 4 for terms in block])
    rows = np.full((len(block), int(lengths.max(initial=1))), _NO_TERM, np.uint32)
    flat = np.frombuffer(b"".join(block), "<u4") & np.uint32(TERM_COUNTERS - 1)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = flat
    rows.sort(axis=1)
    rows[:, 1:][rows[:, 1:] == rows[:, :-1]] = _NO_TERM
    counts = np.bincount(rows[rows != _NO_TERM], minlength=TERM_COUNTERS)
    return counts.astype(np.uint32)
