"""An article under way through normalize: what the steps hand on to each other."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from events.article import Dateline, RawArticle, Removed, RemovedKind
from streams.normalize.html import Kind
from streams.text.fold import match


class Line(NamedTuple):
    """One paragraph, list item or heading: its display form, its match form, what the markup said of it."""

    text: str
    folded: str
    kind: Kind = "paragraph"
    linked: bool = False

    @property
    def words(self) -> int:
        """How many words the match form has."""
        return self.folded.count(" ") + self.folded.count("\n") + 1 if self.folded else 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of an article so far."""

    raw: RawArticle
    title: str
    lines: tuple[Line, ...]
    lang: str = "und"
    removed: tuple[Removed, ...] = ()
    dateline: Dateline | None = None
    agency: str | None = None
    by_line: tuple[str, ...] = ()

    def cut(self, lines: tuple[Line, ...], removed: tuple[Removed, ...]) -> "Draft":
        """Give the draft with only `lines` left and what was cut on record."""
        return replace(self, lines=lines, removed=self.removed + removed) if removed else self


def rewritten(line: Line, text: str, lang: str) -> Line:
    """Give `line` with another text, folded again."""
    return line._replace(text=text, folded=match(text, lang))


def removal(kind: RemovedKind, text: str) -> Removed:
    """Put a cut passage on record."""
    return Removed(kind=kind, text=text)
