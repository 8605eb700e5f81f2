"""Tags: DedupedArticle -> EnrichedArticle. Places, people, organisations, topics and tolls, with evidence.

Pure: the tables are read once from the package; the same article gives the same bytes. `event_id` is a digest
of all the rest, so one id means one sequence of bytes.
"""

from functools import cache
from operator import attrgetter

import msgspec

from events.article import DedupedArticle, EnrichedArticle
from events.identity import digest
from streams.tag import cues, gazetteer, leaning, names, places, tollwords, topics
from streams.tag.casualties import casualties
from streams.tag.lexicon import Lexicon
from streams.tag.passage import passages
from streams.tag.sorting import sort_names
from streams.tag.tables import data_digest
from streams.tag.urgency import urgency
from streams.text.fold import FOLD_VERSION

CODE_VERSION = "4"
"""Raised when rules change that no table holds."""

RULES_VERSION = f"{CODE_VERSION}.{FOLD_VERSION}-{data_digest()}"
"""Version of rules and tables together: changes with every entry."""

SOURCES = (
    gazetteer.entries,
    places.sport_entries,
    names.entries,
    cues.entries,
    topics.entries,
    tollwords.entries,
)
"""Where the lexicon's entries come from."""

_FIELDS = DedupedArticle.__struct_fields__
_values = attrgetter(*_FIELDS)


@cache
def lexicon() -> Lexicon:
    """Give the automaton over all tables, built on first use."""
    return Lexicon(entry for source in SOURCES for entry in source())


def load() -> None:
    """Read tables and model now; else the first article waits half a second for them."""
    lexicon()
    leaning.model()


def tag(article: DedupedArticle) -> EnrichedArticle:
    """Give the public event of an article: the same value, enriched."""
    read = passages(article, lexicon())
    found, mentions = sort_names(article, read)
    toll, other_tolls = casualties(read, article.published_at)
    enriched = EnrichedArticle(
        **dict(zip(_FIELDS, _values(article), strict=True)),
        event_id="",
        topics=topics.topics(read, article.lang),
        places=places.places(article, mentions),
        organisations=names.listing(found, "organisation"),
        people=names.listing(found, "person"),
        casualties=toll,
        casualties_other=other_tolls,
        urgency=urgency(article),
        rules_version=RULES_VERSION,
    )
    event_id = digest("enriched", msgspec.json.encode(enriched))
    return msgspec.structs.replace(enriched, event_id=event_id)
