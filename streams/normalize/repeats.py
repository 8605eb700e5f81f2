"""Repeated passes: the body, or a part of it, told a second time in one item.

Feeds print a body twice, three times, with its first paragraph missing or a word mended. Takes a draft,
gives it with the first telling of each sentence; what was cut is on record.

The trap is the official round-up: calls from four ministers, each told in the same sentences but for a
name. So a sentence goes only as part of a pass: a run of sentences in the order of the first telling, which
begins where the first telling ends (or with the body's own first sentence) and has nothing new inside. Most
of it has to be the same word for word; the rest may differ by a mended word, never by a figure.
"""

from itertools import accumulate

import numpy as np

from events.article import Removed
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.normalize.tellings import Match, Unit, Words, matches
from streams.text.fold import fold

MIN_PASS = 12
"""Words that a pass has at least."""

MIN_WHOLE = 8
"""Words that suffice where all that stands before is told again, word for word."""

MAX_SENTENCES = 4_000
"""Texts of more are no news item, and are not looked through."""

_RUN = 4  # threes of words in a short text, so six words
_FEW_WORDS = 64
_STRETCH = 44  # letters, so seven or eight words
_TWICE = 2
_SPACE = 32
_WEIGHTS = np.array([pow(0x9E3779B97F4A7C15, at, 2**64) for at in range(1, _STRETCH // 4 + 1)], "<u8")
_MAX_GAP = 2  # changed sentences inside a pass that begins with the body's first sentence


def cut_repeats(draft: Draft) -> Draft:
    """Give the draft without what is told a second time."""
    if not _may_repeat(draft.lines):
        return draft
    units = _units(draft)
    if len(units) < 2:
        return draft
    words = [word for unit in units for word in unit.words]
    again = matches(units, words)
    matched = {match.unit for match in again}
    # How many words that nothing before them told stand before each word.
    fresh = [0, *accumulate(unit not in matched for unit, own in enumerate(units) for _ in own.words)]
    doomed = {
        match.unit
        for run in _runs(again)
        if _is_placed(run, units, fresh) and _is_pass(run, units, fresh[units[run[0].unit].at])
        for match in run
    }
    return draft.cut(_kept(draft, units, doomed), _removed(draft, units, doomed)) if doomed else draft


def _may_repeat(lines: tuple[Line, ...]) -> bool:
    """Tell, cheaply, whether a sequence of words occurs twice that is long enough to look closer."""
    told = " ".join(line.folded for line in lines)
    if told.count("\n") + len(lines) > MAX_SENTENCES:
        return False
    text = told.replace("\n", " ")
    data = text.encode("utf-16-le", "surrogatepass")
    letters = np.frombuffer(data, "<u2")
    spaces = np.flatnonzero(letters == _SPACE)
    if len(spaces) < _FEW_WORDS:
        return len(spaces) >= 2 * MIN_WHOLE - 1 and _says_three_twice(text.split())
    # As many stretches of text as there are words, each a number: equal stretches are equal numbers.
    starts = spaces[: np.searchsorted(spaces, len(letters) - _STRETCH, "right")]
    stretches = np.ndarray((len(letters) - _STRETCH + 1,), f"V{2 * _STRETCH}", data, strides=(2,))[starts]
    numbers = np.sort(stretches.view("<u8").reshape(len(starts), -1) @ _WEIGHTS)
    return int(np.count_nonzero(numbers[1:] == numbers[:-1])) >= _TWICE


def _says_three_twice(words: list[str]) -> bool:
    seen: set[Words] = set()
    run = 0
    for gram in zip(words, words[1:], words[2:], strict=False):
        run = run + 1 if gram in seen else 0
        if run == _RUN:
            return True
        seen.add(gram)
    return False


def _units(draft: Draft) -> list[Unit]:
    units: list[Unit] = []
    at = 0
    for number, line in enumerate(draft.lines):
        for start, end, words in _sentences(line, draft.lang):
            units.append(Unit(number, start, end, words, at))
            at += len(words)
    return units


def _sentences(line: Line, lang: str) -> list[tuple[int, int, Words]]:
    """Part a line at its full stops: start and end in its text, and the words between."""
    if "\n" not in line.folded:
        return [(0, len(line.text), tuple(line.folded.split()))]
    folded = fold(line.text, lang)
    found = []
    start, offset = 0, 0
    parts = folded.text.split("\n")
    for number, part in enumerate(parts, start=1):
        offset += len(part) + 1
        last = number == len(parts)
        end = len(line.text) if last else _back_to_space(line.text, folded.starts[offset])
        found.append((start, end, tuple(part.split())))
        start = end
    return found


def _back_to_space(text: str, at: int) -> int:
    """Move the start of a sentence back over its opening quotation marks and brackets."""
    while at and text[at - 1] in "«“\"'([‹":
        at -= 1
    return at


def _runs(matches: list[Match]) -> list[list[Match]]:
    """Part the matches into runs in the order of the first telling; gaps only in one from the very start."""
    runs: list[list[Match]] = []
    for match in matches:
        run = runs[-1] if runs else None
        reach = 1 + (_MAX_GAP if run and run[0].source == 0 else 0)
        if run and match.unit - run[-1].unit <= reach and match.source >= run[-1].end - 1:
            run.append(match)
        else:
            runs.append([match])
    return runs


def _is_placed(run: list[Match], units: list[Unit], fresh: list[int]) -> bool:
    """Tell whether a run stands where a pass does: after what it tells again, or told from the very start."""
    start, last = units[run[0].unit].at, units[run[-1].unit]
    follows = fresh[start] <= fresh[min(run[-1].end, start)]
    from_the_start = run[0].source == 0 and fresh[last.at + len(last.words)] == fresh[-1]
    return follows or from_the_start


def _is_pass(run: list[Match], units: list[Unit], told: int) -> bool:
    """Tell whether a run is long and alike enough; `told` words stand before it for the first time."""
    words = sum(len(units[match.unit].words) for match in run)
    exact = sum(len(units[match.unit].words) for match in run if match.exact)
    first, last = units[run[0].unit], units[run[-1].unit]
    if words < 0.75 * (last.at + len(last.words) - first.at):
        return False
    if exact == words:
        return words >= MIN_PASS or words >= max(MIN_WHOLE, 0.95 * told)
    if sum(match.exact for match in run) >= 2 and words >= MIN_PASS:
        return 2 * exact >= words
    mended = [units[match.unit] for match in run if not match.exact]
    return len(run) > 1 and words >= max(3 * MIN_PASS, 0.8 * told) and len(mended) <= 0.06 * words


def _kept(draft: Draft, units: list[Unit], doomed: set[int]) -> tuple[Line, ...]:
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


def _removed(draft: Draft, units: list[Unit], doomed: set[int]) -> tuple[Removed, ...]:
    """Put what goes on record, one entry for each stretch without a gap."""
    stretches: list[list[Unit]] = []
    last = -2
    for at in sorted(doomed):
        if at != last + 1:
            stretches.append([])
        stretches[-1].append(units[at])
        last = at
    return tuple(removal("repeated", _text_of(draft, stretch)) for stretch in stretches)


def _text_of(draft: Draft, stretch: list[Unit]) -> str:
    texts: dict[int, str] = {}
    for unit in stretch:
        texts[unit.line] = texts.get(unit.line, "") + draft.lines[unit.line].text[unit.start : unit.end]
    return "\n".join(text.strip() for text in texts.values())
