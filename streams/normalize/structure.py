"""Sub-headings and quotations, with their offsets in the text.

Both are read off the finished text, so `text[start:end]` is what they say.
"""

import re
from collections.abc import Iterator

from events.article import Heading, Quote
from streams.normalize.draft import Line

_MAX_HEADING = 10
_MIN_NEIGHBOUR = 12
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
    if not 0 < at < len(lines) - 1 or line.words > _MAX_HEADING or _NO_HEADING.search(line.text):
        return False
    before, after = lines[at - 1], lines[at + 1]
    if line.linked or min(before.words, after.words) < _MIN_NEIGHBOUR:
        return False
    return bool(_SENTENCE_END.search(before.text)) and after.kind == "paragraph"


# Guillemets may enclose curly marks and the reverse; straight marks open and close alike, so they pair in order.
_QUOTED = re.compile(r"«([^«»\n]{2,2000})»|“([^“”\n]{2,2000})”|\"([^\"\n]{2,2000})\"")
_MIN_WORDS = 4
_SAID = (
    "قال قالت وقال وقالت أضاف أضافت وأضاف وأضافت أكد أكدت وأكد وأكدت أعلن أعلنت وأعلن وأعلنت أوضح أوضحت وأوضح وأوضحت "
    "ذكر ذكرت وذكر وذكرت صرح صرحت وصرح وصرحت كتب كتبت وكتب وكتبت أشار أشارت وأشار وأشارت تابع تابعت وتابع وتابعت بين وبين "
    "لفت ولفت شدد شددت وشدد وشددت اعتبر اعتبرت واعتبر واعتبرت أفاد أفادت وأفاد وأفادت نقل ونقل حذر حذرت وحذر وحذرت "
    "قائلا قائلة وقائلا"
)
_VERB = "(?:" + "|".join(sorted(_SAID.split(), key=len, reverse=True)).replace("أ", "[أا]") + ")"
_STOP_WORDS = (
    "في|خلال|عبر|على|إن|أن|ان|إلى|الى|عن|من|مع|لدى|عقب|بعد|قبل|أمس|اليوم|إنه|أنه|إنها|أنها|بأن|ردا|حول"
)
_NAME = rf"((?:(?!(?:{_STOP_WORDS})\b)(?!ل[ـ«])[^\s«»“”\".:،؛؟!\n]+\s*){{1,9}}?)"
_BEFORE = re.compile(rf"(?<!\w){_VERB}\s+{_NAME}\s*(?:(?:{_STOP_WORDS})\b[^«»“”\".\n]{{0,80}})?[:،]?\s*$")
_AFTER = re.compile(
    rf"^\s*[،,.]?\s*(?:كما\s+|بحسب\s+ما\s+|حسبما\s+|وفق\s+ما\s+)?{_VERB}\s+{_NAME}(?=\s*(?:$|[.،:؛\n]|(?:{_STOP_WORDS})\b))"
)
_SPEAKER = r"((?:[A-Z][\w'’.-]*|of|the|al|bin|de)(?:\s+(?:[A-Z][\w'’.-]*|of|the|al|bin|de)){0,6})"
_EN_AFTER = re.compile(
    rf"^\s*,?\s*(?:said|says|told|added|according to)\s+{_SPEAKER}|^\s*,?\s*{_SPEAKER}\s+(?:said|says|told|added)\b"
)
_EN_BEFORE = re.compile(rf"{_SPEAKER}\s+(?:said|says|told [\w ]{{1,30}}|added)[,:]?\s*$")


def quotes(text: str) -> tuple[Quote, ...]:
    """Give what stands in quotation marks and is speech: a clause, or anything after a colon."""
    return tuple(_quotes(text)) if "«" in text or "“" in text or '"' in text else ()


def _quotes(text: str) -> Iterator[Quote]:
    for found in _QUOTED.finditer(text):
        group = found.lastindex or 1
        inner = found[group]
        start = found.start(group) + len(inner) - len(inner.lstrip())
        end = found.end(group) - (len(inner) - len(inner.rstrip()))
        before = text[max(text.rfind("\n", 0, found.start()) + 1, found.start() - 200) : found.start()]
        speech = before.rstrip().endswith(":")
        if end <= start or (len(text[start:end].split()) < _MIN_WORDS and not speech):
            continue
        after = text[found.end() : found.end() + 120].partition("\n")[0]
        yield Quote(text=text[start:end], start=start, end=end, speaker=_speaker(before, after))


def _speaker(before: str, after: str) -> str | None:
    for pattern, side in ((_BEFORE, before), (_AFTER, after), (_EN_AFTER, after), (_EN_BEFORE, before)):
        if found := pattern.search(side):
            name = next((group for group in found.groups() if group), "").strip()
            if name:
                return name
    return None
