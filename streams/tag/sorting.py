"""Whose name is it: parts the names of an article into people, organisations, and what may be places.

Longest first, so that a place inside an organisation's or a person's name is no place; listed before
unlisted; short forms of a person last, where nothing else stands.
"""

from bisect import bisect_left
from collections.abc import Sequence

from events.article import DedupedArticle
from streams.tag import introduced, names, offices, places, shortforms
from streams.tag.lexicon import NAME_KINDS, leftmost_longest
from streams.tag.names import Spotted
from streams.tag.passage import Passage
from streams.tag.places import Mention, is_free


def sort_names(
    article: DedupedArticle, read: Sequence[Passage]
) -> tuple[tuple[Spotted, ...], tuple[Mention, ...]]:
    """Give people and organisations, and the mentions that may be places; each in reading order."""
    own = names.own_names(article)
    found: list[Spotted] = []
    mentions: list[Mention] = []
    for passage in read:
        listed, possible, masked = _listed(passage, own)
        taken = sorted([*masked, *((one.start, one.end) for one in listed)])
        unlisted = introduced.introduced(passage, taken)
        spans = sorted((one.start, one.end) for one in unlisted)
        found += sorted([*listed, *unlisted], key=lambda one: one.start)
        mentions += _outside(spans, possible)
    short = _short_forms(read, found, mentions)
    for passage in read if short else ():
        spans = sorted((one.start, one.end) for one in short if one.passage is passage)
        mentions = [one for one in mentions if one.passage is not passage or _outside(spans, [one])]
    return (*found, *short), tuple(mentions)


_PLACES_ONLY = frozenset(["place"])


def _listed(
    passage: Passage, own: frozenset[str]
) -> tuple[list[Spotted], list[Mention], list[tuple[int, int]]]:
    """Give listed names with their roles, possible places, and spans that are neither."""
    listed: list[Spotted] = []
    possible: list[Mention] = []
    masked: list[tuple[int, int]] = []
    for hit in leftmost_longest([hit for hit in passage.hits if not hit.kinds.isdisjoint(NAME_KINDS)]):
        named = None if hit.kinds == _PLACES_ONLY else names.spotted(passage, hit, own)
        if named:
            office = offices.role(passage, named.start) if named.kind == "person" else None
            listed.append(named._replace(role=office) if office else named)
        elif "mask" in hit.kinds:
            masked.append((hit.start, hit.end))
        else:
            mention = places.mention(passage, hit)
            possible += [mention] if mention else []
    return listed, possible, masked


def _outside(spans: Sequence[tuple[int, int]], mentions: list[Mention]) -> list[Mention]:
    """Give the mentions that touch none of `spans` (sorted, apart from each other)."""
    if not spans:
        return mentions
    return [one for one in mentions if not _inside(spans, one.hit.start, one.hit.end)]


def _inside(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether a span touches one of `spans` (sorted, apart from each other)."""
    at = bisect_left(spans, (end, 0))
    return at > 0 and spans[at - 1][1] > start


def _short_forms(
    read: Sequence[Passage], found: Sequence[Spotted], mentions: Sequence[Mention]
) -> list[Spotted]:
    """Give the family names that stand alone after the full name, where no other name stands."""
    people = [one for one in found if one.kind == "person"]
    shorts = list(shortforms.short_forms(read, people))
    if not shorts:
        return []
    spans = {passage.field: [] for passage in read}  # type: dict[str, list[tuple[int, int]]]
    first: dict[str, tuple[bool, int]] = {}
    for one in found:
        spans[one.passage.field].append((one.start, one.end))
        first.setdefault(one.key, (one.passage.field != "title", one.start))
    for mention in mentions:
        if is_free(mention):
            spans[mention.passage.field].append((mention.hit.start, mention.hit.end))
    for taken in spans.values():
        taken.sort()
    return [
        short
        for short in shorts
        if (short.passage.field != "title", short.start) > first[short.key]
        and not _inside(spans[short.passage.field], short.start, short.end)
    ]
