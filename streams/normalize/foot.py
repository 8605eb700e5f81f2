"""The end of an item: desk marks, editors' initials, an agency's name behind the last full stop.

Takes a draft, gives it without what the `[[foot]]` entries of `phrases.toml` name, which is on record.
"""

import re

from streams.normalize.boilerplate import feet
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.normalize.names import find_agency

MAX_CHARS = 220
"""A foot is no longer."""

_MAX_FEET = 3  # "(رويترز)", "انتهى" and initials may stand in lines of their own
_SENTENCE_END = re.compile(r"[.!؟?»”\")](?:\s+(?=\S)|(?<!\))(?=\())")


def cut_foot(draft: Draft) -> Draft:
    """Give the draft without the marks below its text."""
    for _ in range(_MAX_FEET):
        shorter = _without_foot(draft)
        if shorter is draft:
            break
        draft = shorter
    return draft


def _without_foot(draft: Draft) -> Draft:
    if not draft.lines:
        return draft
    *before, last = draft.lines
    if before and len(last.text) <= MAX_CHARS:
        for kind, _, pattern in feet():
            if _is_foot(pattern.fullmatch(last.text)):
                return draft.cut(tuple(before), (removal(kind, last.text),))
    return _without_tail(draft, before, last)


def _without_tail(draft: Draft, before: list[Line], last: Line) -> Draft:
    floor = max(0, len(last.text) - MAX_CHARS)
    starts = [found.end() for found in _SENTENCE_END.finditer(last.text, floor)]
    for start in starts:
        for kind, tail, pattern in feet():
            if tail and _is_foot(pattern.fullmatch(last.text, start)):
                kept = rewritten(last, last.text[:start].strip(), draft.lang)
                return draft.cut((*before, kept), (removal(kind, last.text[start:]),))
    return draft


def _is_foot(found: re.Match[str] | None) -> bool:
    """Tell whether a match is a foot: what a pattern calls an agency has to be one, and no common word."""
    if not found or "agency" not in found.re.groupindex:
        return bool(found)
    agency = find_agency(found["agency"])
    return agency is not None and (not agency.common or "/" in found[0])
