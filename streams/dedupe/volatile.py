"""The guard against feeds whose every item changes at every poll, in one line that nobody reads.

A view counter, "5 minutes ago", the hour of printing: one line of the text differs, and in that line only
numbers and words of time. One article alone may do that for a good reason (a toll that rises), and its line
reads like no other article's. But where `volatile_articles` different articles of one source have changed in
the same line, numbers apart, the line is the page's and not the report's: from then on a change in it alone
is a repeat, reason `volatile_line`. So it is with a line that takes another's place, comes or goes in that
many articles word for word: an appeal, an advertisement that takes turns with others.

The signs are in the entries of the revisions that went out, one for each article; so the guard is the same
after a rebuild, and forgets a line when its signs are older than the identity window.
"""

from dataclasses import dataclass

from streams.dedupe.features import MAX_CHARACTERS
from streams.dedupe.revision import sentences
from streams.dedupe.table import key64
from streams.dedupe.words import is_figure, tables, with_values, word

_MAX_FRAME, _MAX_LINE = 12, 30
"""Words of a volatile line besides numbers; a longer line is a sentence of the report."""
_MONTH = "m"


@dataclass(frozen=True, slots=True)
class Version:
    """A title and a text, as shown."""

    title: str
    text: str


def changed_line(before: Version, after: Version, source_id: str, lang: str) -> int:
    """Give the digest of the only line that changed, if it is one that a page may have; else 0.

    The same words with other numbers and times, or another short line in its place: then the line that came
    (or went) is the sign, and counts where it came to several articles.
    """
    if before.title != after.title:
        return 0
    old, new = (
        [p.match for p in sentences(version.text[:MAX_CHARACTERS], lang)] for version in (before, after)
    )
    gone, came = _middles(old, new)
    if len(gone) > 1 or len(came) > 1 or not (gone or came):
        return 0
    if gone and came:
        left, right = _frame(gone[0]), _frame(came[0])
        if left == right and len(left) <= _MAX_FRAME:
            return key64("line", source_id, " ".join(left))
    line = (came or gone)[0]
    if min(len(old), len(new)) < 2 or any(phrase in line for phrase in tables().withdrawn):
        return 0  # a whole text that was replaced, or taken back
    return key64("whole line", source_id, line) if len(line.split()) <= _MAX_LINE else 0


def _middles(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Give what is left of two lists of lines without those that both begin and end with."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start : len(old) - end], new[start : len(new) - end]


def _frame(line: str) -> tuple[str, ...]:
    """Give the words of a line that are no number, no month and no function word, in order."""
    stems = (word(text).stem for text in with_values(line.split()) if not is_figure(text))
    return tuple(stem for stem in stems if stem and not (stem[0] == _MONTH and stem[1:].isdigit()))
