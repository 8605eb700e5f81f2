"""Filters as a URL: what a reader asked to see, and whether an event is that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from events.article import EnrichedArticle
from marsad.web.marks import clean
from streams.text.fold import match

MAX_VALUE = 200
"""Characters of one filter; more is nobody's search."""
MAX_PAGE = 1_000


def values(parameters: Mapping[str, str], *names: str) -> dict[str, str]:
    """Read filters from URL parameters: cleaned, bounded, empty where not given."""
    return {name: clean(parameters.get(name, "")).strip()[:MAX_VALUE] for name in names}


def address(path: str, **fields: str | int) -> str:
    """Give a path with those of `fields` that say something."""
    given = urlencode({name: value for name, value in fields.items() if value != ""})
    return f"{path}?{given}" if given else path


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of one request; an empty one lets everything through."""

    q: str = ""
    lang: str = ""
    relation: str = ""
    source: str = ""
    tag: str = ""
    story: str = ""
    ui: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Query":
        """Read URL parameters; what cannot be read counts as not given."""
        names = ("q", "lang", "relation", "source", "tag", "story", "ui")
        page = parameters.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(**values(parameters, *names), page=min(max(number, 1), MAX_PAGE))

    @classmethod
    def for_story(cls, story_id: str, parameters: Mapping[str, str]) -> "Query":
        """Give the query of a story's own page, whose only parameter is the interface language."""
        return cls(story=story_id, ui=cls.of(parameters).ui)

    def url(self, path: str = "/", **changes: str | int) -> str:
        """Give the address of this query with `changes`; a changed filter starts at the first page."""
        if changes and "page" not in changes:
            changes = {**changes, "page": 1}
        wanted = replace(self, **changes)  # type: ignore[arg-type]
        fields = {
            "q": wanted.q, "lang": wanted.lang, "relation": wanted.relation, "source": wanted.source,
            "tag": wanted.tag, "story": wanted.story, "ui": wanted.ui,
            "page": wanted.page if wanted.page > 1 else "",
        }  # fmt: skip
        return address(path, **fields)

    @property
    def story_path(self) -> str:
        """The page of the story that is asked for."""
        return f"/stories/{quote(self.story, safe='')}"

    @property
    def filtered(self) -> bool:
        """Whether anything at all is left out."""
        return bool(self.q or self.lang or self.relation or self.source or self.tag or self.story)

    def words(self) -> tuple[str, ...]:
        """Give the searched words in the match form that articles are searched in."""
        return tuple(match(self.q).split())

    def matches(self, event: EnrichedArticle, folded: str) -> bool:
        """Say whether `event` is asked for, apart from its story, which may have become another's since.

        `folded` is the match form of its title and text.
        """
        if self.lang and event.lang.split("-")[0] != self.lang.split("-")[0]:
            return False
        if self.relation and event.relation != self.relation:
            return False
        if self.source and event.source_id != self.source:
            return False
        if self.tag and self.tag not in _tags(event):
            return False
        return all(word in folded for word in self.words())


def _tags(event: EnrichedArticle) -> set[str]:
    ids = {topic.id for topic in event.topics} | {place.id for place in event.places}
    return ids | {named.id or named.name for named in (*event.organisations, *event.people)}
