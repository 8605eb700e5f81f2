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
from streams.dedupe.postings import WIDTH, Numbers
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.terms import Weighed, rarest

_LEAST_TERMS, _MOST_TERMS = 14, 24
_BANDS = 42
_ANCHOR, _TERM = 2, 3
_ASKED_ANCHORS = 400
_KEY_BITS = 9
_KEY_MASK = (1 << _KEY_BITS) - 1
"""Enough for 42 bands and all anchors and terms that are asked for."""
_RUNS_FOR_ONE = 8
_ASKED_TERMS = 30
"""More than an article is found by: what one report says twice, another may say once."""
_MIN_SHARED = 1.6
"""Two terms that hardly any other article holds, or more that are less rare, in shares of the rarest."""
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
    best = (-weighed.weights.round(9)).argsort(kind="stable")[:_ASKED_TERMS]  # terms rise
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
    rows, place, which = _distinct_rows(found, which)
    kinds = np.zeros(every, np.int64)
    kinds[bands:both], kinds[both:] = len(rows), 2 * len(rows)
    counts = np.bincount(kinds[which] + place, minlength=3 * len(rows))
    band, anchor, _ = counts.reshape(3, len(rows))
    rarity = np.zeros(every)
    rarity[both:] = keys.rarity
    weights = np.bincount(place, rarity[which], len(rows)).astype(np.float64, copy=False)
    same = (weights >= _MIN_SHARED * rarest(memory)).nonzero()[0]
    return Candidates(
        near=_near(keys, memory, rows, band, anchor, settings.verify_best),
        alike=_best(memory, rows[same], weights[same], settings.story_best),
    )


def _near(
    keys: Keys, memory: ShardMemory, rows: Numbers, band: Numbers, anchor: Numbers, count: int
) -> tuple[int, ...]:
    """Give the articles that may be copies, or parts of one another."""
    some = ((band > 0) | (anchor > 0)).nonzero()[0]
    if not len(some):
        return ()
    rows, band, anchor = rows[some], band[some], anchor[some]
    # A long text that shares one band of 42 and no run of five words shares no third of its words.
    enough = band >= (1 if len(keys.anchors) < _FEW_ANCHORS else 2)
    needed = runs_needed(len(keys.anchors), memory.words_at_rows(rows))
    enough |= anchor >= np.where(band > 0, 1, needed)
    wanted = enough.nonzero()[0]
    rows, band, anchor = rows[wanted], band[wanted], anchor[wanted]
    scores: NDArray[np.float64] = (band / _BANDS) ** (1 / 3) + (1.0 - 0.7**anchor)
    return _best(memory, rows, scores, count)


def runs_needed(anchors: int, words: Numbers) -> Numbers:
    """Give how many chosen runs a text of so many anchors shares with texts of so many words, if it is one.

    A copy, or a part of the other, has half of the shorter text's runs; of those that can be seen from both
    sides (the stored ones are the smallest few, and so are those asked) an eighth must be shared, and one.
    Single runs ("in a press statement that the") are what all news shares.
    """
    if not anchors:
        return np.ones(len(words), np.int64)
    theirs = words.astype(np.int64) // ANCHOR_EVERY
    stored = np.minimum(theirs, MAX_ANCHORS)
    of_mine = anchors * stored // np.maximum(theirs, 1)
    of_theirs = stored * min(anchors, _ASKED_ANCHORS) // anchors
    needed: Numbers = 1 + np.minimum(of_mine, of_theirs) // _RUNS_FOR_ONE
    return needed


def _distinct_rows(found: Numbers, which: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Give the rows, rising, each once; and of each of `found`, in that order, its place there and its key.

    Row and key are sorted as one number: to sort their order and put both into it takes three times as long.
    """
    both = found << _KEY_BITS | which
    both.sort()
    rows = both >> _KEY_BITS
    first = np.empty(len(rows), bool)
    first[0] = True
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return rows[first], first.cumsum() - 1, both & _KEY_MASK


def _best(memory: ShardMemory, rows: Numbers, scores: NDArray[np.float64], count: int) -> tuple[int, ...]:
    """Give the `count` with the highest scores; of equals the earlier ones (rows rise)."""
    if len(rows) > 1:
        rows = rows[(-scores.round(9)).argsort(kind="stable")[:count]]
    return tuple(map(memory.at_row, rows.tolist()))
