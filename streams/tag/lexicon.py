"""One automaton over the match form: every name and term of the tables, found where it stands as a word.

Arabic writes "and", "by", "for" and "like" onto the next word. Stemming would damage names (Tashaphyne makes
كركوك into ركو; ARABIC.md 1.9), so a clitic is peeled only where what remains is an entry.

All occurrences are taken and the leftmost-longest *valid* ones kept: a leftmost-longest automaton decides
before the word boundaries are known, and a match it must throw away would hide the good one inside
(pyahocorasick#133).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import ahocorasick_rs

NAME_CLITICS = frozenset(["", "و", "ف", "ب", "ك", "ل", "وب", "وك", "ول", "فب", "فك", "فل"])
WORD_CLITICS = (
    NAME_CLITICS
    | {clitic + "ال" for clitic in ("", "و", "ف", "ب", "ك", "وب", "وك", "فب", "فك")}
    | {"لل", "ولل", "فلل"}
)
LAM_CLITICS = frozenset(["ل", "ول", "فل"])
"""Before an entry in ال that follows the preposition ل: العراق is written للعراق."""

_LONGEST_CLITIC = max(map(len, WORD_CLITICS))
_SHORT = 6


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


class Lexicon:
    """All entries of all tables. Building is linear in their length; searching in that of the text."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        forms: dict[str, list[Meaning]] = {}
        for form, meaning in entries:
            if meaning not in forms.setdefault(form, []):
                forms[form].append(meaning)
        patterns: dict[tuple[str, frozenset[str]], _Pattern] = {}
        for form, meanings in forms.items():
            for key, part in _patterns(form, meanings):
                patterns[key] = part
        self._patterns = list(patterns.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            [form.replace("\n", " ") + " " for form, _ in patterns], store_patterns=False
        )

    def __len__(self) -> int:
        return len(self._patterns)

    def find(self, text: str) -> list[Hit]:
        """Give every entry that stands in the match form `text` as a word of its own, in reading order."""
        # The end of a word is part of each pattern, so that the automaton does not report what goes on.
        line = text.replace("\n", " ") + " "
        patterns, hits = self._patterns, []
        for index, start, end in self._automaton.find_matches_as_indexes(line, overlapping=True):
            clitic = "" if not start or line[start - 1] == " " else _clitic(line, start)
            pattern = patterns[index]
            if clitic not in pattern.clitics or (clitic and _too_short(clitic, text, start, end - 1)):
                continue
            if pattern.several and text[start : end - 1] != pattern.several:
                continue
            hits.append(Hit(start, end - 1, clitic, pattern.meanings, pattern.kinds))
        hits.sort(key=_order)
        return hits


def _patterns(form: str, meanings: list[Meaning]) -> Iterable[tuple[tuple[str, frozenset[str]], _Pattern]]:
    """Give the patterns of a form: as a name, as a common word, and with the alef that ل swallows."""
    names = tuple(meaning for meaning in meanings if meaning.kind in NAME_KINDS)
    terms = tuple(meaning for meaning in meanings if meaning.kind not in NAME_KINDS)
    for part, clitics in ((names, NAME_CLITICS), (terms, WORD_CLITICS)):
        if part:
            yield (form, clitics), _pattern(form, clitics, part)
    if form.startswith("ال") and len(form) > 4:
        yield (form[1:], LAM_CLITICS), _pattern(form[1:], LAM_CLITICS, tuple(meanings))


def _pattern(form: str, clitics: frozenset[str], meanings: tuple[Meaning, ...]) -> _Pattern:
    several = form if " " in form or "\n" in form else ""
    return _Pattern(clitics, meanings, frozenset(meaning.kind for meaning in meanings), several)


def _clitic(line: str, start: int) -> str:
    """Give what stands between the word's beginning and `start`; too long a piece is no clitic."""
    head = line[max(0, start - _LONGEST_CLITIC - 1) : start]
    return head[head.rfind(" ") + 1 :]


def _too_short(clitic: str, text: str, start: int, end: int) -> bool:
    """Tell whether "like" may not be peeled: كامل is no ك + آمل; longer names and those in ال may."""
    return clitic.endswith("ك") and end - start < _SHORT and not text.startswith("ال", start)


def _order(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def _merged(hit: Hit, other: Hit) -> Hit:
    return hit._replace(meanings=hit.meanings + other.meanings, kinds=hit.kinds | other.kinds)


def leftmost_longest(hits: Sequence[Hit], wanted: Callable[[Hit], bool]) -> list[Hit]:
    """Keep the wanted hits that no earlier or longer wanted hit covers; same form, other reading: merged."""
    kept: list[Hit] = []
    for hit in hits:
        if not wanted(hit):
            continue
        if kept and hit.start < kept[-1].end:
            if (hit.start, hit.end) == (kept[-1].start, kept[-1].end):
                kept[-1] = _merged(kept[-1], hit)
            continue
        kept.append(hit)
    return kept
