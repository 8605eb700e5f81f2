"""One event tagged again: what it supersedes, whether it differs, and what a person is told of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from events import topics
from events.article import DedupedArticle
from events.rejected import Rejected
from events.wire import (
    ORDER_HEADER,
    ORIGIN_HEADER,
    SUPERSEDES_HEADER,
    Headers,
    cloud_headers,
    decode,
    decode_object,
    encode_for,
)
from marsad.accounting import origin_of
from streams.tag import RULES_VERSION, tag

SAMPLES = 5
TAGS = ("topics", "places", "organisations", "people", "casualties", "casualties_other")


@dataclass(slots=True)
class Change:
    """An event as it stands in the log and as today's rules make it; `data` are the new bytes."""

    article_id: str
    revision: int
    fetched_at: str
    before: dict[str, Any]
    differs: bool
    data: bytes
    headers: Headers
    to_current: bool = False

    @property
    def fields(self) -> list[str]:
        """Name the kinds of tags that differ; none where it is the version alone."""
        after = orjson.loads(self.data)
        return [name for name in TAGS if self.before.get(name) != after[name]]


def read_again(record: Any) -> Change:
    """Tag the article of an enriched record again. Raises `Rejected` for what is no article of ours."""
    article = decode(record.value, DedupedArticle)
    enriched = tag(article)
    data = encode_for(topics.ENRICHED, enriched)
    before = orjson.loads(record.value)
    headers: Headers = cloud_headers(enriched, data)
    if origin := origin_of(record):
        headers += ((ORIGIN_HEADER, origin.encode()),)
    headers += tuple((name, value) for name, value in record.headers if name == ORDER_HEADER)
    if data != record.value:
        headers += ((SUPERSEDES_HEADER, str(before.get("event_id")).encode()),)
    return Change(
        article.article_id, article.revision, article.fetched_at, before, data != record.value, data, headers
    )


class Survey:
    """Which records of a partition of `enriched` count: each decision's last, each article's highest.

    A decision is an article's revision from one raw record; a redelivery or an earlier run wrote it again.
    """

    def __init__(self) -> None:
        self._last: dict[tuple[str, int, str], int] = {}
        self._top: dict[str, tuple[int, int]] = {}
        self._unread: set[int] = set()

    def note_enriched(self, record: Any) -> None:
        """Remember a record; what cannot be read counts by itself, so that it is named."""
        try:
            article_id, revision = identity(record)
        except Rejected:
            self._unread.add(record.offset)
            return
        self._last[article_id, revision, origin_of(record)] = record.offset
        self._top[article_id] = max(self._top.get(article_id, (0, 0)), (revision, record.offset))

    def wanted(self, record: Any) -> bool:
        """Tell whether a record is the last of its decision."""
        if record.offset in self._unread:
            return True
        article_id, revision = identity(record)
        return self._last.get((article_id, revision, origin_of(record))) == int(record.offset)

    def is_top(self, record: Any) -> bool:
        """Tell whether a record is its article's highest revision, and the last of that."""
        if record.offset in self._unread:
            return False
        article_id, _ = identity(record)
        return self._top[article_id][1] == int(record.offset)

    def below(self, record: Any) -> bool:
        """Tell whether `enriched` holds nothing as high as this record of `current`."""
        try:
            article_id, revision = identity(record)
        except Rejected:
            return True
        return self._top.get(article_id, (0, 0))[0] < revision


def identity(record: Any) -> tuple[str, int]:
    """Give a record's article and revision; raises `Rejected`."""
    event = decode_object(record.value)
    article_id, revision = event.get("article_id"), event.get("revision")
    if not isinstance(article_id, str) or not isinstance(revision, int):
        raise Rejected("wrong_type", "article_id and revision are needed")
    return article_id, revision


@dataclass(slots=True)
class Report:
    """What a run found, and wrote where it was no dry run."""

    events: int = 0
    up_to_date: int = 0
    superseded: int = 0
    version_only: int = 0
    current: int = 0
    unreadable: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    samples: list[dict[str, Any]] = field(default_factory=list)

    def count(self, change: Change) -> None:
        """Count one event; the first few that differ in a tag are samples."""
        self.events += 1
        self.current += change.to_current
        if not change.differs:
            self.up_to_date += 1
            return
        self.superseded += 1
        self.versions[str(change.before.get("rules_version"))] += 1
        fields = change.fields
        self.version_only += not fields
        self.fields.update(fields)
        if fields and len(self.samples) < SAMPLES:
            self.samples.append(_sample(change, fields))

    def as_dict(self, *, dry_run: bool) -> dict[str, Any]:
        """Give the account as one object."""
        return {
            "dry_run": dry_run,
            "rules_version": RULES_VERSION,
            "events": self.events,
            "up_to_date": self.up_to_date,
            "superseded": self.superseded,
            "version_only": self.version_only,
            "current": self.current,
            "unreadable": self.unreadable,
            "fields": dict(self.fields),
            "from_versions": dict(self.versions),
            "samples": self.samples,
        }


def _sample(change: Change, fields: Sequence[str]) -> dict[str, Any]:
    after = orjson.loads(change.data)
    return {
        "article_id": change.article_id,
        "revision": change.revision,
        "title": change.before.get("title"),
        "changes": {
            name: {"before": _told(change.before.get(name)), "after": _told(after[name])} for name in fields
        },
    }


def _told(tags: Any) -> Any:
    """Give tags as a person reads them: without evidence, places and topics by name."""
    if isinstance(tags, list):
        return [_told(one) for one in tags]
    if not isinstance(tags, dict):
        return tags
    name = tags.get("label") or tags.get("name")
    if name is None:
        return {key: value for key, value in tags.items() if key != "evidence" and value is not None}
    return f"{name} ({tags.get('id') or 'no id'}, {tags.get('score')})"
