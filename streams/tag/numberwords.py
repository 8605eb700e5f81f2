"""Words and phrases that a quantity is made of: numbers, scales, bounds, and what can begin one."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from streams.tag.tables import rows, settings
from streams.text.fold import match

DIGITS = re.compile(r"([وفبلك]?)([0-9]{1,9})(\.[0-9]{1,3})?\Z")
CLITICS = "وفبلك"
RANGES = frozenset(["بين", "between"])
ARTICLES = frozenset(["a", "an"])
HALVES = frozenset(["نصف", "half"])
_BEGINNERS = ARTICLES | {"ما"}
"""Words that begin a quantity with others than a bound behind them: "a dozen", "ما بين"."""
_REMEMBERED = 50_000
_NOTHING: frozenset[str] = frozenset()


class NumberWord(NamedTuple):
    """What a word of data/numbers.tsv is worth, and how it goes with others: unit, ten, hundred, scale."""

    value: int
    kind: str


@cache
def number_words() -> dict[str, NumberWord]:
    """Give all number words in match form, read once."""
    return {match(row["word"]): NumberWord(int(row["value"]), row["class"]) for row in rows("numbers.tsv")}


_Bounds = dict[str, list[tuple[tuple[str, ...], str]]]


@cache
def bounds(place: str) -> _Bounds:
    """Give the bounding phrases `before` or `after` the number by first word, the longest first."""
    table: _Bounds = {}
    for kind, phrases in settings("casualties.toml")["bounds"][place].items():
        for words in (tuple(match(phrase).split()) for phrase in phrases):
            table.setdefault(words[0], []).append((words, kind))
    for known in table.values():
        known.sort(key=lambda one: -len(one[0]))
    return table


def lookup(word: str) -> tuple[NumberWord | None, str]:
    """Give the entry of a number word and the clitic peeled off it."""
    table = number_words()
    found = table.get(word)
    if found or len(word) < 4 or word[0] not in CLITICS:
        return found, ""
    return table.get(word[1:]), word[0]


def is_number(word: str) -> bool:
    """Tell whether a word is a number."""
    return DIGITS.match(word) is not None or lookup(word)[0] is not None


def may_begin(words: Sequence[str], at: int) -> bool:
    """Tell at one look whether a quantity can begin here: a number, a bound, "between", "a dozen"."""
    asked = followers_asked(words[at])
    return asked is not None and (not asked or (at + 1 < len(words) and words[at + 1] in asked))


@lru_cache(maxsize=_REMEMBERED)
def followers_asked(word: str) -> frozenset[str] | None:
    """Give the words of which one must follow where a quantity begins with `word`; None where none can.

    No words where any may follow. "في" begins "في حدود", and hardly ever a quantity.
    """
    if is_number(word) or word in RANGES or word in HALVES:
        return _NOTHING
    starts = bounds("before")
    bare = word[1:] if len(word) > 3 and word[0] in CLITICS else ""
    if word not in starts and bare not in starts and word not in _BEGINNERS:
        return None
    phrases = [phrase for phrase, _ in (*starts.get(word, ()), *starts.get(bare, ()))]
    if any(len(phrase) == 1 for phrase in phrases):
        return _NOTHING
    following = {phrase[1] for phrase in phrases}
    following |= RANGES if word == "ما" else _NOTHING
    following |= _after_article() if word in ARTICLES else _NOTHING
    return frozenset(following) or None


@cache
def _after_article() -> frozenset[str]:
    """Give the words that are numbers behind "a"."""
    kinds = ("hundred", "scale")
    return frozenset(word for word, found in number_words().items() if found.kind in kinds)


@lru_cache(maxsize=_REMEMBERED)
def may_follow(word: str) -> bool:
    """Tell whether this word can change what the number before it says: "million", "على الأقل"."""
    starts, found = bounds("after"), number_words().get(word)
    return word in starts or word[1:] in starts or (found is not None and found.kind == "scale")


def is_scale(word: str) -> bool:
    """Tell whether a word is "thousand", "million"."""
    found = number_words().get(word)
    return found is not None and found.kind == "scale"
