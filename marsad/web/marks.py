"""Outside text as safe HTML: escaped, freed of controls, evidence highlighted.

Everything that comes from a feed passes `clean`; everything that goes into a page is `Markup`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from events.article import EnrichedArticle, Evidence
from marsad.web.texts import Texts

# Controls and bidi marks could reorder the page around them; titles carry them by accident and on purpose.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LANG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


MAX_LINE = 500
"""Characters of a title, name or address that are shown."""
REWRITTEN = 0.6
"""Below this share of common words a change reads better as the whole before and the whole after."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a field to highlight; `kind` is one of our own words, `label` says why."""

    start: int
    end: int
    kind: str
    label: str


def clean(text: str | None) -> str:
    """Give `text` without controls; line feeds and tabs stay."""
    return _CONTROLS.sub("", text or "")


def isolated(text: str | None, lang: str = "", direction: str = "auto") -> Markup:
    """Give `text` as a run of its own that cannot disturb the order of its surroundings."""
    return Markup("<bdi{}>{}</bdi>").format(attributes(lang, direction), one_line(text))


def one_line(text: str | None) -> str:
    """Give `text` cleaned, and no longer than any honest title, name or address is."""
    shown = clean(text)
    return shown if len(shown) <= MAX_LINE else shown[:MAX_LINE] + "…"


def attributes(lang: str, direction: str) -> Markup:
    """Give `lang` and `dir` attributes; a language tag that is none is left out."""
    stated = Markup(' lang="{}"').format(lang) if _LANG.fullmatch(lang) else Markup("")
    return stated + Markup(' dir="{}"').format(direction if direction in ("rtl", "ltr") else "auto")


def own(words: Texts) -> Markup:
    """Give the attributes of a line that is ours, inside an article in another language."""
    return attributes(words.lang, words["dir"])


def moment(instant: str) -> Markup:
    """Give a time that is right as it stands (UTC) and that the script turns into local time."""
    shown = clean(f"{instant[:10]} {instant[11:16]} UTC")
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(instant, shown)


def link(url: str | None, inner: Markup) -> Markup:
    """Give a link to a web page, or `inner` alone where `url` is not http(s)."""
    if not url or not is_web(url):
        return inner
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(clean(url), inner)


def is_web(url: str) -> bool:
    """Say whether `url` is an http(s) address with a host."""
    try:
        parts = urlsplit(clean(url))
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def highlighted(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> Markup:
    """Give `text[start:end]` with its spans marked; of overlapping ones the longer wins."""
    stop = len(text) if end is None else end
    pieces: list[str] = []
    here = start
    for span in _apart(spans, start, stop):
        pieces.append(escape(clean(text[here : span.start])))
        pieces.append(
            Markup('<mark class="{}" title="{}">{}</mark>').format(
                span.kind, clean(span.label), clean(text[span.start : span.end])
            )
        )
        here = span.end
    pieces.append(escape(clean(text[here:stop])))
    return Markup("").join(pieces)


def _apart(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    inside = [span for span in spans if start <= span.start < span.end <= end]
    chosen: list[Span] = []
    for span in sorted(inside, key=lambda one: (one.start - one.end, one.start)):
        if all(span.end <= other.start or other.end <= span.start for other in chosen):
            chosen.append(span)
    return sorted(chosen, key=lambda one: one.start)


def difference(before: str, after: str) -> Iterable[tuple[str, str, str]]:
    """Give what two texts share and where they differ, word by word: (same, taken out, put in)."""
    old, new = clean(before).split(), clean(after).split()
    words = SequenceMatcher(None, old, new, autojunk=False)
    if words.ratio() < REWRITTEN:
        yield "", " ".join(old), " ".join(new)
        return
    for kind, start, end, first, last in words.get_opcodes():
        gone, come = " ".join(old[start:end]), " ".join(new[first:last])
        yield (gone, "", "") if kind == "equal" else ("", gone, come)


def spans(event: EnrichedArticle, field: str) -> list[Span]:
    """Give what the tags of `event` rest on in `field`; a span that does not fit the field is left out."""
    text = event.title if field == "title" else event.text
    found = [
        Span(evidence.start, evidence.end, kind, label)
        for kind, label, evidence in _evidence(event)
        if evidence.field == field and text[evidence.start : evidence.end] == evidence.surface
    ]
    return [span for span in found if span.start < span.end]


def _evidence(event: EnrichedArticle) -> Iterable[tuple[str, str, Evidence]]:
    tolls = (event.casualties, *event.casualties_other)
    groups = (
        *(("toll", "", toll.evidence) for toll in tolls if toll),
        *(("place", place.name, place.evidence) for place in event.places),
        *(("organisation", one.name, one.evidence) for one in event.organisations),
        *(("person", one.name, one.evidence) for one in event.people),
        *(("topic", topic.label, topic.evidence) for topic in event.topics),
    )
    return ((kind, label or kind, evidence) for kind, label, all_of_it in groups for evidence in all_of_it)
