"""People and organisations of the tables: curated names with Wikidata ids where we are sure, null elsewhere."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from events.article import DedupedArticle, Evidence, Named
from streams.tag.lexicon import Hit, Meaning
from streams.tag.passage import Passage
from streams.tag.tables import rows
from streams.text.fold import match

_FILES = {"organisation": "organisations.tsv", "person": "people.tsv"}


class Spotted(NamedTuple):
    """A name in the text: match offsets, and who it is (a row of the tables, or a name of its own)."""

    passage: Passage
    start: int
    end: int
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
def known(key: str) -> Known:
    """Give what the tables say of `kind:row`."""
    kind, _, number = key.partition(":")
    row = rows(_FILES[kind])[int(number)]
    return Known(row["id"] or None, row["name"], row["name_ar"] or None, 0.7)


def spotted(passage: Passage, hit: Hit, own: frozenset[str]) -> Spotted | None:
    """Give the listed person or organisation of a hit, but for the article's own source."""
    form = passage.folded.text[hit.start : hit.end]
    for meaning in hit.meanings:
        if meaning.kind not in _FILES or form in own:
            continue
        if "p" in meaning.flags and not _introduced(passage, hit):
            return None
        if (
            form.isascii()
            and passage.evidence(hit.start, hit.end, "").surface[0].islower()
            and " " not in form
        ):
            return None
        row = rows(_FILES[meaning.kind])[meaning.row]
        rule = f"{meaning.kind}s:{row['id'] or row['name']}"
        return Spotted(passage, hit.start, hit.end, f"{meaning.kind}:{meaning.row}", rule)
    return None


_INTRODUCERS = frozenset(
    map(match, ["حركة", "وكالة", "قادة", "زعيم", "من", "في", "مع", "إلى", "الرئيس", "قال", "بين"])
)


def _introduced(passage: Passage, hit: Hit) -> bool:
    before = passage.before(hit.start)
    return hit.clitic in ("ل", "ب", "و") or not before or before[0] in _INTRODUCERS


def own_names(article: DedupedArticle) -> frozenset[str]:
    """Give the names by which a source speaks of itself: «عكاظ» in عكاظ is no mention of interest."""
    names = {match(name) for name in (article.source_name, article.source_id) if name}
    for name in tuple(names):
        bare = name.removeprefix("صحيفه ").removeprefix("وكاله ").removeprefix("قناه ")
        names |= {bare, f"صحيفه {bare}", f"وكاله {bare}", f"قناه {bare}", f"جريده {bare}"}
    return frozenset(names)


def listing(mentions: Sequence[Spotted], described: dict[str, Known]) -> tuple[Named, ...]:
    """Give the values of one kind of name, the surest first, each with all its mentions."""
    told: dict[str, list[Spotted]] = {}
    for mention in mentions:
        told.setdefault(mention.key, []).append(mention)
    values = [_named(described.get(key) or known(key), group) for key, group in told.items()]
    return tuple(sorted(values, key=lambda value: -value.score))


def _named(about: Known, mentions: Sequence[Spotted]) -> Named:
    evidence = [_evidence(mention) for mention in mentions]
    title = any(one.field == "title" for one in evidence)
    role = next((mention.role for mention in mentions if mention.role), None)
    score = min(1.0, about.base + 0.12 * title + 0.04 * math.log2(len(mentions)) + 0.05 * bool(role))
    return Named(
        id=about.id, name=about.name, name_ar=about.name_ar, role=role, score=round(score, 3),
        evidence=tuple(evidence),
    )  # fmt: skip


def _evidence(mention: Spotted) -> Evidence:
    return mention.passage.evidence(mention.start, mention.end, mention.rule)
