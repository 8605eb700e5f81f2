"""Bytes <-> values. A value on the wire is one plain JSON object, UTF-8 unescaped.

The envelope is CloudEvents 1.0 in binary mode (cloudevents/spec, Kafka protocol binding 1.0):
everything about the event stands in text headers, the value is the bare object.
"""

import json
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import orjson

from events.alert import Alert, Match, Rule
from events.article import Article, DedupedBase, RawArticle, Value
from events.deadletter import HandledLetter
from events.feed import Feed, FeedEvent
from events.identity import article_id, digest
from events.rejected import Rejected
from events.repeat import Repeat
from events.story import Story
from events.times import to_wire_time
from events.topics import MAX_RAW_BYTES, Topic

ORIGIN_HEADER = "news_origin"
"""`TOPIC/PARTITION/OFFSET` of the raw record that a record comes from."""

ORDER_HEADER = "news_order"
"""`TOPIC/PARTITION/OFFSET/MILLISECONDS` of the normalized record that was decided: its place in the order
that counts, and its timestamp, by which offsets of a topic that was made anew are told from those before."""

REPLAYS_HEADER = "news_replays"
"""How often this record has been refused and replayed; a dead letter's `news_dlt_attempts` is one more."""

REPLAY_OF_HEADER = "news_replay_of"
"""The dead letter that this record was replayed from: `TOPIC/PARTITION/OFFSET`."""

SUPERSEDED_HEADER = "news_superseded"
"""Set on a redelivered decision whose article has a later revision: not for the current topic."""

SUPERSEDES_HEADER = "news_supersedes"
"""Set on an event that `marsad retag` made: the `event_id` of the one whose place it takes."""

BOM = b"\xef\xbb\xbf"

MAX_SOURCE = 2048
"""Longest `ce_source`; a longer one is told by its digest, so that no name bursts a record's headers."""

Carried = (
    RawArticle
    | Article
    | DedupedBase
    | Story
    | Repeat
    | Feed
    | FeedEvent
    | HandledLetter
    | Rule
    | Match
    | Alert
)
Headers = tuple[tuple[str, bytes], ...]
V = TypeVar("V", bound=Value)


def encode(value: Value) -> bytes:
    """Write `value` as one JSON object; the same value gives the same bytes."""
    # A copy: what orjson gives keeps its whole buffer, 8 kB for half a kB, and much is kept waiting.
    return bytes(memoryview(orjson.dumps(msgspec.to_builtins(value))))


ENVELOPE_BYTES = 64 * 1024
"""What a record's headers and batch fields may take of its topic's largest size."""

MAX_RAW_VALUE = MAX_RAW_BYTES - ENVELOPE_BYTES
"""Largest value of a raw record, for `process`, `push` and the normalize worker alike."""


def encode_for(topic: Topic, value: Value) -> bytes:
    """Write `value` for `topic`; raises `Rejected("too_large")` before a broker would."""
    data = encode(value)
    if len(data) > topic.max_bytes - ENVELOPE_BYTES:
        raise Rejected("too_large", f"{len(data)} bytes for {topic.name}, which takes {topic.max_bytes}")
    return data


def to_dict(value: Value) -> dict[str, Any]:
    """Give `value` as the plain JSON object that it is on the wire."""
    return orjson.loads(encode(value))  # type: ignore[no-any-return]


def decode_object(data: bytes | None) -> dict[str, Any]:
    """Read one JSON object; raises `Rejected` for empty, no JSON, no object."""
    if not data:
        raise Rejected("empty", "the record has no value")
    try:
        # RFC 8259 section 8.1 lets a reader pass over a byte order mark.
        document = orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise Rejected("not_json", str(error)) from error
    if not isinstance(document, dict):
        raise Rejected("not_object", f"the value is a JSON {type(document).__name__}, not an object")
    return document


def decode_raw(data: bytes | None) -> RawArticle:
    """Read the bytes of one raw record; raises `Rejected`.

    NaN and Infinity, which are no JSON but which Python's own writer makes, refuse a record only where a
    field of ours holds them.
    """
    try:
        return raw_article(decode_object(data))
    except Rejected as rejected:
        if rejected.reason != "not_json" or not data or (b"NaN" not in data and b"Infinity" not in data):
            raise
        raw = _raw_with_nan(data)
        if raw is None:
            raise
        return raw


def _raw_with_nan(data: bytes) -> RawArticle | None:
    try:
        document = json.loads(data.removeprefix(BOM))
        json.dumps(document, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        return raw_article(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError, Rejected):
        return None


def convert(document: dict[str, Any], kind: type[V]) -> V:
    """Read a JSON object as a value of `kind`; raises `Rejected("wrong_type")` with the field's path."""
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise Rejected("wrong_type", str(error)) from error


def decode(data: bytes | None, kind: type[V]) -> V:
    """Read the bytes of one record as a value of `kind`; raises `Rejected`."""
    return convert(decode_object(data), kind)


def raw_article(document: dict[str, Any]) -> RawArticle:
    """Read a JSON object as a RawArticle, its times in wire form; raises `Rejected`.

    This is the one gate for `process`, `push` and the normalize worker, so all refuse alike.
    """
    for field in ("source_id", "fetched_at"):
        if document.get(field) in (None, ""):
            raise Rejected(f"missing_{field}", f"{field} is required")  # type: ignore[arg-type]
    if not document.get("url") and not document.get("item_id"):
        raise Rejected("missing_identity", "one of url and item_id is required")
    raw = convert(document, RawArticle)
    return msgspec.structs.replace(raw, fetched_at=to_wire_time(raw.fetched_at, "fetched_at"))


def cloud_headers(value: Carried, data: bytes) -> Headers:
    """Give the CloudEvents headers for one of our values and its bytes; nothing in them is a clock's.

    `ce_id` is the enriched event's and the alert's own id, elsewhere a digest of the bytes.
    """
    kind = type(value).__name__
    fields = {
        "ce_specversion": "1.0",
        "ce_id": _own_id(value) or digest(kind, data),
        "ce_type": f"marsad.{kind}.v1",
        "ce_source": _source(value),
        "ce_time": _time(value),
        "ce_subject": _subject(value),
        "ce_dataschema": f"urn:marsad:schema:{kind}:1",
        "content-type": "application/json",
    }
    return tuple((name, text.encode()) for name, text in fields.items())


def _own_id(value: Carried) -> str | None:
    if isinstance(value, Alert):
        return value.alert_id
    return None if isinstance(value, Match) else getattr(value, "event_id", None)


def _subject(value: Carried) -> str:
    if isinstance(value, Rule | Match | Alert):
        return value.rule_id
    if isinstance(value, Story):
        return value.story_id
    if isinstance(value, HandledLetter):
        return value.position
    if isinstance(value, Feed | FeedEvent):
        return value.feed_id
    return article_id(value) if isinstance(value, RawArticle) else value.article_id


def _source(value: Carried) -> str:
    source = _long_source(value)
    return source if len(source) <= MAX_SOURCE else f"urn:marsad:digest:{digest('ce_source', source)}"


@lru_cache(maxsize=1024)  # all articles of a feed have the same
def _quoted(feed_url: str) -> str:
    return quote(feed_url, safe="/:?#[]@!$&'()*+,;=%~-._")


def _long_source(value: Carried) -> str:
    if isinstance(value, Rule | Match | Alert):
        return f"urn:marsad:rule:{value.rule_id}"
    feed = getattr(value, "feed_url", None)
    if feed:
        return _quoted(feed)
    if isinstance(value, Story):
        return "urn:marsad:stories"
    if isinstance(value, HandledLetter):
        return "urn:marsad:dead-letters"
    return f"urn:marsad:source:{quote(value.source_id, safe='')}"


def _time(value: Carried) -> str:
    if isinstance(value, Story):
        return value.last_changed_at
    if isinstance(value, FeedEvent | Match | Alert):
        return value.occurred_at
    if isinstance(value, Rule):
        return value.applied_at
    if isinstance(value, HandledLetter):
        return value.handled_at
    if isinstance(value, Feed):
        return value.last_polled_at or value.subscribed_at or "1970-01-01T00:00:00.000Z"
    return value.fetched_at
