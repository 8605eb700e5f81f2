"""What dedupe compares of an article: its words as shingles, anchors, terms and bands.

    shingles  every run of three words: exact verification (word 3-grams, ARABIC.md 3.2)
    anchors   one run of five words in eight, chosen by its own digest, so that a text contained in
              another has the same ones: finds what a sketch of the whole text misses
    terms     light stems with their weights: stories (ARABIC.md 3.3)
    bands     42 bands of 3 rows of the sketch that `normalize` made: finds copies

At most `MAX_WORDS` words are looked at, so a text of any length costs the same.
"""

import base64
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from events.article import Article, Fingerprint
from streams.dedupe.facts import Facts, names_in
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
_ANCHOR_WORDS, ANCHOR_EVERY = 5, 8

Digests = NDArray[np.uint32]
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_BAND_SALTS = np.arange(_BANDS, dtype=np.uint64) * _FACTORS[3]
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
_NO_DIGESTS: Digests = np.zeros(0, np.uint32)


@dataclass(frozen=True, eq=False)
class Features:
    """The comparable side of one article. Built once an event; parts are made when first asked for."""

    article: Article
    title: str
    text: str

    @cached_property
    def title_words(self) -> list[str]:
        """Give the words of the title's match form."""
        return words_of(self.title, MAX_WORDS)

    @cached_property
    def words(self) -> list[str]:
        """Give the words of the text's match form."""
        return words_of(self.text, MAX_WORDS)

    @cached_property
    def _codes(self) -> NDArray[np.uint64]:
        return codes(self.words)

    @cached_property
    def shingles(self) -> Digests:
        """Give the digests of all runs of three words, sorted, each once; of a shorter text, its words."""
        return runs(self._codes >> _HALF, min(3, max(1, len(self.words))))

    @cached_property
    def anchors(self) -> Digests:
        """Give the digests of the chosen runs of five words, sorted; of a flash, its digest as a whole."""
        if len(self.words) < FLASH_WORDS:
            return np.array([key64(self.article.fingerprint.exact) >> 32], np.uint32)
        every = runs(self._codes >> _HALF, _ANCHOR_WORDS)
        chosen: Digests = every[every % ANCHOR_EVERY == 0]
        return chosen

    @cached_property
    def bands(self) -> Digests:
        """Give one key for each band of the sketch; none where the text is too short for one."""
        return band_keys(self.article.fingerprint)

    @cached_property
    def facts(self) -> Facts:
        """Give the facts of the article, its outlet's and agency's own names apart."""
        article = self.article
        names = " ".join(filter(None, (article.source_name, article.source_id, article.agency)))
        return Facts(self.title, self.text, article.text[:MAX_CHARACTERS], names_in(names, article.lang))

    @cached_property
    def terms(self) -> tuple[Digests, NDArray[np.uint8]]:
        """Give term digests, rising, and how often each stands in the beginning, the title three times."""
        title = np.repeat(codes(self.title_words), TITLE_WEIGHT)
        stems = np.concatenate([title, self._codes[:STORY_WORDS]]) & _LOWER
        terms, counts = counted(stems[stems != 0].astype(np.uint32))
        if len(terms) > MAX_TERMS:
            best = np.sort(np.lexsort((terms, -counts))[:MAX_TERMS])
            terms, counts = terms[best], counts[best]
        return terms, np.minimum(counts, 255).astype(np.uint8)


def features_of(article: Article) -> Features:
    """Give the features of `article`; beyond `MAX_CHARACTERS` its text is known by its digest alone."""
    title = match(article.title[:MAX_CHARACTERS], article.lang)
    return Features(article, title, match(article.text[:MAX_CHARACTERS], article.lang))


def runs(digests: NDArray[np.uint64], length: int) -> Digests:
    """Give the digests of all runs of `length` words, sorted, each once."""
    count = len(digests) - length + 1
    if count <= 0:
        return _NO_DIGESTS
    mixed = np.zeros(count, np.uint64)
    for offset in range(length):
        mixed += (digests[offset : offset + count] + np.uint64(1)) * _FACTORS[offset]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _FACTORS[0]
    return distinct((mixed >> np.uint64(32)).astype(np.uint32))


def distinct(values: Digests) -> Digests:
    """Give `values` in rising order, each once (a third of the cost of `numpy.unique` at this size)."""
    values.sort()
    if len(values) < 2:
        return values
    first = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def counted(values: Digests) -> tuple[Digests, NDArray[np.int64]]:
    """Give `values` in rising order, each once, and how often each stands there."""
    values.sort()
    edges = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1], [True]]))
    if not len(values):
        return values, np.zeros(0, np.int64)
    return values[edges[:-1]], np.diff(edges)


def band_keys(fingerprint: Fingerprint) -> Digests:
    """Give the 42 band keys of a sketch of 128 words; sketches of other versions never share one."""
    if not fingerprint.sketch:
        return _NO_DIGESTS
    sketch = np.frombuffer(base64.b64decode(fingerprint.sketch), "<u4").astype(np.uint64)
    rows = sketch[: _BANDS * _ROWS].reshape(_BANDS, _ROWS)
    mixed = rows[:, 0] * _FACTORS[0] + rows[:, 1] * _FACTORS[1] + rows[:, 2] * _FACTORS[2]
    mixed += _BAND_SALTS + np.full(1, word(fingerprint.version).code >> 32, np.uint64) * _FACTORS[4]
    return salted(mixed, 1)


def salted(values: NDArray[np.uint64], kind: int) -> Digests:
    """Spread `values` over 32 bits, apart for each `kind` of key, never 0."""
    mixed = (values + np.uint64(kind)) * _FACTORS[kind]
    mixed ^= mixed >> np.uint64(31)
    mixed *= _FACTORS[0]
    keys: Digests = (mixed >> np.uint64(32)).astype(np.uint32)
    keys[keys == 0] = 1
    return keys
