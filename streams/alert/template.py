"""Annotations: text with `{title}` in it. Names out of a closed set are put in, nothing is ever executed.

    "{killed} قتيل في {place}: {title|بلا عنوان}"      {{ and }} stand for braces

What is put in is cut at 500 characters, the whole at 4,000; control characters become spaces. An article
that lacks the value gives the words after `|`, else nothing.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from events.article import Count, EnrichedArticle, Named, Place, Topic
from streams.alert.faults import TemplateError

MAX_TEMPLATE = 2_000
MAX_VALUE = 500
MAX_RESULT = 4_000

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"\s*([a-z_]+)\s*(?:\|(.*))?", re.DOTALL)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def _count(event: EnrichedArticle, name: str) -> str:
    count: Count | None = getattr(event.casualties, name, None)
    if count is None:
        return ""
    if count.exact is not None:
        return str(count.exact)
    if count.min is not None:
        return f"≥{count.min}"
    return "" if count.max is None else f"≤{count.max}"


def _named(tags: "tuple[Place, ...] | tuple[Named, ...]", lang: str) -> str:
    arabic = lang.partition("-")[0] in ("ar", "fa", "ur", "ckb")
    return ", ".join((tag.name_ar if arabic and tag.name_ar else tag.name) for tag in tags[:5])


def _labels(tags: tuple[Topic, ...], lang: str) -> str:
    return ", ".join(
        (tag.label_ar if lang.startswith("ar") and tag.label_ar else tag.label) for tag in tags[:5]
    )


VALUES: Mapping[str, Callable[[EnrichedArticle], str]] = {
    "title": lambda e: e.title,
    "text": lambda e: e.text,
    "url": lambda e: e.url or "",
    "source": lambda e: e.source_name or e.source_id,
    "source_id": lambda e: e.source_id,
    "agency": lambda e: e.agency or "",
    "lang": lambda e: e.lang,
    "place": lambda e: _named(e.places[:1], e.lang),
    "places": lambda e: _named(e.places, e.lang),
    "country": lambda e: next((p.country for p in e.places if p.country), ""),
    "organisations": lambda e: _named(e.organisations, e.lang),
    "people": lambda e: _named(e.people, e.lang),
    "topics": lambda e: _labels(e.topics, e.lang),
    "killed": lambda e: _count(e, "killed"),
    "injured": lambda e: _count(e, "injured"),
    "missing": lambda e: _count(e, "missing"),
    "articles": lambda e: str(e.story.articles),
    "sources": lambda e: str(e.story.sources),
    "independent_sources": lambda e: str(e.story.independent_sources),
    "relation": lambda e: e.relation,
    "revision": lambda e: str(e.revision),
    "story_id": lambda e: e.story_id,
    "article_id": lambda e: e.article_id,
    "event_id": lambda e: e.event_id,
    "published_at": lambda e: e.published_at,
    "fetched_at": lambda e: e.fetched_at,
}


def check_template(template: str) -> None:
    """Raise `TemplateError` where the template is no good."""
    if len(template) > MAX_TEMPLATE:
        raise TemplateError(f"longer than {MAX_TEMPLATE} characters", MAX_TEMPLATE)
    for part in _PART.finditer(template):
        if part[0] in ("{{", "}}"):
            continue
        if part[1] is None:
            raise TemplateError(f"a single {part[0]!r}; write {part[0] * 2} for a brace", part.start())
        name = _NAME.fullmatch(part[1])
        if name is None or name[1] not in VALUES:
            raise TemplateError(_unknown(part[1]), part.start())


def _unknown(name: str) -> str:
    near = get_close_matches(name.strip(), VALUES, 1)
    hint = f"did you mean {{{near[0]}}}?" if near else "one of " + ", ".join(VALUES)
    return f"no value {name[:40]!r}; {hint}"


def render(template: str, event: EnrichedArticle) -> str:
    """Give the text for one article; only for templates that `check_template` has let pass."""

    def put(part: re.Match[str]) -> str:
        if part[1] is None:
            return part[0][:1]
        name = _NAME.fullmatch(part[1])
        if name is None:
            return part[0]
        return _clean(VALUES[name[1]](event)) or name[2] or ""

    return _cut(_PART.sub(put, template), MAX_RESULT)


def _clean(value: str) -> str:
    return _cut(_CONTROL.sub(" ", value), MAX_VALUE)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
