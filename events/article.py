"""The four shapes an article has on its way, each a frozen value.

    RawArticle -normalize-> Article -dedupe-> DedupedArticle -tag-> EnrichedArticle

Offsets are code points of the display form (`title` or `text`), half open, so that
`field[start:end]` is the surface. Times are UTC text with `Z` and milliseconds.
"""

from typing import Literal

import msgspec

SCHEMA_VERSION = 1

Relation = Literal["new", "revision", "copy", "partial"]
Direction = Literal["rtl", "ltr"]
PublishedSource = Literal["feed", "page", "fetched"]
Field = Literal["title", "text"]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all our values: frozen, compared by content, unknown fields ignored."""


class RawArticle(Value, frozen=True, kw_only=True):
    """An item as a connector fetched it. Only `source_id`, `fetched_at` and an identity are required."""

    source_id: str
    fetched_at: str
    source_name: str | None = None
    feed_url: str | None = None
    item_id: str | None = None
    url: str | None = None
    title: str | None = None
    summary_html: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    lang: str | None = None
    authors: tuple[str, ...] | None = ()
    categories: tuple[str, ...] | None = ()
    published_at: str | None = None
    published_raw: str | None = None
    published_source: str | None = None
    """`page` where the connector found `published_at` on the article's page; anything else is the feed."""
    updated_at: str | None = None


class Heading(Value, frozen=True, kw_only=True):
    """A sub-heading: a line of its own in `text`, at these offsets."""

    text: str
    start: int
    end: int


class Item(Value, frozen=True, kw_only=True):
    """One of the items that a round-up strings together, at these offsets of `text`."""

    start: int
    end: int


class Dateline(Value, frozen=True, kw_only=True):
    """What stood before the first sentence, taken out of `text`."""

    raw: str
    place: str | None = None
    agency: str | None = None
    date: str | msgspec.UnsetType = msgspec.UNSET
    """The day it names (`2026-11-21`); absent where it names none."""


RemovedKind = Literal["read_also", "repeated", "share_bar", "dateline", "credit", "self_promo"]


class Removed(Value, frozen=True, kw_only=True):
    """One passage that was cut from the display text, whole."""

    kind: RemovedKind
    text: str


class Quote(Value, frozen=True, kw_only=True):
    """A quotation in `text`, without its marks; `speaker` where the text names one."""

    text: str
    start: int
    end: int
    speaker: str | None = None


class Fingerprint(Value, frozen=True, kw_only=True):
    """What dedupe compares. Signatures of another `version` are never compared.

    `exact` is a digest of the match form of title and text, `body` of the text alone; `sketch` is
    base64 of the MinHash signature (little-endian 32-bit words), empty where the text is too short.
    `figures` are the numbers that the text states, in order of first mention.
    """

    version: str
    exact: str
    body: str
    title: str
    sketch: str
    words: int
    figures: tuple[str, ...] = ()


class ArticleBase(Value, frozen=True, kw_only=True):
    """The fields that every stage after normalize carries on."""

    schema_version: int = SCHEMA_VERSION
    article_id: str
    source_id: str
    source_name: str | None = None
    feed_url: str | None = None
    item_id: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    title: str
    text: str
    headings: tuple[Heading, ...] = ()
    items: tuple[Item, ...] | msgspec.UnsetType = msgspec.UNSET
    """The items of a round-up, in order; absent where the text is one item."""
    dateline: Dateline | None = None
    removed: tuple[Removed, ...] = ()
    lang: str
    dir: Direction
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    agency: str | None = None
    quotes: tuple[Quote, ...] = ()
    published_at: str
    published_source: PublishedSource
    published_raw: str | None = None
    updated_at: str | None = None
    fetched_at: str


class Article(ArticleBase, frozen=True, kw_only=True):
    """A normalized article: clean display text, structure, fingerprints; keyed by dedupe shard."""

    shard: str
    fingerprint: Fingerprint


ChangeKind = Literal["title", "text", "figure", "withdrawn", "typo"]


class Change(Value, frozen=True, kw_only=True):
    """One difference between two revisions, as a reader would tell it."""

    kind: ChangeKind
    before: str
    after: str


class RelatesTo(Value, frozen=True, kw_only=True):
    """The article this one relates to; `similarity` from 0 to 1, `reasons` from a closed set."""

    article_id: str
    revision: int
    similarity: float
    reasons: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class StoryCounts(Value, frozen=True, kw_only=True):
    """The story as of this event."""

    articles: int
    sources: int
    independent_sources: int
    first_seen_at: str


class DedupedBase(ArticleBase, frozen=True, kw_only=True):
    """What dedupe adds: which revision, what it relates to, which story."""

    revision: int
    relation: Relation
    relates_to: RelatesTo | None = None
    story_id: str
    story: StoryCounts
    first_seen_at: str


class DedupedArticle(DedupedBase, frozen=True, kw_only=True):
    """An article that is no repeat, with its relation and story."""


class Evidence(Value, frozen=True, kw_only=True):
    """One mention: `field[start:end] == surface`; `rule` names the entry or rule that gave it."""

    field: Field
    start: int
    end: int
    surface: str
    rule: str


class Topic(Value, frozen=True, kw_only=True):
    """An IPTC Media Topic (`medtop:…`)."""

    id: str
    label: str
    label_ar: str | None
    score: float
    evidence: tuple[Evidence, ...]


class Place(Value, frozen=True, kw_only=True):
    """A place with its GeoNames id (`geonames:…`); degrees WGS 84."""

    id: str
    name: str
    name_ar: str | None
    country: str | None
    lat: float
    lon: float
    score: float
    evidence: tuple[Evidence, ...]


class Named(Value, frozen=True, kw_only=True):
    """A person or an organisation; `id` is a Wikidata QID where known, else null."""

    id: str | None
    name: str
    name_ar: str | None
    role: str | None
    score: float
    evidence: tuple[Evidence, ...]


class Count(Value, frozen=True, kw_only=True):
    """A number of people; `exact` is null where the text only gives bounds."""

    min: int | None = None
    max: int | None = None
    exact: int | None = None


class Casualties(Value, frozen=True, kw_only=True):
    """The toll of the event that the article is about."""

    killed: Count | None = None
    injured: Count | None = None
    missing: Count | None = None
    evidence: tuple[Evidence, ...]


TollRole = Literal["background", "cumulative", "other"]


class OtherToll(Casualties, frozen=True, kw_only=True):
    """A further toll in the text, and what it counts."""

    role: TollRole


class Urgency(Value, frozen=True, kw_only=True):
    """That the source marks an article as urgent: عاجل, BREAKING; `flash` is the higher of the two."""

    level: Literal["flash", "urgent"]
    evidence: tuple[Evidence, ...]


class EnrichedArticle(DedupedBase, frozen=True, kw_only=True):
    """The public event. `event_id` is a digest of all the rest: one id, one sequence of bytes."""

    event_id: str
    topics: tuple[Topic, ...]
    places: tuple[Place, ...]
    organisations: tuple[Named, ...]
    people: tuple[Named, ...]
    casualties: Casualties | None
    casualties_other: tuple[OtherToll, ...]
    urgency: Urgency | None = None
    rules_version: str
