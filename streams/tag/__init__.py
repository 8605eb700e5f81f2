"""Tags: DedupedArticle -> EnrichedArticle. Places, people, organisations, topics and tolls, each with its evidence.

Pure: the tables are read once from the package; the same article gives the same bytes. `event_id` is a digest of
all the rest, so one id means one sequence of bytes.
"""

from functools import cache

import msgspec

from events.article import DedupedArticle, EnrichedArticle
from events.identity import digest
from events.wire import encode
from streams.tag import names, places, tollwords, topics
from streams.tag.casualties import casualties
from streams.tag.lexicon import NAME_KINDS, Hit, Lexicon, leftmost_longest
from streams.tag.passage import Passage, passages
from streams.tag.tables import data_digest
from streams.text.fold import FOLD_VERSION

CODE_VERSION = "1"
"""Raised when rules change that no table holds."""

RULES_VERSION = f"{CODE_VERSION}.{FOLD_VERSION}-{data_digest()}"
"""Version of rules and tables together: changes with every entry."""


@cache
def lexicon() -> Lexicon:
    """Give the automaton over all tables, built on first use."""
    return Lexicon([*places.entries(), *places.sport_entries(), *names.entries(), *topics.entries(), *tollwords.entries()])


def tag(article: DedupedArticle) -> EnrichedArticle:
    """Give the public event of an article: the same value, enriched."""
    read = passages(article, lexicon())
    found, mentions = _sort_names(article, read)
    toll, other_tolls = casualties(read, article.published_at)
    enriched = EnrichedArticle(
        **{name: getattr(article, name) for name in DedupedArticle.__struct_fields__},
        event_id="",
        topics=topics.topics(read),
        places=places.places(article, mentions),
        organisations=names.listing([one for one in found if one.key.startswith("organisation")], {}),
        people=names.listing([one for one in found if one.key.startswith("person")], {}),
        casualties=toll,
        casualties_other=other_tolls,
        rules_version=RULES_VERSION,
    )
    return msgspec.structs.replace(enriched, event_id=digest("enriched", encode(enriched).decode()))


def _sort_names(
    article: DedupedArticle, read: tuple[Passage, ...]
) -> tuple[list[names.Spotted], list[places.Mention]]:
    """Part the names of an article into people and organisations, and what may be places."""
    own = names.own_names(article)
    found: list[names.Spotted] = []
    mentions: list[places.Mention] = []
    for passage in read:
        for hit in leftmost_longest(passage.hits, _is_name):
            named = names.spotted(passage, hit, own)
            if named:
                found.append(named)
            elif not any(meaning.kind == "mask" for meaning in hit.meanings):
                meanings = tuple(meaning for meaning in hit.meanings if meaning.kind == "place")
                if meanings:
                    mentions.append(places.Mention(passage, hit, meanings))
    return found, mentions


def _is_name(hit: Hit) -> bool:
    return any(meaning.kind in NAME_KINDS for meaning in hit.meanings)
