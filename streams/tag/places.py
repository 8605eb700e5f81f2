"""Places with GeoNames ids: curated names, the ambiguous ones only in context.

A raw gazetteer is noise (precision 0.17, ARABIC.md 4.2). The table and its flags: streams/tag/gazetteer.py.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from events.article import DedupedArticle, Evidence, Place
from streams.tag.gazetteer import Row, entries, table
from streams.tag.lexicon import Hit, Meaning
from streams.tag.passage import Passage
from streams.tag.tables import settings
from streams.text.fold import match

_SPORTY = 3


def sport_entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of the words that tell sport."""
    for word in settings("cues.toml")["places"]["sport"]:
        yield match(word), Meaning("club", 0)


@dataclass(frozen=True)
class _Cues:
    types: frozenset[str]
    types_after: frozenset[str]
    provinces: frozenset[str]
    locatives: frozenset[str]
    strong: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    titles: frozenset[str]
    not_before: frozenset[str]
    nations: dict[str, str]
    nation_words: frozenset[str]


@cache
def _cues() -> _Cues:
    table = settings("cues.toml")["places"]

    def words(name: str) -> frozenset[str]:
        return frozenset(map(match, table[name]))

    return _Cues(
        types=words("types"),
        types_after=words("types_after"),
        provinces=words("provinces"),
        locatives=words("locatives"),
        strong=words("strong_locatives"),
        heads=words("organisation_heads"),
        tails=words("organisation_tails"),
        titles=words("titles"),
        not_before=words("not_before"),
        nations=_nations(),
        nation_words=frozenset(_nations()),
    )


def _nations() -> dict[str, str]:
    """Give the forms of each nation's adjective: عراقي, العراقية, عراقيين."""
    forms: dict[str, str] = {}
    for country, words in settings("cues.toml")["nations"].items():
        for word in map(match, words):
            for form in (word, word + "ه", word + "ين", word + "ون") if not word.isascii() else (word,):
                forms[form] = forms["ال" + form] = country
    return forms


class _Reading(NamedTuple):
    """The places of a name, and what they ask for: worked out once for each name."""

    meanings: tuple[Meaning, ...]
    flags: str
    """Those of the meaning that asks for least context."""
    free: bool
    capitals: bool
    clubs: bool
    spellings: tuple[frozenset[str], ...]
    countries: tuple[str, ...]


@cache
def _reading(named: tuple[Meaning, ...]) -> _Reading | None:
    """Give the reading of a name as a place; None where no place has that name."""
    meanings = tuple([meaning for meaning in named if meaning.kind == "place"])
    if not meanings:
        return None
    asked = [meaning.flags.strip("toxfu") for meaning in meanings]
    return _Reading(
        meanings,
        flags=min(asked, key=len),
        free="" in asked,
        capitals=any("u" in meaning.flags for meaning in meanings),
        clubs=all("f" in meaning.flags for meaning in meanings),
        spellings=tuple(table()[meaning.row].spellings for meaning in meanings if "x" in meaning.flags),
        countries=tuple(dict.fromkeys(table()[meaning.row].country for meaning in meanings)),
    )


class Mention(NamedTuple):
    """A hit that may be a place, with its possible rows."""

    passage: Passage
    hit: Hit
    reading: _Reading
    before: list[str]
    """Words of the sentence, nearest first."""
    after: str


def mention(passage: Passage, hit: Hit) -> Mention | None:
    """Give a hit as what may be a place; None where no place has that name."""
    reading = _reading(hit.meanings)
    if reading is None:
        return None
    spans = passage.folded
    return Mention(passage, hit, reading, spans.before(hit.start), spans.after(hit.end))


def places(article: DedupedArticle, mentions: Sequence[Mention]) -> tuple[Place, ...]:
    """Give the places of an article, the surest first; `mentions` in reading order."""
    possible = [mention for mention in mentions if _possible(mention)]
    sporty = any(map(_is_club, possible)) and _is_sporty(mentions)
    mentions = [mention for mention in possible if not _is_club(mention)] if sporty else possible
    support = _support(article, [mention for mention in mentions if mention.reading.free])
    found: dict[int, list[tuple[Evidence, float]]] = {}
    accepted_end: tuple[int, int] = (-1, -1)
    for mention in mentions:
        grade = _grade(mention, support, accepted_end)
        if grade is None:
            continue
        accepted_end = id(mention.passage), mention.hit.end
        row = _choose(mention, support)
        rule = table()[row].id.replace("geonames", "places")
        evidence = mention.passage.evidence(mention.hit.start, mention.hit.end, rule)
        found.setdefault(row, []).append((evidence, grade))
    listed = [_place(table()[row], told) for row, told in found.items()]
    return tuple(sorted(listed, key=lambda place: -place.score))


def is_free(mention: Mention) -> bool:
    """Tell whether a mention is a place without any context."""
    return mention.reading.free


def _possible(mention: Mention) -> bool:
    """Tell whether spelling and neighbours allow a place at all."""
    cues, (passage, hit, reading, before, after) = _cues(), mention
    latin = passage.folded.text[hit.start].isascii()
    if latin or reading.capitals or reading.spellings:
        surface = passage.surface(hit.start, hit.end)
        if surface[:1].isascii() and surface[:1].islower():
            return False
        if reading.capitals and not surface.isupper():
            return False
        if reading.spellings and not any(surface in spellings for spellings in reading.spellings):
            return False
    if before and not hit.clitic and _is_headed(before):
        return False
    foreign = after in cues.tails and passage.surface(hit.start, hit.end).isascii()
    return not foreign and after not in cues.not_before


def _is_headed(before: Sequence[str]) -> bool:
    """Tell whether the name is part of another's: جامعة بابل, نهر ديالى, شارع فلسطين."""
    cues = _cues()
    head = before[0] if before[0] in cues.heads else before[0][1:] if before[0][0] in "وبلف" else ""
    return head in cues.heads or " ".join(before[1::-1]) in cues.heads


def _is_sporty(mentions: Sequence[Mention]) -> bool:
    """Tell whether the article speaks of matches and players: three terms of sport or more."""
    read = {id(mention.passage): mention.passage for mention in mentions}.values()
    return sum("club" in hit.kinds for one in read for hit in one.hits) >= _SPORTY


def _is_club(mention: Mention) -> bool:
    return mention.reading.clubs and not _has_type(mention)


def _support(article: DedupedArticle, sure: Sequence[Mention]) -> Counter[str]:
    """Count what speaks for each country: sure places, adjectives of nations, the dateline."""
    support: Counter[str] = Counter()
    for mention in sure:
        countries = mention.reading.countries
        if len(countries) == 1:
            support[countries[0]] += 2
    nations = _cues().nations
    for passage in {id(mention.passage): mention.passage for mention in sure}.values():
        for word in passage.of(_cues().nation_words):
            support[nations[word]] += passage.folded.words.count(word)
    if article.dateline and article.dateline.place:
        support.update(_countries_of(match(article.dateline.place)))
    return support


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for form, meaning in entries():
        index[form] = (*index.get(form, ()), table()[meaning.row].country)
    return index


def _countries_of(name: str) -> tuple[str, ...]:
    countries = _by_name().get(name, ())
    return countries if len(set(countries)) == 1 else ()


def _grade(mention: Mention, support: Counter[str], accepted: tuple[int, int]) -> float | None:
    """Give how sure a mention is (0.4 to 0.8), or None where its flags ask for context that is not there."""
    flags = mention.reading.flags
    if _has_type(mention):
        return 0.8
    if not flags:
        return 0.7
    placed = _is_placed(mention, accepted)
    supported = any(support[country] for country in mention.reading.countries)
    if placed and (flags != "s" or (supported and _is_joined(mention, accepted))):
        return 0.6
    return 0.45 if flags == "c" and supported and not _is_titled(mention) else None


def _has_type(mention: Mention) -> bool:
    cues, before = _cues(), mention.before
    if before and not mention.hit.clitic and _bare(before[0]) in cues.types:
        return True
    return mention.after in cues.types_after


def _bare(word: str) -> str:
    """Peel what a cue may carry: "بمحافظة", "ومدينة"."""
    cues = _cues()
    if word in cues.types or word in cues.locatives or len(word) < 4:
        return word
    return word[1:] if word[0] in "وفبل" else word


def _is_placed(mention: Mention, accepted: tuple[int, int]) -> bool:
    """Tell whether a locative stands before the name, or it is joined to a place just before it."""
    before, hit = mention.before, mention.hit
    if hit.clitic in ("ب", "وب", "فب"):
        return True
    return _is_joined(mention, accepted) or (
        bool(before) and not hit.clitic and _bare(before[0]) in _cues().strong
    )


def _is_joined(mention: Mention, accepted: tuple[int, int]) -> bool:
    """Tell whether "and" joins the name to a place just before it: "في الكوت والصويرة"."""
    near = accepted[0] == id(mention.passage) and 0 < mention.hit.start - accepted[1] <= 3
    return near and mention.hit.clitic == "و"


def _is_titled(mention: Mention) -> bool:
    """Tell whether a person's title or a given name stands right before."""
    before = mention.before
    return bool(before) and not mention.hit.clitic and before[0] in _cues().titles


def _choose(mention: Mention, support: Counter[str]) -> int:
    """Choose among places of one name: the kind that is named, the country spoken of, then size."""
    meanings = mention.reading.meanings
    if len(meanings) == 1:
        return meanings[0].row
    before = mention.before
    typed = _has_type(mention)
    province = bool(before) and _bare(before[0]) in _cues().provinces
    at_start = mention.passage.field == "text" and mention.hit.start == 0

    def weight(meaning: Meaning) -> tuple[bool, int, bool, int]:
        row = table()[meaning.row]
        named = typed and (row.kind == "admin1") == province and row.kind != "country"
        return named, support[row.country], row.kind == "country" and not at_start, row.population

    return max(meanings, key=weight).row


def _place(row: Row, told: Sequence[tuple[Evidence, float]]) -> Place:
    grade = max([grade for _, grade in told])
    title = told[0][0].field == "title"  # in reading order: the headline first
    score = min(1.0, grade + 0.12 * title + 0.04 * math.log2(len(told)))
    return Place(
        id=row.id, name=row.name, name_ar=row.name_ar, country=row.country, lat=row.lat, lon=row.lon,
        score=round(score, 3), evidence=tuple([evidence for evidence, _ in told]),
    )  # fmt: skip
