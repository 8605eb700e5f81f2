"""The stages of articles as the loop sees them: one record in, the records it causes out.

A step decodes, calls the pure stage and encodes; it never publishes and never acknowledges.
"""

from typing import Protocol

from events import topics
from events.article import Article, DedupedArticle, RawArticle
from events.rejected import Rejected
from events.repeat import Repeat
from events.story import Story
from events.times import parse_instant
from events.wire import (
    MAX_RAW_VALUE,
    ORDER_HEADER,
    ORIGIN_HEADER,
    SUPERSEDED_HEADER,
    Headers,
    cloud_headers,
    decode,
    decode_raw,
    encode_for,
)
from streams.dedupe import Decision, Index
from streams.engine.memory import Memories
from streams.engine.records import Handled, Incoming, Outgoing
from streams.normalize import normalize
from streams.tag import load, tag


class Step(Protocol):
    """What the loop asks of a stage. Raises `Rejected` for a record that will never fit."""

    async def handle(self, incoming: Incoming) -> Handled:
        """Give what `incoming` causes."""


def _output(
    topic: topics.Topic,
    prefix: str,
    key: str,
    value: Article | DedupedArticle | Repeat | Story,
    more: Headers,
) -> Outgoing:
    data = encode_for(topic, value)
    return Outgoing(topics.full_name(topic, prefix), key.encode(), data, cloud_headers(value, data) + more)


class NormalizeStep:
    """raw -> normalized, keyed by dedupe shard."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    async def handle(self, incoming: Incoming) -> Handled:
        """Normalize one raw record."""
        value = incoming.value
        if value is not None and len(value) > MAX_RAW_VALUE:
            raise Rejected("too_large", f"the value has {len(value)} bytes")
        raw: RawArticle = decode_raw(value)
        article = normalize(raw)
        origin = ((ORIGIN_HEADER, incoming.position.encode()),)
        output = _output(topics.NORMALIZED, self._prefix, article.shard, article, origin)
        return Handled((output,), "normalized")


class DedupeStep:
    """normalized -> deduped or repeats, stories, and the changelog of what was decided."""

    def __init__(self, prefix: str, memories: Memories[Index]) -> None:
        self._prefix = prefix
        self._memories = memories

    async def handle(self, incoming: Incoming) -> Handled:
        """Decide one article: write state, then give the outputs (the changelog first)."""
        memory = await self._memories.open(incoming.partition)
        decision = memory.index.decide(decode(incoming.value, Article), incoming.origin)
        order = f"{incoming.position}/{incoming.timestamp_ms}"
        headers = ((ORIGIN_HEADER, incoming.origin.encode()), (ORDER_HEADER, order.encode()))
        outputs = self._outputs(decision, headers)
        memory.index.apply(decision.changes)
        changelog = self._memories.changelog_records(memory, incoming.partition)
        return Handled(changelog + outputs, "redelivered" if decision.redelivered else decision.outcome)

    def _outputs(self, decision: Decision, headers: Headers) -> tuple[Outgoing, ...]:
        outputs: list[Outgoing] = []
        if decision.repeat is not None:
            key = decision.repeat.article_id
            outputs.append(_output(topics.REPEATS, self._prefix, key, decision.repeat, headers))
        if decision.article is not None:
            superseded: Headers = ((SUPERSEDED_HEADER, b"1"),) if decision.superseded else ()
            key = decision.article.article_id
            article = _output(topics.DEDUPED, self._prefix, key, decision.article, headers + superseded)
            outputs.append(article)
        for story in (decision.story, decision.merged, decision.left):
            if story is not None:
                outputs.append(_output(topics.STORIES, self._prefix, story.story_id, story, headers))
        return tuple(outputs)


class TagStep:
    """deduped -> enriched, and current unless a later revision has already been decided."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        load()  # before the group gives us partitions: nobody waits for a worker that reads

    async def handle(self, incoming: Incoming) -> Handled:
        """Tag one article; `current` gets the very bytes of `enriched`."""
        article = decode(incoming.value, DedupedArticle)
        # Here, not at the acknowledgement: a time that is none is the record's fault, no reason to stop.
        fetched = parse_instant(article.fetched_at, "fetched_at").timestamp()
        enriched = tag(article)
        data = encode_for(topics.ENRICHED, enriched)
        headers = (*cloud_headers(enriched, data), (ORIGIN_HEADER, incoming.origin.encode()))
        if order := incoming.header(ORDER_HEADER):
            headers += ((ORDER_HEADER, order.encode()),)
        wanted = [topics.ENRICHED]
        if incoming.header(SUPERSEDED_HEADER) is None:
            wanted.append(topics.CURRENT)
        outputs = tuple(
            Outgoing(topics.full_name(topic, self._prefix), enriched.article_id.encode(), data, headers)
            for topic in wanted
        )
        return Handled(outputs, article.relation, fetched)
