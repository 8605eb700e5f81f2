"""JSON Schemas (2020-12) of every record, generated from the values themselves.

Schemas are open: a reader must pass over fields, and treat enum values, that it does not know.
They only grow; a breaking change is a new topic. What the types cannot say (that a score lies
between 0 and 1, that a time is RFC 3339) is added here by field name, the same in every record.
"""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from events.alert import Alert, Match, Rule
from events.article import Article, DedupedArticle, EnrichedArticle, RawArticle, Value
from events.deadletter import HandledLetter
from events.feed import Feed, FeedEvent
from events.rejected import Reason
from events.repeat import Repeat
from events.story import Story

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: tuple[type[Value], ...] = (
    RawArticle, Article, DedupedArticle, EnrichedArticle, Story, Repeat, Feed, FeedEvent, HandledLetter,
    Rule, Match, Alert,
)  # fmt: skip
"""Every value that stands on a topic of ours."""

DEAD_LETTER = "DeadLetterHeaders"
TIME: Schema = {"format": "date-time"}
SHARE: Schema = {"minimum": 0, "maximum": 1}
NATURAL: Schema = {"minimum": 0}
FROM_ONE: Schema = {"minimum": 1}

# By field name, wherever it stands; a name means one thing in all records.
LIMITS: Mapping[str, Schema] = {
    "fetched_at": TIME, "published_at": TIME, "updated_at": TIME, "first_seen_at": TIME,
    "last_changed_at": TIME, "occurred_at": TIME, "last_polled_at": TIME, "last_success_at": TIME,
    "last_new_at": TIME, "handled_at": TIME, "ends_at": TIME, "failing_since": TIME, "next_poll_at": TIME,
    "silent_since": TIME, "subscribed_at": TIME, "applied_at": TIME, "deliver_after": TIME,
    "similarity": SHARE, "score": SHARE,
    "start": NATURAL, "end": NATURAL, "words": NATURAL,
    "min": NATURAL, "max": NATURAL, "exact": NATURAL,
    "schema_version": FROM_ONE, "revision": FROM_ONE,
    "page": FROM_ONE, "matches": FROM_ONE, "suppressed": NATURAL, "count": FROM_ONE, "pages": FROM_ONE,
    "offset": NATURAL, "partition": NATURAL, "window_ms": FROM_ONE, "repeat_ms": FROM_ONE, "least": NATURAL,
    "articles": FROM_ONE, "sources": FROM_ONE, "independent_sources": FROM_ONE,
    "lat": {"minimum": -90, "maximum": 90}, "lon": {"minimum": -180, "maximum": 180},
}  # fmt: skip

TEXTS: dict[str, str] = {
    "article_id": "Stable id of the article; the Kafka key of its records.",
    "event_id": "Deterministic: the same input gives the same id, and the same bytes.",
    "revision": "1 for the first text of the article, 2 for the next one.",
    "relation": "new, revision (same article, changed), copy (another article, same text), "
    "partial (contained in a longer composite, or the reverse).",
    "relates_to": "The article this one is a revision, copy or part of.",
    "similarity": "Ranks: more alike is higher.",
    "score": "Ranks: more certain is higher.",
    "RawArticle.title": "As the feed wrote it.",
    "start": "First code point in the field.",
    "end": "One past the last code point in the field.",
    "lang": "BCP 47.",
    "source_id": "Who published it.",
    "feed_url": "The feed it came from, without credentials.",
    "fetched_at": "When a connector fetched it.",
    "published_at": "The instant that the feed states.",
    "published_raw": "The date as the feed wrote it.",
    "published_source": "Where `published_at` comes from.",
    "item_id": "The feed's own id of the item (guid), or a computed one.",
    "canonical_url": "`url` in one form, without trackers.",
    "story_id": "The story that the article belongs to.",
    "independent_sources": "Sources with a text of their own; copies of one agency count once.",
    "origins": "Who speaks in the story, in order: `agency:NAME` as credited, else `source:ID` of the "
    "earliest of near-copies; the first 16.",
    "Story.places": "Places in the titles and datelines, as written; the first 16.",
    "Story.split_from": "The story that this one's first article left: its page told of another event.",
    "Story.status": "`merged`: it turned out to be `merged_into`, and nothing is added to it any more.",
    "ends_at": "Event time after which the story is over unless an article joins it before.",
    "evidence": "Every mention.",
    "casualties": "The toll of the event that the article is about.",
    "casualties_other": "Further tolls in the text.",
    "Feed.source_id": "What its articles carry as `source_id`.",
    "subscribed_at": "When the subscription was made or last changed.",
    "full_text": "Whether the article pages are fetched too.",
    "interval_seconds": "How often its reader wants it polled; null leaves that to its rhythm.",
    "last_new_at": "When a poll last brought something new or changed.",
    "moved_to": "Where permanent redirects lead; polled there once that is proven.",
    "next_poll_at": "When it is polled next; null where it is polled no more.",
    "rules_version": "Version of the tag rules and dictionaries.",
    "removed": "Passages cut from the text, whole.",
    "position": "`TOPIC/PARTITION/OFFSET` of the dead letter.",
    "sent_to": "Where the replayed record stands now.",
    "rule_id": "The alert rule; the first part of an alert's Kafka key.",
    "rule_version": "A digest of what the rule says.",
    "group_key": "Matches of one rule with one group key are one matter: a story, say.",
    "alert_id": "Deterministic: the same id over retries and redeliveries, and the same bytes.",
    "reason": "Why it pages: first, toll_rises, withdrawn, figure, title, text, repeat.",
    "page": "Which page of its group this is.",
    "suppressed": "Matches of the group since its last page that did not page.",
    "occurred_at": "Event time: when the article was fetched, or the thing happened.",
    "deliver_after": "The end of the rule's quiet hours, before which nobody is told.",
    "annotations": "The rule's texts, filled in for this article.",
    "terms": "Words and phrases of the query that the article holds, folded.",
}
DISPLAY: dict[str, str] = {
    "title": "Display form: clean, original spelling kept.",
    "text": "Display form: clean, original spelling kept; paragraphs joined by one line feed.",
}


def names() -> tuple[str, ...]:
    """Give the names that `schema` knows, in the order of the pipeline."""
    return (*(record.__name__ for record in RECORDS), DEAD_LETTER)


def schema(name: str) -> Schema:
    """Give the schema of one record with all that it refers to; raises `KeyError` for another name."""
    parts = components("#/$defs/{name}")
    root = parts[name]
    used = _referred(root, parts)
    document = {"$schema": DIALECT, "$id": f"urn:marsad:schema:{name}:1", **root}
    return document | ({"$defs": {part: parts[part] for part in sorted(used)}} if used else {})


def components(template: str) -> dict[str, Schema]:
    """Give the schema of every value by name; references are written by `template` (`…/{name}`)."""
    _, parts = msgspec.json.schema_components(RECORDS, ref_template=template)
    described = {name: _described(part) for name, part in parts.items()}
    described["RawArticle"] = _input(described["RawArticle"])
    for name in described.keys() - {"RawArticle"}:
        described[name] = _output(described[name])
    return described | {DEAD_LETTER: dead_letter_headers()}


def _described(part: Schema) -> Schema:
    properties = {
        name: _limited(field, LIMITS.get(name, {})) | _text(part, name)
        for name, field in part.get("properties", {}).items()
    }
    return part | {"properties": properties}


def _text(part: Schema, name: str) -> Schema:
    texts = TEXTS | DISPLAY if "canonical_url" in part["properties"] else TEXTS
    text = texts.get(f"{part['title']}.{name}") or texts.get(name)
    return {"description": text} if text else {}


def _limited(field: Schema, limits: Schema) -> Schema:
    """Put limits on the value, not on the null beside it."""
    if "anyOf" not in field:
        return field | limits
    options = [option if option.get("type") == "null" else option | limits for option in field["anyOf"]]
    return field | {"anyOf": options}


def _output(part: Schema) -> Schema:
    """Say what our records promise: every field is there, null or [] where empty.

    Only what msgspec's UNSET leaves out may be absent: neither required nor with a default.
    """
    properties = {name: _without(field, "default") for name, field in part["properties"].items()}
    own = part.get("required", [])
    always = [name for name, field in part["properties"].items() if name in own or "default" in field]
    return part | {"properties": properties, "required": always}


def _input(part: Schema) -> Schema:
    """Say what the gate (`events.wire.raw_article`) asks of a raw article."""
    filled: Schema = {"type": "string", "minLength": 1}
    identity = [{"required": [name], "properties": {name: filled}} for name in ("url", "item_id")]
    properties = part["properties"] | {"source_id": part["properties"]["source_id"] | {"minLength": 1}}
    return part | {"properties": properties, "anyOf": identity}


def dead_letter_headers() -> Schema:
    """Give the schema of a dead letter's headers; its value is the refused record, byte for byte."""
    text: Schema = {"type": "string"}
    number: Schema = {"type": "string", "pattern": "^-?[0-9]+$"}
    ours = {
        "topic": text, "partition": number, "offset": number, "timestamp": number, "stage": text,
        "reason": {"enum": sorted(get_args(Reason))},
        "error_type": text, "error_message": text, "attempts": number, "app_version": text,
    }  # fmt: skip
    connect = (
        "topic", "partition", "offset", "connector.name", "task.id", "stage", "class.name",
        "exception.class.name", "exception.message", "exception.stacktrace",
    )  # fmt: skip
    return {
        "title": DEAD_LETTER,
        "description": "Text headers that a refused record gets beside its own.",
        "type": "object",
        "properties": {f"news_dlt_{name}": field for name, field in ours.items()}
        | {f"__connect.errors.{name}": text for name in connect},
        "required": [f"news_dlt_{name}" for name in ours],
    }


def _without(mapping: Schema, *keys: str) -> Schema:
    return {name: value for name, value in mapping.items() if name not in keys}


def _referred(root: Schema, parts: Mapping[str, Schema]) -> set[str]:
    """Give the names of all parts that `root` refers to, directly or not."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        for name in _references(waiting.pop()) - found:
            found.add(name)
            waiting.append(parts[name])
    return found


def _references(node: object) -> set[str]:
    if isinstance(node, dict):
        here = {node["$ref"].rsplit("/", 1)[1]} if "$ref" in node else set()
        return here.union(*map(_references, node.values()))
    return set().union(*map(_references, node)) if isinstance(node, list) else set()
