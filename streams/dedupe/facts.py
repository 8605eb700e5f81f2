"""Whether two texts that read alike tell of different things: figures, places, names, contrary titles.

Template twins (execution notices, official calls, daily prices) share their sentences and differ in what
stands at the same place in them (ARABIC.md 3.4). So facts are compared in context: a run of words that
only one text has, between words that both have. Where such runs swap a figure for another, a place for
another or a name for another, the two are different reports, however alike they read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from streams.dedupe.features import MAX_WORDS
from streams.dedupe.words import is_figure, tables, with_values, word, words_of

_CONTEXT = 2
_MAX_RUN = 6
_EDGE = "^"
_CAPITALS = re.compile(r"[^\W\d_]*[A-Z][\w'’-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n][\"'”’)]*\s*|[\"“‘(])(\w+)")


@dataclass(frozen=True, eq=False)
class Facts:
    """The words of one article as facts are read from them; `display` is its text as written."""

    title: str
    text: str
    display: str
    own_names: frozenset[str] = frozenset()
    """Stems of the names of the outlet and its agency: they differ in every copy."""

    @cached_property
    def tokens(self) -> list[str]:
        """Give the text's words: stems, number words as digits, function words as they are."""
        return [_token(text) for text in with_values(words_of(self.text, MAX_WORDS))]

    @cached_property
    def title_tokens(self) -> frozenset[str]:
        """Give the title's words in the same form."""
        return frozenset(_token(text) for text in with_values(words_of(self.title, MAX_WORDS)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Give all words of title and text."""
        return self.title_tokens | frozenset(self.tokens)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Give the words written with a capital inside a sentence, lower-cased (Latin script)."""
        starts = {found.start(1) for found in _SENTENCE_START.finditer(self.display)}
        found = (m for m in _CAPITALS.finditer(self.display) if m.start() not in starts)
        return frozenset(_token(m[0].lower()) for m in found)


def _token(text: str) -> str:
    return word(text).stem or text


def figures_of(match_form: str) -> list[str]:
    """Give the numbers of a passage in the match form, in order."""
    return [text for text in with_values(words_of(match_form, MAX_WORDS)) if is_figure(text)]


def conflicts(a: Facts, b: Facts) -> frozenset[str]:
    """Give the kinds of facts in which two articles differ: figures, places, names, contrary."""
    kinds = set(_contrary(a, b))
    for left, right in _swaps(a, b):
        kinds.update(_kinds(left, right, a, b))
    return frozenset(kinds)


def _contrary(a: Facts, b: Facts) -> Iterator[str]:
    """Titles that say the opposite; a word both use decides nothing."""
    only_a, only_b = a.title_tokens - b.title_tokens, b.title_tokens - a.title_tokens
    for pair in tables().contrary:
        left, right = map(_token, pair)
        if (left in only_a and right in only_b) or (right in only_a and left in only_b):
            yield "contrary"
    overlap = len(a.title_tokens & b.title_tokens)
    denied = bool(tables().negations & only_a) != bool(tables().negations & only_b)
    if denied and overlap * 2 >= min(len(a.title_tokens), len(b.title_tokens)):
        yield "contrary"


Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A run of words of one text only, and where it stands."""

    words: Run
    before: Run


def _swaps(a: Facts, b: Facts) -> Iterator[tuple[_Placed, _Placed]]:
    """Give each pair of runs, one of either text only, that stand in the same context."""
    places: dict[tuple[str, Run], list[_Placed]] = {}
    for left, right, run in _runs(a.tokens, b.vocabulary, a.own_names | b.own_names):
        places.setdefault(("<", left), []).append(run)
        places.setdefault((">", right), []).append(run)
    for left, right, run in _runs(b.tokens, a.vocabulary, a.own_names | b.own_names):
        for context in (("<", left), (">", right)):
            for other in places.get(context, ())[:4]:
                yield other, run


def _runs(
    tokens: list[str], known: frozenset[str], own: frozenset[str]
) -> Iterator[tuple[Run, Run, _Placed]]:
    """Give (context before, context after, run) for each short run of words that `known` lacks."""
    padded = [_EDGE] * _CONTEXT + tokens + [_EDGE] * _CONTEXT
    at, end = _CONTEXT, _CONTEXT + len(tokens)
    while at < end:
        start = at
        while at < end and padded[at] not in known:
            at += 1
        if 0 < at - start <= _MAX_RUN:
            words = tuple(text for text in padded[start:at] if text not in own)
            before, after = tuple(padded[start - _CONTEXT : start]), tuple(padded[at : at + _CONTEXT])
            yield before, after, _Placed(words, before)
        at = max(at, start + 1)


def _kinds(left: _Placed, right: _Placed, a: Facts, b: Facts) -> Iterator[str]:
    return (kind for kind, test in _TESTS if test(left, a) and test(right, b))


def _has_figure(run: _Placed, _: Facts) -> bool:
    return any(map(is_figure, run.words))


def _has_place(run: _Placed, _: Facts) -> bool:
    return any(text in tables().places for text in run.words)


def _has_name(run: _Placed, facts: Facts) -> bool:
    """Find a word written with a capital, a given name, a word of the title, or one after a title of rank."""
    words = [text for text in run.words if len(text) > 1 and not is_figure(text)]
    if any(text in tables().names or text in facts.capitals or text in facts.title_tokens for text in words):
        return True
    return bool(words) and run.before[-1:] != () and _is_cue(run.before[-1])


def _is_cue(text: str) -> bool:
    return text in tables().cues


_TESTS = (("figures", _has_figure), ("places", _has_place), ("names", _has_name))
