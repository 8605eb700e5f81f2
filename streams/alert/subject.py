"""An article as the rules look at it: folded once, cut into words once, whatever the number of rules."""

from collections.abc import Callable, Iterable
from functools import cached_property

from events.article import Count, EnrichedArticle
from streams.alert.words import bare, forms
from streams.text.fold import match

ANY = "any"
SHORTEST_BEGINNING, LONGEST_BEGINNING = 3, 6
"""Letters of a word's beginning that are looked up; what stands before a star may be longer."""

NUMBERS: dict[str, Callable[[EnrichedArticle], tuple[int | None, int | None]]] = {
    "killed": lambda event: _toll(event, "killed"),
    "injured": lambda event: _toll(event, "injured"),
    "missing": lambda event: _toll(event, "missing"),
    "articles": lambda event: (event.story.articles, event.story.articles),
    "sources": lambda event: (event.story.sources, event.story.sources),
    "independent_sources": lambda event: (
        event.story.independent_sources,
        event.story.independent_sources,
    ),
    "revision": lambda event: (event.revision, event.revision),
}
"""What can be compared: the least and the most that it may be, None where that is not told."""


def _toll(event: EnrichedArticle, name: str) -> tuple[int | None, int | None]:
    count: Count | None = getattr(event.casualties, name, None)
    if count is None:
        return None, None
    if count.exact is not None:
        return count.exact, count.exact
    return count.min, count.max


class Subject:
    """One article; everything is made when it is first asked for."""

    def __init__(self, event: EnrichedArticle) -> None:
        self.event = event

    @cached_property
    def texts(self) -> dict[str, str]:
        """The match forms of title and text, words parted by single spaces, one before and one after."""
        lang = self.event.lang
        title, text = (
            f" {match(part, lang)} ".replace("\n", " ") for part in (self.event.title, self.event.text)
        )
        # Two spaces between: no phrase runs from the title into the text.
        return {"title": title, "text": text, ANY: f"{title} {text}"}

    @cached_property
    def exact(self) -> dict[str, frozenset[str]]:
        """The words of each field, as written."""
        title, text = (frozenset(self.texts[field].split()) for field in ("title", "text"))
        return {"title": title, "text": text, ANY: title | text}

    @cached_property
    def loose(self) -> dict[str, frozenset[str]]:
        """The words of each field, and what they are without the clitics before them."""
        title, text = (_with_bare(self.exact[field]) for field in ("title", "text"))
        return {"title": title, "text": text, ANY: title | text}

    @cached_property
    def in_order(self) -> dict[str, list[str]]:
        """The same words, sorted."""
        return {field: sorted(words) for field, words in self.loose.items()}

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first three to six letters of every word."""
        lengths = range(SHORTEST_BEGINNING, LONGEST_BEGINNING + 1)
        return frozenset(word[:length] for length in lengths for word in self.loose[ANY])

    @cached_property
    def names(self) -> dict[str, frozenset[str]]:
        """Ids and folded names of what the article was tagged with, by field."""
        event = self.event
        return {
            "place": _names((p.id, p.name, p.name_ar, _surfaces(p)) for p in event.places),
            "organisation": _names((o.id, o.name, o.name_ar, _surfaces(o)) for o in event.organisations),
            "person": _names((p.id, p.name, p.name_ar, _surfaces(p)) for p in event.people),
            "topic": _names((t.id, t.label, t.label_ar, ()) for t in event.topics),
            "source": _names([(event.source_id, event.source_id, event.source_name, ())]),
            "agency": _names([(None, event.agency or "", None, ())]),
            "category": _names((None, name, None, ()) for name in event.categories),
            "author": _names((None, name, None, ()) for name in event.authors),
        }

    @cached_property
    def values(self) -> dict[str, frozenset[str]]:
        """Values out of closed sets, by field."""
        event = self.event
        changes = event.relates_to.changes if event.relates_to else ()
        return {
            "lang": frozenset({event.lang.lower(), event.lang.lower().partition("-")[0]}),
            "relation": frozenset({event.relation}),
            "country": frozenset(p.country.lower() for p in event.places if p.country),
            "changed": frozenset(change.kind for change in changes),
            "story": frozenset({event.story_id}),
            "article": frozenset({event.article_id}),
        }


def _with_bare(words: frozenset[str]) -> frozenset[str]:
    return words.union(*(bare(word) for word in words)) if words else words


def _surfaces(tagged: object) -> tuple[str, ...]:
    return tuple(one.surface for one in tagged.evidence)  # type: ignore[attr-defined]


def _names(rows: Iterable[tuple[str | None, str, str | None, tuple[str, ...]]]) -> frozenset[str]:
    found: set[str] = set()
    for known, name, name_ar, surfaces in rows:
        found.update({known} if known else ())
        for text in {name, name_ar or "", *surfaces}:
            found.update(forms(text[:200]))
    return frozenset(found)
