"""Which few of the remembered articles are worth an exact comparison.

A copy shares bands of the sketch, a contained text shares anchors, a report on the same event shares rare
terms; all three are looked up in one walk. What comes back is ranked by what it shares and cut to a fixed
number, so an article costs the same in a shard of any size.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.dedupe.entry import Entry
from streams.dedupe.features import ANCHOR_EVERY, MAX_ANCHORS, Digests, Features, distinct, salted
from streams.dedupe.memory import ShardMemory
from streams.dedupe.postings import WIDTH
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.terms import Weighed

_LEAST_TERMS, _MOST_TERMS = 14, 24
_BANDS = 42
_ANCHOR, _TERM = 2, 3
_ASKED_ANCHORS = 400
_RUNS_FOR_ONE = 8
_ASKED_TERMS = 30
"""More than an article is found by: what one report says twice, another may say once."""
_MIN_SHARED_TERMS = 3
_FEW_ANCHORS = 8
"""Of about 70 words; a shorter text may be a copy by one band alone."""

Read = Callable[[int], Entry | None]


@dataclass(frozen=True, eq=False)
class Keys:
    """The keys under which an article is looked up, and those (fewer) under which it can be found."""

    bands: Digests
    anchors: Digests
    terms: Digests
    rarity: NDArray[np.float64]
    weighed: Weighed

    def asked(self) -> Digests:
        """Give all keys to look up: bands, then anchors, then terms."""
        return np.concatenate([self.bands, self.anchors, self.terms])

    def stored(self) -> Digests:
        """Give the keys to be found by, each once; of many anchors, the smallest ones.

        A text of few anchors leaves room for more of its terms.
        """
        anchors = self.anchors[:MAX_ANCHORS]
        terms = max(_LEAST_TERMS, min(_MOST_TERMS, WIDTH - _BANDS - len(anchors)))
        return distinct(np.concatenate([self.bands, anchors, self.terms[:terms]]))

    def edges(self) -> tuple[int, int, int]:
        """Give where, in all keys asked, the bands end, the anchors end, and the terms end."""
        both = len(self.bands) + len(self.anchors)
        return len(self.bands), both, both + len(self.terms)


def keys_of(features: Features, memory: ShardMemory) -> Keys:
    """Give the keys of an article; its story terms are the weightiest by what the shard holds now."""
    weighed = Weighed.of(features, memory)
    # Rounded, so that the last bit of a logarithm never decides an order.
    best = np.lexsort((weighed.terms, -np.round(weighed.weights, 9)))[:_ASKED_TERMS]
    return Keys(
        bands=features.bands,
        anchors=salted(features.anchors[:_ASKED_ANCHORS].astype(np.uint64), _ANCHOR),
        terms=salted(weighed.terms[best].astype(np.uint64), _TERM),
        rarity=weighed.rarity[best],
        weighed=weighed,
    )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Numbers of remembered articles, best first: `near` may be copies, `alike` of the same event."""

    near: tuple[int, ...]
    alike: tuple[int, ...]


def candidates(keys: Keys, memory: ShardMemory, settings: DedupeSettings) -> Candidates:
    """Look `keys` up and rank what they lead to; ties go to the earlier article."""
    bands, both, every = keys.edges()
    newest = np.full(every, settings.newest_per_key, np.int64)
    newest[both:] = settings.newest_per_term
    which, found = memory.find(keys.asked(), newest)
    if not found.size:
        return Candidates((), ())
    rows, place = _distinct_rows(found)
    kind = (which >= bands).astype(np.int64) + (which >= both)
    counts = np.bincount(kind * len(rows) + place, minlength=3 * len(rows))
    band, anchor, term = counts.reshape(3, len(rows))
    near: NDArray[np.float64] = (band.astype(np.float64) / _BANDS) ** (1 / 3) + (1.0 - 0.7**anchor)
    # A long text that shares one band of 42 and no run of five words shares no third of its words.
    enough = (anchor > 0) & (band > 0) | (band >= (1 if len(keys.anchors) < _FEW_ANCHORS else 2))
    by_runs = np.flatnonzero((anchor > 0) & ~enough)
    needed = [runs_needed(len(keys.anchors), memory.words_at_row(row)) for row in rows[by_runs].tolist()]
    enough[by_runs] = anchor[by_runs] >= needed
    named = which >= both
    shared = np.bincount(place[named], keys.rarity[which[named] - both], len(rows)).astype(np.float64)
    return Candidates(
        near=_best(memory, rows, near, enough, settings.verify_best),
        alike=_best(memory, rows, shared, term >= _MIN_SHARED_TERMS, settings.story_best),
    )


def runs_needed(anchors: int, words: int) -> int:
    """Give how many runs of five words a text of so many anchors shares with one of so many words, if any.

    A copy, or a part of the other, has half of the shorter text's runs; of those that can be seen from both
    sides (the stored ones are the smallest few, and so are those asked) an eighth must be shared, and one.
    Single runs ("in a press statement that the") are what all news shares.
    """
    theirs = words // ANCHOR_EVERY
    if not anchors or not theirs:
        return 1
    seen_of_mine = anchors * min(1.0, MAX_ANCHORS / theirs)
    seen_of_theirs = min(MAX_ANCHORS, theirs) * min(1.0, _ASKED_ANCHORS / anchors)
    return 1 + int(min(seen_of_mine, seen_of_theirs)) // _RUNS_FOR_ONE


def _distinct_rows(found: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the rows, rising, each once, and of each of `found` its place there."""
    order = found.argsort()
    rows = found[order]
    first = np.ones(len(rows), bool)
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    place = np.empty(len(rows), np.int64)
    place[order] = np.cumsum(first) - 1
    return rows[first], place


def _best(
    memory: ShardMemory,
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    count: int,
) -> tuple[int, ...]:
    if not wanted.any():
        return ()
    rows, scores = rows[wanted], scores[wanted]
    order = np.lexsort((rows, -np.round(scores, 9)))[:count]
    return tuple(map(memory.at_row, rows[order].tolist()))
