"""Whether two texts that read alike tell of different things: figures, places, names, contrary titles.

Template twins (execution notices, official calls, daily prices) share their sentences and differ in what
stands at the same place in them (ARABIC.md 3.4). So facts are compared in context: a run of words that
only one text has, between words that both have. Where such runs swap a figure for another, a place for
another or a name for another, the two are different reports, however alike they read.

Only runs with something that may be a fact are looked at, and only contexts of words that both texts hold:
most runs of most pairs are neither, and every article that founds no story of its own is compared so.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache, lru_cache

from streams.dedupe.facts import CONTEXT, MEANT, TELLING, Facts, Reading
from streams.dedupe.words import is_figure, tables, word

_MAX_RUN = 6
_MAX_PLACES = 4
_ALIKE_TITLES = 0.6
_SAME_LETTERS = 0.6
_ENDINGS = "اهيء"

Run = tuple[int, int]
"""Where in the padded words a run starts, and where it has ended."""
Context = tuple[str, str, str]
"""On which side of a run (before, after, around) which two words stand."""


def conflicts(a: Facts, b: Facts) -> frozenset[str]:
    """Give the kinds of facts in which two articles differ: figures, places, names, contrary."""
    own = a.own_names | b.own_names
    kinds = {"contrary"} if _contrary(a.reading, b.reading) else set()
    for left, right in set(_swaps(a.reading, b.reading)):
        kinds.update(_kinds(a.reading, left, b.reading, right, own))
    return frozenset(kinds)


def _contrary(a: Reading, b: Reading) -> bool:
    """Tell whether titles say the opposite in otherwise about the same words."""
    both = len(a.title_tokens & b.title_tokens)
    if both < _ALIKE_TITLES * min(len(a.title_tokens), len(b.title_tokens)):
        return False
    only_a, only_b = a.title_tokens - b.title_tokens, b.title_tokens - a.title_tokens
    if any(only_b & _opposites().get(text, frozenset()) for text in only_a):
        return True
    return tables().negations.isdisjoint(only_a) != tables().negations.isdisjoint(only_b)


@cache
def _opposites() -> dict[str, frozenset[str]]:
    """Give of each word those that turn a headline round when they stand in its place."""
    found: dict[str, set[str]] = {}
    for pair in tables().contrary:
        left, right = (word(text).stem or text for text in pair)
        found.setdefault(left, set()).add(right)
        found.setdefault(right, set()).add(left)
    return {text: frozenset(others) for text, others in found.items()}


def _swaps(a: Reading, b: Reading) -> Iterator[tuple[Run, Run]]:
    """Give each pair of runs, one of either text only, that stand in the same context."""
    places: dict[Context, list[Run]] = {}
    for run in _runs(a, b.vocabulary):
        for context in _contexts(a, b.vocabulary, *run):
            places.setdefault(context, []).append(run)
    for run in _runs(b, a.vocabulary) if places else ():
        for context in _contexts(b, a.vocabulary, *run):
            for other in places.get(context, ())[:_MAX_PLACES]:
                yield other, run


def _runs(reading: Reading, known: frozenset[str]) -> Iterator[Run]:
    """Give each short run of words that `known` lacks and that may hold a fact."""
    padded, after = reading.padded, 0
    for mark in reading.marks:
        if mark < after or padded[mark] in known:
            continue
        start, after = mark, mark + 1
        while padded[start - 1] not in known:  # edges are known
            start -= 1
        while padded[after] not in known:
            after += 1
        if after - start <= _MAX_RUN:
            yield start, after


def _contexts(reading: Reading, known: frozenset[str], start: int, after: int) -> Iterator[Context]:
    """Give the contexts of a run that are its own; one with a word that `known` lacks meets no other."""
    first, before = reading.padded[start - CONTEXT : start]
    behind, last = reading.padded[after : after + CONTEXT]
    if first in known and (TELLING[first] or TELLING[before]):
        yield "<", first, before
    if last in known and (TELLING[behind] or TELLING[last]):
        yield ">", behind, last
    if TELLING[before] or TELLING[behind]:
        yield "<>", before, behind


def _kinds(a: Reading, left: Run, b: Reading, right: Run, own: frozenset[str]) -> Iterator[str]:
    """Give the kinds of facts of which two runs hold other ones."""
    for kind, mine, theirs in zip(_KINDS, _told(a, *left, own), _told(b, *right, own), strict=True):
        if mine and theirs and not any(_same_thing(m, t) for m in mine for t in theirs):
            yield kind


_KINDS = ("figures", "places", "names")


def _told(reading: Reading, start: int, after: int, own: frozenset[str]) -> tuple[list[str], ...]:
    """Give the figures, the places and the names of a run; names are, too, what follows a title of rank."""
    meant = [text for text in reading.padded[start:after] if text not in own and MEANT[text]]
    words = [text for text in meant if not is_figure(text)]
    follows = reading.padded[start - 1] in tables().cues
    return (
        [text for text in meant if is_figure(text)],
        [text for text in words if text in tables().places],
        words if follows else [text for text in words if text in reading.named or text in tables().names],
    )


@lru_cache(maxsize=1 << 14)
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
