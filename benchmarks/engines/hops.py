"""The stages as plain functions for engines that are not ours: bytes in, records out.

The same functions and the same records as the workers': streams/engine/steps.py. Dedupe's memory lies in
a dict of the process, and each change is handed to the engine to keep; ours reads its memory from
RocksDB. The empty stages pass every value on as it is, with as many records and one state write an
article: what is left is the engine's own cost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events import topics
from events.article import Article, DedupedArticle
from events.wire import ORIGIN_HEADER, Carried, Headers, cloud_headers, decode, decode_raw, encode_for
from streams.dedupe import Index
from streams.normalize import normalize
from streams.tag import tag

STATE = bytes(400)
"""What an empty dedupe remembers of an article; an entry of the real one is about as long."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record from or for Kafka; `position` is `TOPIC/PARTITION/OFFSET` of one that came."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers
    position: str = ""

    @property
    def origin(self) -> str:
        """The raw record it comes from."""
        return next((value.decode() for name, value in self.headers if name == ORIGIN_HEADER), self.position)


Kept = tuple[tuple[str, bytes | None], ...]
Hop = Callable[[Record], tuple[Sequence[Record], Kept]]
"""Gives the records that one causes, and what to keep of it: keys with values, None deletes."""


def hop(stage: str, prefix: str, empty: bool) -> Hop:
    """Give a stage, with an empty memory."""
    return {
        "normalize": _empty_normalize if empty else _normalize,
        "dedupe": _empty_dedupe if empty else _dedupe,
        "tag": _empty_tag if empty else _tag,
    }[stage](prefix)


def _normalize(prefix: str) -> Hop:
    def run(record: Record) -> tuple[Sequence[Record], Kept]:
        article = normalize(decode_raw(record.value))
        return (_record(topics.NORMALIZED, prefix, article.shard, article, record.position),), ()

    return run


def _dedupe(prefix: str) -> Hop:
    index = Index()

    def run(record: Record) -> tuple[Sequence[Record], Kept]:
        decision = index.decide(decode(record.value, Article), record.origin)
        index.apply(decision.changes)
        made = [
            _record(topic, prefix, value.article_id, value, record.origin)
            for topic, value in ((topics.REPEATS, decision.repeat), (topics.DEDUPED, decision.article))
            if value is not None
        ] + [
            _record(topics.STORIES, prefix, story.story_id, story, record.origin)
            for story in (decision.story, decision.merged, decision.left)
            if story is not None
        ]
        return made, (*decision.changes.put, *((key, None) for key in decision.changes.delete))

    return run


def _tag(prefix: str) -> Hop:
    def run(record: Record) -> tuple[Sequence[Record], Kept]:
        enriched = tag(decode(record.value, DedupedArticle))
        one = _record(topics.ENRICHED, prefix, enriched.article_id, enriched, record.origin)
        return (one, _again(one, topics.CURRENT, prefix)), ()

    return run


def _record(topic: topics.Topic, prefix: str, key: str, value: Carried, origin: str) -> Record:
    data = encode_for(topic, value)
    headers = (*cloud_headers(value, data), (ORIGIN_HEADER, origin.encode()))
    return Record(topics.full_name(topic, prefix), key.encode(), data, headers)


def _again(record: Record, topic: topics.Topic, prefix: str) -> Record:
    return Record(topics.full_name(topic, prefix), record.key, record.value, record.headers)


def _empty_normalize(prefix: str) -> Hop:
    return lambda record: ((_again(record, topics.NORMALIZED, prefix),), ())


def _empty_dedupe(prefix: str) -> Hop:
    return lambda record: ((_again(record, topics.DEDUPED, prefix),), ((record.key.decode(), STATE),))


def _empty_tag(prefix: str) -> Hop:
    return lambda record: (
        tuple(_again(record, one, prefix) for one in (topics.ENRICHED, topics.CURRENT)),
        (),
    )
