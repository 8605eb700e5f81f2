"""The guard against feeds whose every item changes at every poll, in one line that nobody reads.

A view counter, "5 minutes ago", the hour of printing: one line of the text differs, and in that line only
numbers and words of time. One article alone may do that for a good reason (a toll that rises), and its line
reads like no other article's. But where `volatile_articles` different articles of one source have changed in
the same line, numbers apart, the line is the page's and not the report's: from then on a change in it alone
is a repeat, reason `volatile_line`.

The signs are in the entries of the revisions that went out, one for each article; so the guard is the same
after a rebuild, and forgets a line when its signs are older than the identity window.
"""

from dataclasses import dataclass

from streams.dedupe.features import MAX_CHARACTERS
from streams.dedupe.revision import sentences
from streams.dedupe.table import key64
from streams.dedupe.words import is_figure, with_values, word

_MAX_FRAME = 12
"""Words of a volatile line besides numbers; a longer line is a sentence of the report."""
_MONTH = "m"


@dataclass(frozen=True, slots=True)
class Version:
    """A title and a text, as shown."""

    title: str
    text: str


def changed_line(before: Version, after: Version, source_id: str, lang: str) -> int:
    """Give the digest of the only line that changed, and only in numbers and times; else 0."""
    if before.title != after.title:
        return 0
    old, new = (
        [p.match for p in sentences(version.text[:MAX_CHARACTERS], lang)] for version in (before, after)
    )
    if len(old) != len(new):
        return 0
    differing = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    if len(differing) != 1:
        return 0
    left, right = (_frame(line) for line in differing[0])
    return key64("line", source_id, " ".join(left)) if left == right and len(left) <= _MAX_FRAME else 0


def _frame(line: str) -> tuple[str, ...]:
    """Give the words of a line that are no number, no month and no function word, in order."""
    stems = (word(text).stem for text in with_values(line.split()) if not is_figure(text))
    return tuple(stem for stem in stems if stem and not (stem[0] == _MONTH and stem[1:].isdigit()))
