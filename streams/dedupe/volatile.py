"""The guard against feeds whose every item changes at every poll, in one line that nobody reads.

A view counter, "5 minutes ago", the hour of printing: one line of the text differs, and in that line only
numbers and words of time. One article alone may do that for a good reason (a toll that rises), and its line
reads like no other article's. But where `volatile_articles` different articles of one source have changed in
the same line, numbers apart, the line is the page's and not the report's: from then on a change in it alone
is a repeat, reason `volatile_line`. So it is with a line that takes another's place, comes or goes in that
many articles word for word: an appeal, an advertisement that takes turns with others.

A counter may also be glued to the last sentence of every item. Then no two lines are alike, but the last few
words are; tolls end reports, too, so an article is a sign only when it has changed so twice in a row.

The signs are in the entries of the revisions that went out, one for each article; so the guard is the same
after a rebuild, and forgets a line when its signs are older than the identity window.
"""

from dataclasses import dataclass

from streams.dedupe.features import MAX_CHARACTERS
from streams.dedupe.revision import sentences
from streams.dedupe.table import key64
from streams.dedupe.words import is_figure, tables, with_values, word
from streams.text.fold import match

_MAX_FRAME, _MAX_LINE = 12, 30
"""Words of a volatile line besides numbers; a longer line is a sentence of the report."""
_MONTH = "m"
_END = 4
"""Words at the end of a text in which a counter may stand that has no line of its own."""


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
        left, right = _frame(gone[0].split()), _frame(came[0].split())
        if left == right and len(left) <= _MAX_FRAME:
            return key64("line", source_id, " ".join(left))
    line = (came or gone)[0]
    if min(len(old), len(new)) < 2 or any(phrase in line for phrase in tables().withdrawn):
        return 0  # a whole text that was replaced, or taken back
    return key64("whole line", source_id, line) if len(line.split()) <= _MAX_LINE else 0


def changed_end(before: Version, after: Version, source_id: str, lang: str) -> int:
    """Give the digest of the last few words where only a number or a time in them has changed; else 0."""
    if before.title != after.title:
        return 0
    old, new = (match(version.text[:MAX_CHARACTERS], lang).split() for version in (before, after))
    if len(old) != len(new) or old[:-_END] != new[:-_END]:
        return 0
    left, right = _frame(old[-_END:]), _frame(new[-_END:])
    if left != right or with_values(old) == with_values(new):
        return 0
    start = next(at for at in range(-min(_END, len(old)), 0) if old[at] != new[at])
    return key64("end", source_id, *_frame(new[start:]))


def _middles(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Give what is left of two lists of lines without those that both begin and end with."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start : len(old) - end], new[start : len(new) - end]


def _frame(words: list[str]) -> tuple[str, ...]:
    """Give those words that are no number, no month and no function word, in order."""
    stems = (word(text).stem for text in with_values(words) if not is_figure(text))
    return tuple(stem for stem in stems if stem and not (stem[0] == _MONTH and stem[1:].isdigit()))
