"""The finished text: paragraphs joined, sub-headings and the items of a round-up with their offsets."""

import re
from itertools import accumulate

from msgspec import UNSET, UnsetType

from events.article import Heading, Item
from streams.normalize.dateline import opens_with_dateline
from streams.normalize.draft import Line

_MAX_HEADING = 10
_MIN_NEIGHBOUR = 9
_SENTENCE_END = re.compile(r"[.!؟?…»”\")]\s*$")
# Words that begin a sentence and no heading.
_TELLING = re.compile(r"و?(?:كان|كانت|قال|قالت|أضاف|أضافت|أكد|أكدت|أوضح|ذكر|تابع|أشار)\s")
_NO_HEADING = re.compile(r"[.!,،؛;:…»”\")–—-]\s*$|^\s*(?:[-–—•*▪●(«“\"\d٠-٩]|ـ\s)")


def joined(lines: tuple[Line, ...]) -> str:
    """Give the text: one line a paragraph."""
    return "\n".join(line.text for line in lines)


def headings(lines: tuple[Line, ...]) -> tuple[Heading, ...]:
    """Give the sub-headings: what the markup calls one, and short bare lines between two paragraphs."""
    found = []
    start = 0
    for at, line in enumerate(lines):
        if _is_heading(lines, at):
            found.append(Heading(text=line.text, start=start, end=start + len(line.text)))
        start += len(line.text) + 1
    return tuple(found)


def _is_heading(lines: tuple[Line, ...], at: int) -> bool:
    line = lines[at]
    if line.kind != "paragraph":
        return line.kind == "heading"
    if not 0 < at < len(lines) - 1 or not 0 < line.words <= _MAX_HEADING or _NO_HEADING.search(line.text):
        return False
    before, after = lines[at - 1], lines[at + 1]
    if line.linked or _TELLING.match(line.text) or min(before.words, after.words) < _MIN_NEIGHBOUR:
        return False
    return bool(_SENTENCE_END.search(before.text)) and after.kind == "paragraph"


_BULLET = re.compile(r"^\s*(?:[-–—•*▪■●◾◆♦]|ـ|[0-9٠-٩]{1,2}\s*[-–.)])\s+")
_EARLY_MARK = re.compile(r"[:–—)/-](?:(?<!-)|(?<=\s-)(?=\s))")
_EARLY = 48
_MIN_ITEMS = 3
_MIN_ITEM = 10
_MAX_INTRODUCTION = 2


def items(
    lines: tuple[Line, ...], whole_opens: bool, source_name: str | None
) -> tuple[Item, ...] | UnsetType:
    """Give the items of a round-up: three passages or more that each open with a bullet or a dateline.

    `whole_opens`: the text had a dateline of its own, now gone, so its first line opens an item too. Lists of
    short points are no round-up. Nothing is cut for it.
    """
    bulleted = [at for at, line in enumerate(lines) if _BULLET.match(line.text)]
    if found := _parted(lines, bulleted):
        return found
    marked = [at for at, line in enumerate(lines) if _EARLY_MARK.search(line.text, 0, _EARLY)]
    if len(marked) < _MIN_ITEMS - whole_opens:  # few texts are worth the closer look
        return UNSET
    early = [at for at in marked if at <= _MAX_INTRODUCTION]
    datelined = [at for at in early if opens_with_dateline(lines[at].text, source_name)]
    if not datelined and not whole_opens:
        return UNSET
    datelined += [at for at in marked[len(early) :] if opens_with_dateline(lines[at].text, source_name)]
    if whole_opens and datelined and datelined[0] > 0:
        datelined.insert(0, 0)
    return _parted(lines, datelined) or UNSET


def _parted(lines: tuple[Line, ...], starts: list[int]) -> tuple[Item, ...]:
    """Part the lines at `starts`; nothing where that makes no round-up."""
    if len(starts) < _MIN_ITEMS or starts[0] > _MAX_INTRODUCTION:
        return ()
    pairs = list(zip(starts, [*starts[1:], len(lines)], strict=True))
    if min(sum(line.words for line in lines[first:end]) for first, end in pairs) < _MIN_ITEM:
        return ()
    offsets = [0, *accumulate(len(line.text) + 1 for line in lines)]
    return tuple(Item(start=offsets[first], end=offsets[end] - 1) for first, end in pairs)
