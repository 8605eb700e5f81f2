"""One automaton over the match form: every name and term of the tables, found where it stands as a word.

Arabic writes "and", "by", "for" and "like" onto the next word. Stemming would damage names (Tashaphyne makes
كركوك into ركو; ARABIC.md 1.9), so a clitic is peeled only where what remains is an entry.

All occurrences are taken and the leftmost-longest *valid* ones kept: a leftmost-longest automaton decides
before the word boundaries are known, and a match it must throw away would hide the good one inside
(pyahocorasick#133).
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, TypeVar, cast

import ahocorasick_rs

from streams.text.ink import RARER, everyday_bytes, outline

NAME_CLITICS = frozenset(["", "و", "ف", "ب", "ك", "ل", "وب", "وك", "ول", "فب", "فك", "فل"])
WORD_CLITICS = (
    NAME_CLITICS
    | {clitic + "ال" for clitic in ("", "و", "ف", "ب", "ك", "وب", "وك", "فب", "فك")}
    | {"لل", "ولل", "فلل"}
)
LAM_CLITICS = frozenset(["ل", "ول", "فل"])
"""Before an entry in ال that follows the preposition ل: العراق is written للعراق."""

_SPACE, _STOP = map(outline, " \n")
_CLITIC_OF = {outline(clitic): clitic for clitic in WORD_CLITICS}
_LONGEST_CLITIC = max(map(len, WORD_CLITICS))
_BEFORE_ENTRY = frozenset(data[-1] for data in _CLITIC_OF if data)
"""Characters that can stand right before an entry with a clitic."""
_LIKE = frozenset(clitic for clitic in WORD_CLITICS if clitic.endswith("ك"))
_SHORT = 5


NAME_KINDS = frozenset(["place", "person", "organisation", "mask"])


class Meaning(NamedTuple):
    """What a form can stand for: `kind` (a name's, or term, or cue), its row, its flags."""

    kind: str
    row: int
    flags: str = ""


class Hit(NamedTuple):
    """An entry in the text, in offsets of the match form without the clitic; what it can mean."""

    start: int
    end: int
    clitic: str
    meanings: tuple[Meaning, ...]
    kinds: frozenset[str]


class _Pattern(NamedTuple):
    clitics: frozenset[str]
    meanings: tuple[Meaning, ...]
    kinds: frozenset[str]
    several: str
    """The form where it has several words: a sentence's end inside counts (`St. Petersburg`)."""


_Value = TypeVar("_Value")

_hit = tuple.__new__
"""Makes a `Hit` of a tuple: half of what calling the class takes."""
_by_start = itemgetter(0)


class Lexicon:
    """All entries of all tables. Building is linear in their length; searching in that of the text.

    Everyday texts are searched as one byte a character, which takes the automaton 0.6 of the time and gives
    offsets that need no counting; a text with rarer characters is searched as it is. What stands before a
    match is looked up in the bytes of both.
    """

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        forms: dict[str, list[Meaning]] = {}
        for form, meaning in entries:
            if meaning not in forms.setdefault(form, []):
                forms[form].append(meaning)
        groups: dict[str, dict[tuple[str, frozenset[str]], _Pattern]] = {}
        once = _Once()
        for form, meanings in forms.items():
            for key, part in _patterns(form, meanings, once):
                groups.setdefault(key[0].replace("\n", " ") + " ", {})[key] = part
        # In the order of the alphabet the automaton's states for words that begin alike lie side by side.
        self._lines = tuple(sorted(groups))
        self._groups = [once(tuple(reversed(groups[line].values()))) for line in self._lines]
        data = [everyday_bytes(line) for line in self._lines]
        known = zip(data, self._groups, strict=True)
        self._everyday = [group for line, group in known if line is not None]
        self._automaton = ahocorasick_rs.BytesAhoCorasick([line for line in data if line is not None])

    def __len__(self) -> int:
        return sum(map(len, self._groups))

    @cached_property
    def _rarer(self) -> ahocorasick_rs.AhoCorasick:
        """The automaton over all entries for texts with rarer characters, built when the first one comes."""
        return ahocorasick_rs.AhoCorasick(self._lines, store_patterns=False)

    def _matches(
        self, text: str, line: bytes
    ) -> tuple[Sequence[tuple[_Pattern, ...]], list[tuple[int, int, int]]]:
        """Give groups of patterns, and matches: group, start, end; by their ends, the longest first."""
        if RARER in line:
            words = text.replace("\n", " ") + " "
            return self._groups, self._rarer.find_matches_as_indexes(words, overlapping=True)
        return self._everyday, self._automaton.find_matches_as_indexes(line, overlapping=True)

    def find(self, text: str, data: bytes | None = None) -> list[Hit]:
        """Give every entry that stands in the match form `text` as a word of its own, in reading order.

        `data` is the `outline` of the text, where the caller has it.
        """
        # The end of a word is part of each pattern, so that the automaton does not report what goes on.
        line = (outline(text) if data is None else data).replace(_STOP, _SPACE) + _SPACE
        hits: list[Hit] = []
        space = _SPACE[0]
        groups, matches = self._matches(text, line)
        for index, start, end in matches:
            before = line[start - 1]  # before the first character stands the last one: a space as well
            if before == space:
                clitic: str | None = ""
            elif before in _BEFORE_ENTRY:
                clitic = _clitic(line, start)
                if clitic in _LIKE and _too_short(text, start, end - 1):
                    continue
            else:
                continue
            for clitics, meanings, kinds, several in groups[index]:
                if clitic in clitics and (not several or text[start : end - 1] == several):
                    hits.append(_hit(Hit, (start, end - 1, clitic, meanings, kinds)))
        # Matches come by their ends: backwards, and ordered by where they start, the longest is first.
        hits.reverse()
        hits.sort(key=_by_start)
        return hits


class _Once:
    """Gives one object for all equal values.

    Thousands of forms mean the same few hundred things: what lies in few places of the memory stays near the
    processor, and what was worked out for a value is found by looking at one object.
    """

    def __init__(self) -> None:
        self._known: dict[object, object] = {}

    def __call__(self, value: _Value) -> _Value:
        return cast(_Value, self._known.setdefault(value, value))


def _patterns(
    form: str, meanings: list[Meaning], once: _Once
) -> Iterable[tuple[tuple[str, frozenset[str]], _Pattern]]:
    """Give the patterns of a form: as a name, as a common word, and with the alef that ل swallows."""
    names = tuple(meaning for meaning in meanings if meaning.kind in NAME_KINDS)
    terms = tuple(meaning for meaning in meanings if meaning.kind not in NAME_KINDS)
    for part, clitics in ((names, NAME_CLITICS), (terms, WORD_CLITICS)):
        if part:
            yield (form, clitics), _pattern(form, clitics, part, once)
    if form.startswith("ال") and len(form) > 4:
        yield (form[1:], LAM_CLITICS), _pattern(form[1:], LAM_CLITICS, tuple(meanings), once)


def _pattern(form: str, clitics: frozenset[str], meanings: tuple[Meaning, ...], once: _Once) -> _Pattern:
    several = form if " " in form or "\n" in form else ""
    kinds = frozenset(meaning.kind for meaning in meanings)
    return _Pattern(clitics, once(meanings), once(kinds), several)


def _clitic(line: bytes, start: int) -> str | None:
    """Give the clitic between the word's beginning and `start`; None where something else stands there."""
    head = line[max(0, start - _LONGEST_CLITIC - 1) : start]
    return _CLITIC_OF.get(head[head.rfind(_SPACE) + 1 :])


def _too_short(text: str, start: int, end: int) -> bool:
    """Tell whether "like" may not be peeled: كامل is no ك + آمل; longer names and those in ال may."""
    return end - start < _SHORT and not text.startswith("ال", start)


def _merged(hit: Hit, other: Hit) -> Hit:
    return hit._replace(meanings=hit.meanings + other.meanings, kinds=hit.kinds | other.kinds)


def leftmost_longest(hits: Iterable[Hit]) -> list[Hit]:
    """Keep the hits that no earlier or longer one covers; same form, other reading: merged."""
    kept: list[Hit] = []
    for hit in hits:
        if kept and hit.start < kept[-1].end:
            if (hit.start, hit.end) == (kept[-1].start, kept[-1].end):
                kept[-1] = _merged(kept[-1], hit)
            continue
        kept.append(hit)
    return kept
