"""A passage is one field of an article as the taggers read it: display form, match form, and the way back."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from events.article import DedupedArticle, Evidence, Field
from streams.tag.lexicon import Hit, Lexicon
from streams.text.spans import Spans

_LONGEST_SENTENCE = 2_000
_READ_AT_MOST = 100_000
"""Characters of a field that are read: the longest reports have half of that."""
_MOST_HITS = 20_000


class Passage:
    """`hits` are all entries of the lexicon in `folded.text`, every reading of them."""

    def __init__(self, field: Field, display: str, folded: Spans, hits: tuple[Hit, ...]) -> None:
        self.field: Field = field
        self.display = display
        self.folded = folded
        self.hits = hits
        self.vocabulary = frozenset(folded.words)
        """The different words of the match form."""
        self._of: dict[frozenset[str], frozenset[str]] = {}
        self._sentences: dict[int, Sentence] = {}

    def evidence(self, start: int, end: int, rule: str) -> Evidence:
        """Give the evidence for a span of the match form, in offsets of the display form."""
        begin, stop = self.folded.span(start, end)
        return Evidence(field=self.field, start=begin, end=stop, surface=self.display[begin:stop], rule=rule)

    def surface(self, start: int, end: int) -> str:
        """Give the display form's characters for a span of the match form."""
        begin, stop = self.folded.span(start, end)
        return self.display[begin:stop]

    def display_after(self, end: int, size: int) -> str:
        """Give the display form's next `size` characters after a match offset."""
        at = self.folded.span(end - 1, end)[1]
        return self.display[at : at + size]

    def before(self, start: int) -> list[str]:
        """Give the words of the sentence before the word at a match offset, nearest first, two at most."""
        return self.folded.before(start)

    def after(self, end: int) -> str:
        """Give the next word of the sentence after a match offset that ends a word; empty at its end."""
        return self.folded.after(end)

    def of(self, words: frozenset[str]) -> frozenset[str]:
        """Give those of a set of words that stand in the match form."""
        known = self._of.get(words)
        if known is None:
            known = self._of[words] = self.vocabulary & words
        return known

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """Give where the sentences of the match form begin; very long ones are cut, so work stays linear."""
        return tuple(_bounds(self.folded.text))

    def sentence(self, number: int) -> "Sentence":
        """Give a sentence's words; empty beyond the last."""
        known = self._sentences.get(number)
        if known is None:
            known = self._sentences[number] = self._sentence(number)
        return known

    def _sentence(self, number: int) -> "Sentence":
        if number >= len(self.bounds):
            return Sentence((), 0)
        cuts, bounds = self.folded.cuts, self.bounds
        first = bisect_right(cuts, bounds[number])
        last = bisect_right(cuts, bounds[number + 1]) if number + 1 < len(bounds) else len(cuts)
        return Sentence(tuple(self.folded.words[first:last]), self.folded.start(first))

    def sentences_with(self, kind: str) -> list[int]:
        """Give the numbers of the sentences that hold an entry of this kind, in order."""
        starts = [hit.start for hit in self.hits if kind in hit.kinds]
        return sorted({bisect_right(self.bounds, start) - 1 for start in starts})


class Sentence(NamedTuple):
    """Words of one sentence and where the first starts in the match form."""

    words: tuple[str, ...]
    begin: int

    def start(self, place: int) -> int:
        """Give where a word starts in the match form."""
        return self.begin + sum(map(len, self.words[:place])) + place


def _bounds(text: str) -> Iterator[int]:
    start = 0
    for line in text.split("\n"):
        yield start
        if len(line) > _LONGEST_SENTENCE:
            yield from _cuts(text, start, len(line))
        start += len(line) + 1


def _cuts(text: str, start: int, size: int) -> Iterator[int]:
    """Give where the further pieces of a very long sentence begin."""
    for piece in range(_LONGEST_SENTENCE, size, _LONGEST_SENTENCE):
        yield text.find(" ", start + piece) % (len(text) + 1)


def passages(article: DedupedArticle, lexicon: Lexicon) -> tuple[Passage, ...]:
    """Give the title and the text of an article as the taggers read them."""
    fields: tuple[tuple[Field, str], ...] = (("title", article.title), ("text", article.text))
    return tuple(_passage(field, text, article.lang, lexicon) for field, text in fields)


def _passage(field: Field, display: str, lang: str, lexicon: Lexicon) -> Passage:
    folded = Spans(_readable(display), lang)
    return Passage(field, display, folded, tuple(lexicon.find(folded.text, folded.outline)[:_MOST_HITS]))


def _readable(display: str) -> str:
    """Give the part that is read: all of an article, the beginning of a hostile megabyte."""
    if len(display) <= _READ_AT_MOST:
        return display
    space = display.rfind(" ", 0, _READ_AT_MOST)
    return display[: space if space > 0 else _READ_AT_MOST]
