"""Repeated passes: the body, or a part of it, told a second time in one item.

Feeds print a body twice, three times, with its first paragraph missing or a word mended. Takes a draft, gives it
with the first telling of each sentence; what was cut is on record. A sentence goes only as part of a pass: a run
of sentences that follows the order of the first telling. One that differs in a figure stays, unless the pass around
it leaves no doubt. Refrains and short lines stay.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from events.article import Removed
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.text.fold import fold

Words = tuple[str, ...]

MIN_PASS = 12
"""Words that a pass has at least."""

MIN_WHOLE = 8
"""Words that suffice where all that stands before is told again, word for word."""

_GRAM = 5
_NEAR = 0.7
_MAX_GAP = 2  # sentences inside a pass that the first telling does not have


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence: `line.text[start:end]` of line number `line`."""

    line: int
    start: int
    end: int
    words: Words

    @property
    def figures(self) -> Words:
        return tuple(word for word in self.words if word[0].isdigit())


@dataclass(frozen=True, slots=True)
class _Match:
    """Unit `unit` tells again what unit `source` told."""

    unit: int
    source: int
    exact: bool
    same_figures: bool


def cut_repeats(draft: Draft) -> Draft:
    """Give the draft without what is told a second time."""
    if not _may_repeat(draft.lines):
        return draft
    units = [unit for at, line in enumerate(draft.lines) for unit in _sentences(at, line, draft.lang)]
    matches = _matches(units)
    matched = {match.unit for match in matches}
    told = [0, *accumulate(0 if at in matched else len(unit.words) for at, unit in enumerate(units))]
    runs = [run + _mended(run, units, matched) for run in _runs(matches)]
    doomed = {unit for run in runs for unit in _verdict(run, units, told[run[0].unit])}
    if not doomed:
        return draft
    return draft.cut(_kept(draft, units, doomed), _removed(draft, units, doomed))


def _may_repeat(lines: tuple[Line, ...]) -> bool:
    """Tell, cheaply, whether enough word sequences occur twice to look closer."""
    words = " ".join(line.folded for line in lines).split()
    grams = len(words) - _GRAM + 1
    least = MIN_WHOLE - _GRAM + 1
    if grams < 2 * least:
        return False
    distinct = len(set(zip(*(words[offset:] for offset in range(_GRAM)), strict=False)))
    return grams - distinct >= least


def _sentences(at: int, line: Line, lang: str) -> list[_Unit]:
    if "\n" not in line.folded:
        return [_Unit(at, 0, len(line.text), tuple(line.folded.split()))]
    folded = fold(line.text, lang)
    units = []
    start, offset = 0, 0
    parts = folded.text.split("\n")
    for number, part in enumerate(parts, start=1):
        offset += len(part) + 1
        end = len(line.text) if number == len(parts) else folded.starts[offset]
        end = _back_to_space(line.text, end) if end < len(line.text) else end
        units.append(_Unit(at, start, end, tuple(part.split())))
        start = end
    return units


def _back_to_space(text: str, at: int) -> int:
    """Move the start of a sentence back over its opening quotation marks and brackets."""
    while at and text[at - 1] in "«“\"'([‹":
        at -= 1
    return at


def _matches(units: list[_Unit]) -> list[_Match]:
    """Find for each sentence the one before it that it tells again, if any; a source repeats nothing itself."""
    exact: dict[Words, list[int]] = {}
    grams: dict[Words, list[int]] = {}
    found: list[_Match] = []
    last = -1
    for at, unit in enumerate(units):
        source = _source(unit, units, exact, grams, last + 1)
        if source is None:
            exact.setdefault(unit.words, []).append(at)
            for gram in _grams(unit.words):
                grams.setdefault(gram, []).append(at)
            continue
        same = units[source].figures == unit.figures
        found.append(_Match(at, source, units[source].words == unit.words, same))
        last = source
    return found


def _grams(words: Words) -> set[Words]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _source(
    unit: _Unit,
    units: list[_Unit],
    exact: dict[Words, list[int]],
    grams: dict[Words, list[int]],
    expected: int,
) -> int | None:
    if unit.words in exact:
        known = exact[unit.words]
        return next((at for at in known if at >= expected), known[0])
    own = _grams(unit.words)
    if len(own) < 4:
        return None
    votes = Counter(at for gram in own for at in grams.get(gram, ())[:8])
    if not votes:
        return None
    best, shared = min(votes.items(), key=lambda vote: (-vote[1], vote[0]))
    longer = max(len(own), len(units[best].words) - 2)
    return best if shared >= _NEAR * longer else None


def _runs(matches: list[_Match]) -> list[list[_Match]]:
    """Part the matches into passes: each follows the order of the first telling, with small gaps."""
    runs: list[list[_Match]] = []
    for match in matches:
        run = runs[-1] if runs else None
        if run and match.source > run[-1].source and match.unit - run[-1].unit <= _MAX_GAP + 1:
            run.append(match)
        else:
            runs.append([match])
    return runs


def _mended(run: list[_Match], units: list[_Unit], matched: set[int]) -> list[_Match]:
    """Give the mended sentences between and beside those of a pass: same place in it, half the words alike."""
    offset = {match.unit: match.unit - match.source for match in run}
    added = []
    for unit in range(run[0].unit - 1, min(run[-1].unit + 2, len(units))):
        shift = offset.get(unit - 1, offset.get(unit + 1))
        if unit in matched or shift is None or not 0 <= unit - shift < run[0].unit or unit <= run[0].source:
            continue
        told, again = units[unit - shift], units[unit]
        shared = sum((Counter(told.words) & Counter(again.words)).values())
        if 2 * shared >= max(len(told.words), len(again.words)):
            added.append(_Match(unit, unit - shift, exact=False, same_figures=told.figures == again.figures))
    return added


def _verdict(run: list[_Match], units: list[_Unit], told: int) -> list[int]:
    """Give the units of a run that go, none where the run is no pass; `told` words stand before it."""

    def size(some: list[_Match]) -> int:
        return sum(len(units[match.unit].words) for match in some)

    exact = [match for match in run if match.exact]
    whole = size(run) >= 0.6 * told
    if size(exact) >= max(MIN_WHOLE, 0.95 * told):
        return [match.unit for match in run]
    if size(run) < MIN_PASS or (not whole and size(run) < 5 * len(run)):
        return []
    sure = len(exact) >= 2 and size(exact) >= 0.6 * size(run)
    near_goes = whole or size(exact) >= 0.5 * size(run)
    return [match.unit for match in run if match.exact or (near_goes and (match.same_figures or sure))]


def _kept(draft: Draft, units: list[_Unit], doomed: set[int]) -> tuple[Line, ...]:
    touched: dict[int, list[str]] = {units[at].line: [] for at in doomed}
    for at, unit in enumerate(units):
        if unit.line in touched and at not in doomed:
            touched[unit.line].append(draft.lines[unit.line].text[unit.start : unit.end])
    lines = []
    for number, line in enumerate(draft.lines):
        if number not in touched:
            lines.append(line)
            continue
        if text := " ".join("".join(touched[number]).split()):
            lines.append(rewritten(line, text, draft.lang))
    return tuple(lines)


def _removed(draft: Draft, units: list[_Unit], doomed: set[int]) -> tuple[Removed, ...]:
    """Put what goes on record, one entry for each stretch without a gap."""
    stretches: list[list[_Unit]] = []
    last = -2
    for at in sorted(doomed):
        if at != last + 1:
            stretches.append([])
        stretches[-1].append(units[at])
        last = at
    return tuple(removal("repeated", _text_of(draft, stretch)) for stretch in stretches)


def _text_of(draft: Draft, stretch: list[_Unit]) -> str:
    texts: dict[int, str] = {}
    for unit in stretch:
        texts[unit.line] = texts.get(unit.line, "") + draft.lines[unit.line].text[unit.start : unit.end]
    return "\n".join(text.strip() for text in texts.values())
