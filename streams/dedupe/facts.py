"""Whether two texts that read alike tell of different things: figures, places, names, contrary titles.

Template twins (execution notices, official calls, daily prices) share their sentences and differ in what
stands at the same place in them (ARABIC.md 3.4). So facts are compared in context: a run of words that
only one text has, between words that both have. Where such runs swap a figure for another, a place for
another or a name for another, the two are different reports, however alike they read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from streams.dedupe.words import MAX_WORDS, Memo, is_figure, tables, with_values, word, words_of
from streams.text.fold import match

_CONTEXT = 2  # `_placed` counts on two
_MAX_RUN = 6
_MAX_PLACES = 4
_ALIKE_TITLES = 0.6
_SAME_LETTERS = 0.6
_ENDINGS = "اهيء"
_EDGE = "^"
_LEAD = 120
_YEARS = range(1900, 2100)
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split()) | {
    f"m{month}" for month in range(1, 13)
}
_CAPITALS = re.compile(r"\b(?=\w*[A-Z])\w[\w'’-]*")
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
        return _tokens(self.text)

    @cached_property
    def padded(self) -> tuple[list[str], list[bool]]:
        """Give the words between edges, and of each whether it tells: function words alone stand anywhere."""
        edge, cues = [_EDGE] * _CONTEXT, tables().cues
        padded = edge + self.tokens + edge
        return padded, [_MEANT[text] and text not in cues and text != _EDGE for text in padded]

    @cached_property
    def title_tokens(self) -> frozenset[str]:
        """Give the title's words in the same form."""
        return frozenset(_tokens(self.title))

    @cached_property
    def title_names(self) -> frozenset[str]:
        """Give the words of the title that mean something."""
        return frozenset(text for text in self.title_tokens if _MEANT[text])

    @cached_property
    def said(self) -> frozenset[str]:
        """Give the words of title and beginning."""
        return self.title_tokens.union(self.lead)

    @cached_property
    def names(self) -> frozenset[str]:
        """Give the words written as names that are no offices, days, months or places (Latin script)."""
        return self.capitals - tables().office - tables().places - self.own_names - _DAYS

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Give all words of title and text."""
        return self.title_tokens | frozenset(self.tokens)

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
        return _telling_figures(self.lead)

    @cached_property
    def named_places(self) -> frozenset[str]:
        """Give the places of the table that title and beginning name."""
        return tables().places & self.said

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Give the words written with a capital inside a sentence, lower-cased (Latin script)."""
        starts = {found.start(1) for found in _SENTENCE_START.finditer(self.display)}
        found = (m for m in _CAPITALS.finditer(self.display) if m.start() not in starts)
        return frozenset(_TOKENS[m[0].lower()] for m in found)


def _tokens(text: str) -> list[str]:
    """Give the words of a match form: stems, numbers by value, names with عبد as one word."""
    words = with_values(words_of(text.replace(" عبد ", " عبد_"), MAX_WORDS))
    return [*map(_TOKENS.__getitem__, words)]


def _token(text: str) -> str:
    plain = text.replace("_", "")
    return word(plain).stem or plain


def _means(text: str) -> bool:
    """Tell whether a word is more than a function word."""
    return bool(word(text).stem) or is_figure(text)


_TOKENS, _MEANT = Memo(_token), Memo(_means)


def _telling_figures(tokens: list[str]) -> frozenset[str]:
    """Give the figures of a text that are no years."""
    return frozenset(text for text in tokens if is_figure(text) and int(text) not in _YEARS)


def _telling_pairs(tokens: list[str]) -> frozenset[tuple[str, str]]:
    """Give the pairs of neighbouring words that mean something, at least one of them no word of office."""
    office = tables().office
    meant = [_MEANT[text] and not is_figure(text) for text in tokens]
    return frozenset(
        (a, b)
        for a, b, first, second in zip(tokens, tokens[1:], meant, meant[1:], strict=False)
        if first and second and not (a in office and b in office)
    )


def names_in(text: str, lang: str) -> frozenset[str]:
    """Give the stems of the words of a name as shown."""
    return frozenset(_tokens(match(text, lang)))


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
    """Find titles that say the opposite in otherwise about the same words."""
    only_a, only_b = a.title_tokens - b.title_tokens, b.title_tokens - a.title_tokens
    both = len(a.title_tokens & b.title_tokens)
    if both < _ALIKE_TITLES * min(len(a.title_tokens), len(b.title_tokens)):
        return
    for pair in tables().contrary:
        left, right = map(_token, pair)
        if (left in only_a and right in only_b) or (right in only_a and left in only_b):
            yield "contrary"
    if bool(tables().negations & only_a) != bool(tables().negations & only_b):
        yield "contrary"


Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A run of words of one text only, and the word before it."""

    words: Run
    before: str


def _swaps(a: Facts, b: Facts) -> Iterator[tuple[_Placed, _Placed]]:
    """Give each pair of runs, one of either text only, that stand in the same context."""
    places: dict[tuple[str, Run], list[_Placed]] = {}
    own = a.own_names | b.own_names
    for context, run in _runs(a, b.vocabulary, own):
        places.setdefault(context, []).append(run)
    for context, run in _runs(b, a.vocabulary, own):
        for other in places.get(context, ())[:_MAX_PLACES]:
            yield other, run


def _runs(
    facts: Facts, known: frozenset[str], own: frozenset[str]
) -> Iterator[tuple[tuple[str, Run], _Placed]]:
    """Give (context before, after or around, run) for each short run of words that `known` lacks."""
    padded, telling = facts.padded
    end, after = _CONTEXT + len(facts.tokens), _CONTEXT
    strange = [at for at in range(_CONTEXT, end) if padded[at] not in known]
    for place, start in enumerate(strange):
        if start < after:
            continue  # within the run before
        after = start + 1
        while place + after - start < len(strange) and strange[place + after - start] == after:
            after += 1
        if after - start <= _MAX_RUN:
            yield from _placed(padded, telling, own, start, after)


def _placed(
    padded: list[str], telling: list[bool], own: frozenset[str], start: int, after: int
) -> Iterator[tuple[tuple[str, Run], _Placed]]:
    """Give the run from `start` to `after` in each of its contexts that is one of its own."""
    run = _Placed(
        tuple(text for text in padded[start:after] if text not in own and _MEANT[text]), padded[start - 1]
    )
    if telling[start - 2] or telling[start - 1]:
        yield ("<", tuple(padded[start - _CONTEXT : start])), run
    if telling[after] or telling[after + 1]:
        yield (">", tuple(padded[after : after + _CONTEXT])), run
    if telling[start - 1] or telling[after]:
        yield ("<>", (padded[start - 1], padded[after])), run


def _kinds(left: _Placed, right: _Placed, a: Facts, b: Facts) -> Iterator[str]:
    for kind, chosen in _KINDS:
        mine, theirs = chosen(left, a), chosen(right, b)
        if mine and theirs and not any(_same_thing(m, t) for m in mine for t in theirs):
            yield kind


def _figures(run: _Placed, _: Facts) -> list[str]:
    return [text for text in run.words if is_figure(text)]


def _places(run: _Placed, _: Facts) -> list[str]:
    return [text for text in run.words if text in tables().places]


def _names(run: _Placed, facts: Facts) -> list[str]:
    """Give the words of a run that are, or stand like, names.

    Written with a capital, a given name, in the title too, or after a title of rank.
    """
    words = [text for text in run.words if not is_figure(text)]
    if run.before in tables().cues:
        return words
    telling = facts.capitals | facts.title_tokens | tables().names
    return [text for text in words if text in telling]


_KINDS = (("figures", _figures), ("places", _places), ("names", _names))


def _same_thing(left: str, right: str) -> bool:
    """Say whether two words are one word spelt or inflected otherwise (سوريا سوريه, محال محلات)."""
    if left.rstrip(_ENDINGS) == right.rstrip(_ENDINGS):
        return True
    if is_figure(left) or is_figure(right) or {left, right} <= tables().names | tables().places:
        return False
    return letters_shared(left, right) >= _SAME_LETTERS


def letters_shared(left: str, right: str) -> float:
    """Give the share of the longer word's letters that stand in both, in order."""
    return sum(block.size for block in SequenceMatcher(None, left, right, False).get_matching_blocks()) / max(
        len(left), len(right)
    )
