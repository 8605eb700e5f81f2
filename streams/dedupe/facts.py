"""The words of an article as facts are read from them: stems, figures by value, names, places.

A reading is made of title and text alone, once, and serves every comparison; which names are the outlet's
own is told beside it. What two readings differ in is found in conflict.py, what they share in sameness.py.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, cast

from streams.dedupe.words import (
    MAX_WORDS,
    Memo,
    is_figure,
    is_number_word,
    plain_figure,
    stretches,
    tables,
    valued,
    with_values,
    word,
    words_of,
)
from streams.text.fold import match

CONTEXT = 2
"""Words on either side of a run that are its context."""
EDGE = "^"
_LEAD = 120
_OFFICE_ALONE = 2
"""What two words of office add up to, or one that names something beside one that does not."""
_YEARS = range(1900, 2100)
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split()) | {
    f"m{month}" for month in range(1, 13)
}
_CAPITAL = re.compile("[A-Z]")
_WORD = re.compile(r"[\w'’-]*")
_OPENING, _CLOSING, _STOPS = '"“‘(', "\"'”’)", ".!?:\n"


@dataclass(frozen=True, eq=False)
class Reading:
    """The words of one article; `title` and `text` in the match form, `display` its text as written.

    Parts are made when first asked for.
    """

    title: str
    text: str
    display: str

    @cached_property
    def tokens(self) -> list[str]:
        """Give the text's words: stems, number words as digits, function words as they are."""
        return _tokens(self.text)

    @cached_property
    def padded(self) -> list[str]:
        """Give the words between edges."""
        edge = [EDGE] * CONTEXT
        return edge + self.tokens + edge

    @cached_property
    def marks(self) -> list[int]:
        """Give where in the padded words a figure, a place or a name may stand: nothing else is a fact."""
        facts, cues = self.named | (self.vocabulary & tables().facts), tables().cues
        pairs = enumerate(pairwise(self.padded[CONTEXT - 1 : -CONTEXT]), CONTEXT)
        return [at for at, (cue, text) in pairs if text in facts or cue in cues or text.isdigit()]

    @cached_property
    def title_tokens(self) -> frozenset[str]:
        """Give the title's words in the same form."""
        return frozenset(_tokens(self.title))

    @cached_property
    def title_names(self) -> frozenset[str]:
        """Give the words of the title that mean something."""
        return frozenset(text for text in self.title_tokens if MEANT[text])

    @cached_property
    def said(self) -> frozenset[str]:
        """Give the words of title and beginning."""
        return self.title_tokens.union(self.lead)

    @cached_property
    def named(self) -> frozenset[str]:
        """Give the words that stand like names: with a capital, or in the title too."""
        return self.capitals | self.title_tokens

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Give all words of title and text, and the edge."""
        return self.title_tokens.union(self.tokens, (EDGE,))

    @cached_property
    def lead(self) -> list[str]:
        """Give the words that begin the text: who, what and where; long texts share all else by chance."""
        return self.tokens[:_LEAD]

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Give the pairs of neighbouring words that few articles share."""
        return _telling_pairs(self.lead)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Give the figures of the text that are no years."""
        return frozenset(text for text in _figures(self.lead) if int(text) not in _YEARS)

    @cached_property
    def named_places(self) -> frozenset[str]:
        """Give the places of the table that title and beginning name."""
        return tables().places & self.said

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Give the words written with a capital inside a sentence, lower-cased (Latin script)."""
        return frozenset(_TOKENS[name.lower()] for name in _capital_words(self.display))

    @cached_property
    def written_names(self) -> frozenset[str]:
        """Give the words written as names that are no offices, days, months or places (Latin script)."""
        return self.capitals - tables().office - tables().places - _DAYS


class Facts(NamedTuple):
    """A reading, and the stems of the names of the outlet and its agency: they differ in every copy."""

    reading: Reading
    own_names: frozenset[str] = frozenset()


def _capital_words(text: str) -> Iterator[str]:
    """Give the words with a capital that begin no sentence, from the capitals: Arabic texts have few."""
    end = 0
    for capital in _CAPITAL.finditer(text):
        start = capital.start()
        if start < end:
            continue  # in the word before
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        written = _WORD.match(text, start)
        assert written is not None  # noqa: S101 - it matches at least nothing
        end = written.end()
        if not _begins(text, start):
            yield written[0]


def _begins(text: str, at: int) -> bool:
    """Say whether a sentence, or what stands between quotes or brackets, begins there."""
    if not at or text[at - 1] in _OPENING:
        return True
    before = at
    while before and text[before - 1].isspace():
        before -= 1
    if "\n" in text[before:at]:
        return True
    while before and text[before - 1] in _CLOSING:
        before -= 1
    return before > 0 and text[before - 1] in _STOPS


def _tokens(text: str) -> list[str]:
    """Give the words of a match form: stems, numbers by value, names with عبد as one word."""
    words = words_of(text.replace(" عبد ", " عبد_"), MAX_WORDS)
    tokens = [*map(_PLAIN.__getitem__, words)]
    for start, end in stretches(tokens):
        if end - start == 1 and is_figure(words[start]):  # as most are
            tokens[start] = plain_figure(words[start])
        else:
            tokens[start:end] = map(_TOKENS.__getitem__, valued(words[start:end]))
    return cast(list[str], tokens)


def _token(text: str) -> str:
    plain = text.replace("_", "")
    return word(plain).stem or plain


def _means(text: str) -> bool:
    return is_figure(text) or bool(word(text).stem)


def _tells(text: str) -> bool:
    return MEANT[text] and text not in tables().cues and text != EDGE


def _naming(text: str) -> int:
    """Give what a word adds to a pair: nothing where it names nothing, little where it is one of office."""
    if is_figure(text) or not word(text).stem:
        return 0
    return 1 if text in tables().office else 2


def _figures(tokens: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(is_figure, filter(str.isdigit, tokens)))


_TOKENS: Memo[str] = Memo(_token)
_PLAIN: Memo[str | None] = Memo(lambda text: None if is_number_word(text) else _TOKENS[text])
_NAMING: Memo[int] = Memo(_naming)
MEANT, TELLING = Memo(_means), Memo(_tells)
"""Whether a word is more than a function word; whether it tells where it stands, as words of rank do not."""


def _telling_pairs(tokens: list[str]) -> frozenset[tuple[str, str]]:
    """Give the pairs of neighbouring words that mean something, at least one of them no word of office."""
    naming = [*map(_NAMING.__getitem__, tokens)]
    neighbours = zip(tokens, tokens[1:], naming, naming[1:], strict=False)
    return frozenset([(a, b) for a, b, first, second in neighbours if first + second > _OFFICE_ALONE])


@lru_cache(maxsize=1_024)
def names_in(text: str, lang: str) -> frozenset[str]:
    """Give the stems of the words of a name as shown: of an outlet, which come again and again."""
    return frozenset(_tokens(match(text, lang)))


def figures_of(match_form: str) -> list[str]:
    """Give the numbers of a passage in the match form, in order."""
    return [text for text in with_values(words_of(match_form, MAX_WORDS)) if is_figure(text)]
