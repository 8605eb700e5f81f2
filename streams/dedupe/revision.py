"""What changed between two revisions of an article, told the way a reader would tell it.

    title      the headline reads otherwise
    figure     a number became another one (a toll from 3 to 5), with the sentences around it
    typo       a word was mended: tiny edit, no figure and no name touched, or another hamza (spelling.py)
    withdrawn  the text is gone, or says that the report is taken back
    text       anything else

A changed headline is told as `title`, and as `figure` or `typo` too where it is one. Sentences are compared
in the match form and shown in the display form, at most `MAX_PASSAGE` characters of each; at most
`MAX_CHANGES` are told. Linear but for the changed middle, of which at most `MAX_SENTENCES` are aligned.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from events.article import Change, ChangeKind
from streams.dedupe.facts import figures_of
from streams.dedupe.features import MAX_CHARACTERS
from streams.dedupe.spelling import MOST_CORRECTED, corrected
from streams.dedupe.words import tables, word
from streams.text.fold import match, matches

MAX_CHANGES = 20
MAX_PASSAGE = 400
MAX_SENTENCES = 200
_MAX_TYPO_WORDS = 2
_SENTENCE_END = re.compile(r"\n+|(?<=[.!?؟…؛])\s+|(?<=[.!?؟…؛][\"”»')])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence as shown and as compared."""

    shown: str
    match: str


@lru_cache(maxsize=8)  # of one revision both texts are asked for twice
def sentences(text: str, lang: str) -> tuple[Passage, ...]:
    """Split a display text into sentences; a full stop inside a number or a name ends none."""
    shown = [piece for piece in _SENTENCE_END.split(text) if piece.strip()]
    return tuple(map(Passage, shown, matches(shown, lang)))


def changes(before: tuple[str, str], after: tuple[str, str], lang: str) -> tuple[Change, ...]:
    """Give what changed from `before` to `after`, each (display title, display text); at least one change.

    Texts that differ only after the characters that are compared are told as one `text` without passages.
    """
    found = list(_title_changes(before[0], after[0], lang))
    old, new = (sentences(text[:MAX_CHARACTERS], lang) for text in (before[1], after[1]))
    if _withdrawn(old, new, before[0], after[0], lang):
        found.append(_change("withdrawn", before[1], after[1] or after[0]))
    else:
        found.extend(_text_changes(old, new))
        found.extend(_mended_spelling(old, new))
    return tuple(found[:MAX_CHANGES]) or (_change("text", "", ""),)


def _change(kind: ChangeKind, before: str, after: str) -> Change:
    return Change(kind=kind, before=_cut(before), after=_cut(after))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_PASSAGE else text[: MAX_PASSAGE - 1].rstrip() + "…"


def _title_changes(before: str, after: str, lang: str) -> Iterator[Change]:
    old, new = match(before, lang), match(after, lang)
    if old == new:
        if corrected(before, after):
            yield _change("title", before, after)
            yield _change("typo", before, after)
        return
    yield _change("title", before, after)
    kind = _kind(old, new)
    if kind != "text":
        yield _change(kind, before, after)


def _withdrawn(old: Sequence[Passage], new: Sequence[Passage], before: str, after: str, lang: str) -> bool:
    """Say whether the text is gone, or now holds words of withdrawal that it did not hold."""
    if old and not new:
        return True
    said = "\n".join([match(before, lang), *(p.match for p in old)])
    says = "\n".join([match(after, lang), *(p.match for p in new)])
    return any(phrase in says and phrase not in said for phrase in tables().withdrawn)


def _text_changes(old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[Change]:
    start = 0
    while start < min(len(old), len(new)) and old[start].match == new[start].match:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end].match == new[-1 - end].match:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(left), len(right)) > MAX_SENTENCES:
        yield _change("text", _joined(left), _joined(right))
        return
    aligned = SequenceMatcher(None, [p.match for p in left], [p.match for p in right], autojunk=False)
    for tag, i, j, k, n in aligned.get_opcodes():
        if tag != "equal":
            yield from _block(left[i:j], right[k:n])


def _mended_spelling(old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[Change]:
    """Give the sentences that stand in both, in which a few words are spelt otherwise."""
    there = {passage.match: passage.shown for passage in old}
    both = [(there[p.match], p.shown) for p in new if p.match in there]
    words = [corrected(before, after) for before, after in both]
    if sum(words) <= MOST_CORRECTED:
        yield from (_change("typo", *pair) for pair, mended in zip(both, words, strict=True) if mended)


def _joined(passages: Sequence[Passage]) -> str:
    return " ".join(passage.shown for passage in passages[:MAX_SENTENCES])


def _block(left: Sequence[Passage], right: Sequence[Passage]) -> Iterator[Change]:
    """Pair the sentences of a changed block by what they share; what has no partner was added or cut."""
    rest = list(right)
    for passage in left:
        partner = max(rest, key=lambda other: _shared(passage, other), default=None)
        if partner is None or _shared(passage, partner) < (0.2 if len(left) == len(right) == 1 else 0.35):
            yield _change("text", passage.shown, _joined(rest) if len(left) == 1 else "")
            rest = [] if len(left) == 1 else rest
            continue
        rest.remove(partner)
        if passage.match != partner.match:
            yield _change(_kind(passage.match, partner.match), passage.shown, partner.shown)
    yield from (_change("text", "", passage.shown) for passage in rest)


def _shared(left: Passage, right: Passage) -> float:
    a, b = set(left.match.split()), set(right.match.split())
    return len(a & b) / len(a | b) if a | b else 0.0


def _kind(before: str, after: str) -> ChangeKind:
    """Tell a figure from a typo from a change of wording, on the match form of one passage."""
    old, new = figures_of(before), figures_of(after)
    if old != new and old and new and _swapped(old, new):
        return "figure"
    return "typo" if old == new and _is_typo(before.split(), after.split()) else "text"


def _swapped(old: list[str], new: list[str]) -> bool:
    """Whether a number went and another came, not only one of the two."""
    return bool(set(old) - set(new)) and bool(set(new) - set(old))


def _is_typo(old: list[str], new: list[str]) -> bool:
    """One or two words mended by a letter or two each; a name that changes is no typo."""
    if "".join(old) == "".join(new):
        return True
    if len(old) != len(new):
        return False
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return 0 < len(pairs) <= _MAX_TYPO_WORDS and all(_mended(a, b) for a, b in pairs)


def _mended(old: str, new: str) -> bool:
    """Say whether a word was mended by a letter or two, and did not become another name or its contrary."""
    known = tables().places | tables().names
    if word(old).stem in known and word(new).stem in known:
        return False
    if min(len(old), len(new)) < 3 or abs(len(old) - len(new)) > 1:
        return False
    if any(_pair <= {word(old).stem, word(new).stem} for _pair in map(set, tables().contrary)):
        return False
    return _distance(old, new) <= (1 if min(len(old), len(new)) < 6 else 2)


def _distance(old: str, new: str) -> int:
    """Give the edit distance, a swap of neighbours counting one (optimal string alignment)."""
    rows = [list(range(len(new) + 1))]
    for i, a in enumerate(old, 1):
        row = [i]
        for j, b in enumerate(new, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == new[j - 2] and old[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
