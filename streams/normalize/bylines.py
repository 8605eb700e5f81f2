"""Who wrote it: "بقلم: علي حسن", "By Ali Hassan" over the text, and "كتب: علي حسن" among what was cut.

Takes a draft, gives it with the writers known and the line on record. A name is one that a table knows, or
stands in capitals behind "By"; any other line stays.
"""

import re
from dataclasses import replace

from streams.normalize.draft import Draft, removal
from streams.normalize.names import is_named_person

_LABELLED = re.compile(r"(?:كتبت?|بقلم|تقرير|تحقيق|حوار|حاوره|حاورته|إعداد|اعداد)\s*[:/|–-]\s*(\S.*)")
_BARE = re.compile(r"بقلم\s+(\S.*)")
_NAME = r"(?:[A-Z][\w.'’-]*\s+){1,3}[A-Z][\w'’-]+"
_ENGLISH = re.compile(rf"(?:By|BY|Written by)\s*:?\s+({_NAME}(?:(?:,| and)\s+{_NAME}){{0,3}})")
_AND = re.compile(r"\s+and\s+|\s*[,،]\s*|\s+و\s*(?=\S)")
_MAX_WORDS = 12


def take_by_line(draft: Draft) -> Draft:
    """Give the draft without the by-line over its text, and with the writers that cut credits name."""
    named = tuple(name for cut in draft.removed if cut.kind == "credit" for name in _writers(cut.text))
    first = draft.lines[0] if len(draft.lines) > 1 and draft.lines[0].words <= _MAX_WORDS else None
    writers = _writers(first.text) if first else ()
    if not named and not writers:
        return draft
    draft = replace(draft, by_line=(*draft.by_line, *writers, *named))
    return draft.cut(draft.lines[1:], (removal("credit", first.text),)) if first and writers else draft


def _writers(text: str) -> tuple[str, ...]:
    """Give the names of a by-line; nothing where one of them may be something else."""
    text = text.strip(" .():")
    if english := _ENGLISH.fullmatch(text):
        return tuple(_AND.split(english[1]))
    found = _LABELLED.fullmatch(text) or _BARE.fullmatch(text)
    names = tuple(_AND.split(found[1])) if found else ()
    return names if all(map(is_named_person, names)) else ()
