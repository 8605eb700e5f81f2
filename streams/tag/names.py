"""People and organisations: those of the tables, and those that a title, a rank or a head word introduces.

Listed names carry a Wikidata id where we are sure of it, null elsewhere: a wrong id is worse than none.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from events.article import DedupedArticle, Evidence, Named
from streams.tag.cues import LINKS, introducers
from streams.tag.lexicon import Hit, Meaning
from streams.tag.passage import Passage
from streams.tag.tables import rows
from streams.text.fold import match

_FILES = {"organisation": "organisations.tsv", "person": "people.tsv"}
_RULES = {"organisation": "organisations", "person": "people"}
LISTED, INTRODUCED = 0.7, 0.45
_SOURCES = 4_096
"""How many sources' own names are remembered."""


class Spotted(NamedTuple):
    """A name in the text: offsets of the match form, and who it is (`key` is one for all forms of a name)."""

    passage: Passage
    start: int
    end: int
    kind: str
    key: str
    rule: str
    role: str | None = None


class Known(NamedTuple):
    """What is known of somebody; `base` is how sure one mention is."""

    id: str | None
    name: str
    name_ar: str | None
    base: float


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of all people, organisations and masks."""
    for kind, file in _FILES.items():
        for number, row in enumerate(rows(file)):
            for name in (*row["names_ar"].split("|"), *row["names_en"].split("|")):
                written, _, flags = name.partition("~")
                if written:
                    yield match(written), Meaning(kind, number, flags)
    for number, row in enumerate(rows("masks.tsv")):
        yield match(row["phrase"]), Meaning("mask", number)


@cache
def _listed(key: str) -> Known | None:
    kind, colon, number = key.partition(":")
    if not colon:
        return None
    row = rows(_FILES[kind])[int(number)]
    return Known(row["id"] or None, row["name"], row["name_ar"] or None, LISTED)


def spotted(passage: Passage, hit: Hit, own: frozenset[str]) -> Spotted | None:
    """Give the listed person or organisation of a hit, but for the article's own source."""
    form = passage.folded.text[hit.start : hit.end]
    for meaning in hit.meanings:
        if meaning.kind not in _FILES or form in own:
            continue
        if "p" in meaning.flags and not _introduced(passage, hit):
            return None
        if form.isascii() and not passage.surface(hit.start, hit.end)[0].isupper():
            return None
        if meaning.kind == "person" and _is_anothers(passage, hit, form):
            return None
        if "u" in meaning.flags and not passage.surface(hit.start, hit.end).isupper():
            return None
        row = rows(_FILES[meaning.kind])[meaning.row]
        rule = f"{_RULES[meaning.kind]}:{row['id'] or row['name']}"
        return Spotted(passage, hit.start, hit.end, meaning.kind, f"{meaning.kind}:{meaning.row}", rule)
    return None


def _is_anothers(passage: Passage, hit: Hit, form: str) -> bool:
    """Tell a family name alone that is another's or a thing's: "Bassel al-Assad", "Assad University"."""
    if not form.isascii() or " " in form:
        return False
    if passage.after(hit.end) in introducers().named_after:
        return True
    spans = passage.folded
    number = spans.number(hit.start) - 2
    if number < 0 or spans.words[number + 1] not in LINKS or spans.gap(number + 1) != " ":
        return False
    first = spans.words[number]
    titled = first in introducers().ranks or first in introducers().plain
    return not titled and passage.surface(spans.start(number), spans.start(number) + 1).isupper()


_INTRODUCERS = frozenset(
    map(match, ["حركة", "وكالة", "قادة", "زعيم", "من", "في", "مع", "إلى", "الرئيس", "قال", "بين", "ضد"])
)


def _introduced(passage: Passage, hit: Hit) -> bool:
    before = passage.before(hit.start)
    return hit.clitic in ("ل", "ب", "و") or not before or before[0] in _INTRODUCERS


def own_names(article: DedupedArticle) -> frozenset[str]:
    """Give the names by which a source speaks of itself: «عكاظ» in عكاظ is no mention of interest."""
    return _forms_of(article.source_name, article.source_id)


@lru_cache(maxsize=_SOURCES)
def _forms_of(*known: str | None) -> frozenset[str]:
    names = {match(name) for name in known if name}
    kinds = ("صحيفه", "وكاله", "قناه", "جريده")
    for name in tuple(names):
        bare = name.split(" ", 1)[1] if name.split(" ", 1)[0] in kinds and " " in name else name
        names |= {bare, *(f"{kind} {bare}" for kind in kinds)}
    return frozenset(names)


def listing(mentions: Sequence[Spotted], kind: str) -> tuple[Named, ...]:
    """Give the values of one kind of name, the surest first, each with all its mentions."""
    told: dict[str, list[Spotted]] = {}
    for mention in mentions:
        if mention.kind == kind:
            told.setdefault(mention.key, []).append(mention)
    values = [_named(group) for group in told.values()]
    return tuple(sorted(values, key=lambda value: -value.score))


def _named(mentions: Sequence[Spotted]) -> Named:
    evidence = [one.passage.evidence(one.start, one.end, one.rule) for one in mentions]
    about = _listed(mentions[0].key) or _unlisted(evidence[0])
    title = evidence[0].field == "title"  # in reading order: the headline first
    role = next((mention.role for mention in mentions if mention.role), None)
    score = min(1.0, about.base + 0.12 * title + 0.04 * math.log2(len(mentions)) + 0.05 * bool(role))
    return Named(
        id=about.id,
        name=about.name,
        name_ar=about.name_ar,
        role=role,
        score=round(score, 3),
        evidence=tuple(evidence),
    )


def _unlisted(evidence: Evidence) -> Known:
    """Name somebody by the form of the first mention."""
    surface = " ".join(evidence.surface.split())
    return Known(None, surface, None if surface.isascii() else surface, INTRODUCED)
