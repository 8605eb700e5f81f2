"""Which sentences of a body tell again what stood before them, word for word or but for a mended word."""

from collections import Counter
from itertools import zip_longest
from typing import NamedTuple

Words = tuple[str, ...]

_GRAM = 4
_MAX_VOTES = 8


class Unit(NamedTuple):
    """A sentence: `line.text[start:end]` of line number `line`; its words stand at `at` among all words."""

    line: int
    start: int
    end: int
    words: Words
    at: int


class Match(NamedTuple):
    """Unit `unit` tells again the words from `source` to `end`."""

    unit: int
    source: int
    end: int
    exact: bool


class _Told:
    """All words of a body, and of those told so far where each run of a few stands, and the figures."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.figures: set[str] = set()
        self._places: dict[Words, list[int]] = {}

    def places(self, gram: Words) -> list[int]:
        """Give where a run of `_GRAM` words begins: the first few places."""
        return self._places.get(gram, [])[:_MAX_VOTES]

    def tell(self, unit: Unit) -> None:
        """Take in a sentence that tells nothing again."""
        self.figures.update(_figures(unit.words))
        for place, gram in enumerate(_grams(unit.words), unit.at):
            self._places.setdefault(gram, []).append(place)


def matches(units: list[Unit], words: list[str]) -> list[Match]:
    """Find for each sentence where its words stood before, wherever that telling broke its lines."""
    told, found = _Told(words), list[Match]()
    for number, unit in enumerate(units):
        follows = found[-1].end if found and found[-1].unit == number - 1 else None
        match = _exact(number, unit, told, follows) or _mended(number, unit, told, follows)
        if match:
            found += [*_short_heads(match, units, words, found), match]
        else:
            told.tell(unit)
    return found


def _short_heads(match: Match, units: list[Unit], words: list[str], found: list[Match]) -> list[Match]:
    """Give the short lines before a match (a by-line, a heading) that stood before its source too."""
    heads: list[Match] = []
    number, source = match.unit - 1, match.source
    while number > (found[-1].unit if found else 0) and 0 < len(units[number].words) < _GRAM:
        size = len(units[number].words)
        if source < size or tuple(words[source - size : source]) != units[number].words:
            break
        heads.insert(0, Match(number, source - size, source, exact=True))
        number, source = number - 1, source - size
    return heads


def _grams(words: Words) -> list[Words]:
    return list(zip(*(words[offset:] for offset in range(_GRAM)), strict=False))


def _exact(number: int, unit: Unit, told: _Told, follows: int | None) -> Match | None:
    """Find the sentence word for word, first where the last match ended; short ones only there."""
    size = len(unit.words)
    places = [] if follows is None else [follows]
    if size >= _GRAM:
        places += told.places(unit.words[:_GRAM])
    for place in places:
        if place + size <= unit.at and tuple(told.words[place : place + size]) == unit.words:
            return Match(number, place, place + size, exact=True)
    return None


def _mended(number: int, unit: Unit, told: _Told, follows: int | None) -> Match | None:
    """Find the sentence but for a mended word, figures alike."""
    figures = _figures(unit.words)
    if not told.figures.issuperset(figures):
        return None
    place = _likeliest(unit, told)
    if place is None:
        return None
    before = tuple(told.words[place : min(place + len(unit.words), unit.at)])
    # In its place within a pass, a sentence may be mended more than one found by its words alone.
    part = 4 if place == follows else 8
    alike = figures == _figures(before) and _changed(before, unit.words) <= max(1, len(unit.words) // part)
    return Match(number, place, place + len(unit.words), exact=False) if alike else None


def _likeliest(unit: Unit, told: _Told) -> int | None:
    """Give where most runs of words of a sentence would have it begin; of equals the first place."""
    votes = Counter(
        [place - offset for offset, gram in enumerate(_grams(unit.words)) for place in told.places(gram)]
    )
    most = max(votes.values(), default=0)
    return max(0, min(at for at, count in votes.items() if count == most)) if votes else None


def _figures(words: Words) -> list[str]:
    return [word for word in words if word[0].isdigit()]


def _changed(before: Words, again: Words) -> int:
    """Count the words that one of two sentences has and the other has not."""
    # Equal words in equal places make no difference, and are nearly all.
    pairs = [pair for pair in zip_longest(before, again) if pair[0] != pair[1]]
    gone, came = (Counter(pair[side] for pair in pairs if pair[side]) for side in (0, 1))
    return max((gone - came).total(), (came - gone).total())
