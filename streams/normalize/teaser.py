"""A first line that is but the beginning of the second: feeds print a teaser over the text it is taken from.

Takes a draft, gives it without the teaser, which is on record.
"""

import re

from streams.normalize.draft import Draft, removal

MIN_WORDS = 6
"""Shorter beginnings are headings, and chance."""

_CUT_OFF = re.compile(r"(?:\.\.+|…|\[…\])\s*$")


def cut_teaser(draft: Draft) -> Draft:
    """Drop a first line that is but the beginning of the second: "أعلنت وزارة الموارد المائية اليوم..."."""
    if len(draft.lines) < 2:
        return draft
    teaser, told = draft.lines[0], draft.lines[1].folded
    words = teaser.folded.replace("\n", " ")
    if _CUT_OFF.search(teaser.text):
        words = words.rpartition(" ")[0]  # the last word may be half a word
    if words.count(" ") < MIN_WORDS - 1 or not f"{told} ".replace("\n", " ").startswith(f"{words} "):
        return draft
    return draft.cut(draft.lines[1:], (removal("repeated", teaser.text),)) if told != teaser.folded else draft
