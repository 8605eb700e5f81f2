"""A passage is one field of an article as the taggers read it: display form, match form, and the way back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from events.article import DedupedArticle, Evidence, Field
from streams.tag.lexicon import Hit, Lexicon
from streams.text.fold import Folded, fold

_WORD = re.compile(r"[^ \n]+|\n")


@dataclass(frozen=True)
class Passage:
    """`hits` are all entries of the lexicon in `folded.text`, every reading of them."""

    field: Field
    display: str
    folded: Folded
    hits: tuple[Hit, ...]

    def evidence(self, start: int, end: int, rule: str) -> Evidence:
        """Give the evidence for a span of the match form, in offsets of the display form."""
        begin, stop = self.folded.span(start, end)
        return Evidence(field=self.field, start=begin, end=stop, surface=self.display[begin:stop], rule=rule)

    def before(self, start: int) -> list[str]:
        """Give the words of the sentence before a match offset, nearest first, four at most."""
        head = self.folded.text[max(0, start - 60) : start]
        words = head[head.rfind("\n") + 1 :].split(" ")
        return [word for word in reversed(words[:-1]) if word][:4]

    def after(self, end: int) -> list[str]:
        """Give the words of the sentence after a match offset, four at most."""
        tail = self.folded.text[end : end + 60]
        return tail.split("\n", 1)[0].split()[:4]

    @cached_property
    def sentences(self) -> tuple["Sentence", ...]:
        """Give the sentences of the match form, empty ones left out."""
        return tuple(_sentences(self.folded.text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one sentence and where each starts in the match form."""

    words: tuple[str, ...]
    starts: tuple[int, ...]


def _sentences(text: str) -> Iterator[Sentence]:
    words: list[str] = []
    starts: list[int] = []
    for found in _WORD.finditer(text):
        if found[0] == "\n":
            if words:
                yield Sentence(tuple(words), tuple(starts))
            words, starts = [], []
        else:
            words.append(found[0])
            starts.append(found.start())
    if words:
        yield Sentence(tuple(words), tuple(starts))


def passages(article: DedupedArticle, lexicon: Lexicon) -> tuple[Passage, ...]:
    """Give the title and the text of an article as the taggers read them."""
    fields: tuple[tuple[Field, str], ...] = (("title", article.title), ("text", article.text))
    return tuple(_passage(field, text, article.lang, lexicon) for field, text in fields)


def _passage(field: Field, display: str, lang: str, lexicon: Lexicon) -> Passage:
    folded = fold(display, lang)
    return Passage(field, display, folded, tuple(lexicon.find(folded.text)))
