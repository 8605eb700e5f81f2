"""Lines that one source repeats in article after article: proposed to a person, never cut by themselves.

A weekly column's opening, a ministry's formula and a channel's advertisement look alike to a counter; only
somebody who reads them can tell which is boilerplate, and put that one into `phrases.toml`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from events.article import RawArticle
from events.identity import article_id, digest
from streams.normalize import STEPS, read
from streams.normalize.draft import Draft

LEAST = 5
"""Articles of one source that a line is proposed from."""

MAX_WORDS = 60
"""Longer lines are paragraphs; where they come again, dedupe has its say."""

Where = Literal["first", "last", "inside"]


@dataclass(frozen=True, slots=True)
class Template:
    """One proposal: `line` stands in `articles` of the `of` articles read of this source."""

    source_id: str
    line: str
    articles: int
    of: int
    where: Where
    example: str


@dataclass(slots=True)
class _Line:
    text: str
    example: str
    places: Counter[Where] = field(default_factory=Counter)


@dataclass(slots=True)
class _Source:
    known: set[str] = field(default_factory=set)
    articles: int = 0
    lines: dict[str, _Line] = field(default_factory=dict)


def templates(raws: Iterable[RawArticle], least: int = LEAST) -> list[Template]:
    """Propose the lines that at least `least` articles of one source share, by source, most frequent first.

    Counts each article once, whatever its revisions, and a text told twice once; what normalize cuts anyway
    is not proposed. Raises `Rejected` as `read` does.
    """
    sources: dict[str, _Source] = {}
    for raw in raws:
        _count(sources.setdefault(raw.source_id, _Source()), raw)
    found = [
        Template(name, line.text, line.places.total(), source.articles, _where(line.places), line.example)
        for name, source in sources.items()
        for line in source.lines.values()
        if line.places.total() >= least
    ]
    return sorted(found, key=lambda one: (one.source_id, -one.articles, one.line))


def _count(source: _Source, raw: RawArticle) -> None:
    draft = _cleaned(raw)
    # The same text under two addresses is a mirror, which dedupe finds; it makes no line a template.
    keys = {article_id(raw), digest("body", *(line.folded for line in draft.lines))}
    if source.known & keys or not draft.lines:
        return
    source.known |= keys
    source.articles += 1
    last = len(draft.lines) - 1
    places: dict[str, Where] = {}
    for at, line in enumerate(draft.lines):
        if line.folded and line.words <= MAX_WORDS:
            places[line.folded] = "last" if at == last else "first" if at == 0 else "inside"
            source.lines.setdefault(line.folded, _Line(line.text, raw.url or raw.item_id or ""))
    for folded, place in places.items():
        source.lines[folded].places[place] += 1


def _cleaned(raw: RawArticle) -> Draft:
    draft = read(raw)
    for step in STEPS:
        draft = step(draft)
    return draft


def _where(places: Counter[Where]) -> Where:
    return min(places, key=lambda place: (-places[place], place))
