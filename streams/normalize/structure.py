"""The finished text: its paragraphs joined, and its sub-headings with their offsets."""

import re

from events.article import Heading
from streams.normalize.draft import Line

_MAX_HEADING = 10
_MIN_NEIGHBOUR = 9
_SENTENCE_END = re.compile(r"[.!؟?…»”\")]\s*$")
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
    if line.linked or min(before.words, after.words) < _MIN_NEIGHBOUR:
        return False
    return bool(_SENTENCE_END.search(before.text)) and after.kind == "paragraph"
