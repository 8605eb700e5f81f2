"""What dedupe compares of an article: its words as shingles, anchors, terms and bands.

    shingles  every run of three words: exact verification (word 3-grams, ARABIC.md 3.2)
    anchors   one run of five words in eight, chosen by its own digest, so that a text contained in
              another has the same ones: finds what a sketch of the whole text misses
    terms     light stems with their weights: stories (ARABIC.md 3.3)
    bands     42 bands of 3 rows of the sketch that `normalize` made: finds copies

At most `MAX_WORDS` words are looked at, so a text of any length costs the same.
"""

from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from events.article import Article, Fingerprint
from streams.dedupe.facts import Facts, Reading, names_in
from streams.dedupe.table import key64
from streams.dedupe.words import MAX_WORDS, codes, word, words_of
from streams.text.fold import match

MAX_CHARACTERS = 60_000
MAX_ANCHORS = 36
MAX_TERMS = 48
TITLE_WEIGHT = 3
STORY_WORDS = 250
FLASH_WORDS = 8
"""A shorter text has no sketch and no runs to be found by."""
_BANDS, _ROWS = 42, 3
_SHINGLE_WORDS, _ANCHOR_WORDS, ANCHOR_EVERY = 3, 5, 8

Digests = NDArray[np.uint32]
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_BAND_SALTS = np.arange(_BANDS, dtype=np.uint64) * _FACTORS[3]
_HALF, _ONE, _TWENTY_NINE, _THIRTY_ONE = map(np.uint64, (32, 1, 29, 31))
_NO_DIGESTS: Digests = np.zeros(0, np.uint32)


@dataclass(frozen=True, eq=False)
class Features:
    """The comparable side of one article. Built once an event; parts are made when first asked for."""

    article: Article
    title: str
    text: str

    @cached_property
    def title_words(self) -> Sequence[str]:
        """Give the words of the title's match form."""
        return words_of(self.title, MAX_WORDS)

    @cached_property
    def words(self) -> Sequence[str]:
        """Give the words of the text's match form."""
        return words_of(self.text, MAX_WORDS)

    @cached_property
    def _codes(self) -> NDArray[np.uint64]:
        return codes(self.words)

    @cached_property
    def shingles(self) -> Digests:
        """Give the digests of all runs of three words, sorted, each once; of a shorter text, its words."""
        if len(self.words) < _SHINGLE_WORDS:
            return runs(self._codes >> _HALF, max(1, len(self.words)))
        return distinct(_finished(self._threes))

    @cached_property
    def _spread(self) -> NDArray[np.uint64]:
        """Give the digest of each word multiplied for each place that it may have in a run."""
        return _spread(self._codes >> _HALF, _ANCHOR_WORDS)

    @cached_property
    def _threes(self) -> NDArray[np.uint64]:
        """Give the runs of three words, not finished: those of five begin with them."""
        return _summed(self._spread[:_SHINGLE_WORDS])

    @cached_property
    def anchors(self) -> Digests:
        """Give the digests of the chosen runs of five words, sorted; of a flash, its digest as a whole."""
        if len(self.words) < FLASH_WORDS:
            return np.array([key64(self.article.fingerprint.exact) >> 32], np.uint32)
        count = len(self.words) - _ANCHOR_WORDS + 1
        mixed = self._threes[:count].copy()
        for offset in range(_SHINGLE_WORDS, _ANCHOR_WORDS):
            mixed += self._spread[offset, offset : offset + count]
        every = _finished(mixed)
        return distinct(every[every & (ANCHOR_EVERY - 1) == 0])

    @cached_property
    def bands(self) -> Digests:
        """Give one key for each band of the sketch; none where the text is too short for one."""
        return band_keys(self.article.fingerprint)

    @cached_property
    def reading(self) -> Reading:
        """Give the words of the article as facts are read from them."""
        return Reading(self.title, self.text, self.article.text[:MAX_CHARACTERS])

    @cached_property
    def facts(self) -> Facts:
        """Give the facts of the article, its outlet's and agency's own names apart."""
        article = self.article
        names = " ".join(filter(None, (article.source_name, article.source_id, article.agency)))
        return Facts(self.reading, names_in(names, article.lang))

    @cached_property
    def terms(self) -> tuple[Digests, NDArray[np.uint8]]:
        """Give term digests, rising, and how often each stands in the beginning, the title three times."""
        title = codes(self.title_words)
        stems = np.concatenate([title] * TITLE_WEIGHT + [self._codes[:STORY_WORDS]])
        terms, counts = counted(stems.astype(np.uint32))  # the lower halves: light stems
        if len(terms) and not terms[0]:
            terms, counts = terms[1:], counts[1:]  # of function words, there is none
        if len(terms) > MAX_TERMS:
            best = (-counts).argsort(kind="stable")[:MAX_TERMS]  # terms rise: of equals the smaller ones
            best.sort()
            terms, counts = terms[best], counts[best]
        return terms, np.minimum(counts, 255).astype(np.uint8)


def features_of(article: Article) -> Features:
    """Give the features of `article`; beyond `MAX_CHARACTERS` its text is known by its digest alone."""
    title = match(article.title[:MAX_CHARACTERS], article.lang)
    return Features(article, title, match(article.text[:MAX_CHARACTERS], article.lang))


def runs(digests: NDArray[np.uint64], length: int) -> Digests:
    """Give the digests of all runs of `length` words, sorted, each once."""
    if len(digests) < length:
        return _NO_DIGESTS
    return distinct(_finished(_summed(_spread(digests, length))))


def _spread(digests: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    spread: NDArray[np.uint64] = (digests + _ONE) * _FACTORS[:length, None]
    return spread


def _summed(spread: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Add up each run of words, one for each row of `spread`."""
    length, words = spread.shape
    count = words - length + 1
    mixed = spread[0, :count].copy()
    for offset in range(1, length):
        mixed += spread[offset, offset : offset + count]
    return mixed


def _finished(mixed: NDArray[np.uint64]) -> Digests:
    """Give the upper half of each sum, its bits well mixed; `mixed` itself is left as it is."""
    stirred = mixed ^ (mixed >> _TWENTY_NINE)
    stirred *= _FACTORS[0]
    stirred >>= _HALF
    return stirred.astype(np.uint32)


def distinct(values: Digests) -> Digests:
    """Give `values` in rising order, each once (a third of the cost of `numpy.unique` at this size)."""
    values.sort()
    if len(values) < 2:
        return values
    first = np.empty(len(values), bool)
    first[0] = True
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def counted(values: Digests) -> tuple[Digests, NDArray[np.int64]]:
    """Give `values` in rising order, each once, and how often each stands there."""
    if not len(values):
        return values, np.zeros(0, np.int64)
    values.sort()
    edge = np.ones(len(values) + 1, bool)
    np.not_equal(values[1:], values[:-1], out=edge[1:-1])
    edges = edge.nonzero()[0]
    return values[edges[:-1]], edges[1:] - edges[:-1]


def band_keys(fingerprint: Fingerprint) -> Digests:
    """Give the 42 band keys of a sketch of 128 words; sketches of other versions never share one."""
    if not fingerprint.sketch:
        return _NO_DIGESTS
    sketch = np.frombuffer(a2b_base64(fingerprint.sketch), "<u4").astype(np.uint64)
    mixed: NDArray[np.uint64] = sketch[: _BANDS * _ROWS].reshape(_BANDS, _ROWS) @ _FACTORS[:_ROWS]
    mixed += _version_salts(fingerprint.version)
    return salted(mixed, 1)


@lru_cache(maxsize=8)  # versions come from records: a hostile one may name any
def _version_salts(version: str) -> NDArray[np.uint64]:
    salts: NDArray[np.uint64] = _BAND_SALTS + np.full(1, word(version).code >> 32, np.uint64) * _FACTORS[4]
    return salts


def salted(values: NDArray[np.uint64], kind: int) -> Digests:
    """Spread `values` over 32 bits, apart for each `kind` of key, never 0."""
    mixed = (values + np.uint64(kind)) * _FACTORS[kind]
    mixed ^= mixed >> _THIRTY_ONE
    mixed *= _FACTORS[0]
    mixed >>= _HALF
    keys: Digests = np.maximum(mixed, _ONE).astype(np.uint32)
    return keys
