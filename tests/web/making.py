"""A plain enriched event, and the types of the fixtures that make others of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp.test_utils import TestClient

from events.alert import Alert, Pair
from events.article import EnrichedArticle, StoryCounts
from events.feed import Feed
from events.story import Story
from events.wire import encode
from marsad.web.alerts import AlertEntry
from marsad.web.board import Entry
from marsad.web.memory import Memory
from marsad.web.sse import Readers

NOW = "2026-11-21T08:00:00.000Z"
Make = Callable[..., EnrichedArticle]
Add = Callable[..., Entry]
Client = TestClient[Any, Any]
Open = Callable[..., Awaitable[Client]]
Told = Readers[Entry]

PLAIN = EnrichedArticle(
    event_id="e0", article_id="a0", revision=1, relation="new", story_id="s0", first_seen_at=NOW,
    story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=NOW),
    source_id="sample-ar", source_name="عين", title="خبر", text="نص الخبر", lang="ar", dir="rtl",
    url="https://sample.example/0", published_at=NOW, published_source="feed", fetched_at=NOW, topics=(),
    places=(), organisations=(), people=(), casualties=None, casualties_other=(), rules_version="1",
)  # fmt: skip

PAGED = Alert(
    alert_id="al0", rule_id="toll", rule_version="1", rule_name="حصيلة", group_key="s0", severity="critical",
    labels=(Pair(name="team", value="iraq"),), annotations=(Pair(name="summary", value="ارتفعت الحصيلة"),),
    occurred_at=NOW, event_id="e0", article_id="a0", revision=1, relation="new", story_id="s0",
    story=PLAIN.story, source_id="sample-ar", source_name="عين", title="خبر", url="https://sample.example/0",
    lang="ar", published_at=NOW, casualties=None, terms=(), reason="first", page=1, matches=1, suppressed=0,
    deliver_after=None,
)  # fmt: skip

FOLLOWED = Feed(
    feed_id="f0", feed_url="https://sample.example/rss.xml", source_id="sample-ar", source_name="عين",
    status="active", subscribed_at=NOW, last_polled_at=NOW, last_success_at=NOW, last_new_at=NOW,
    next_poll_at="2026-11-21T08:10:00.000Z",
)  # fmt: skip


@dataclass(frozen=True)
class FeedRecord:
    """A record of the feeds' topic, as the page reads it."""

    key: bytes
    value: bytes | None
    topic: str = "news.feeds.v1"
    partition: int = 0
    offset: int = 0


def told(memory: Memory, *values: Alert | Feed | Story) -> None:
    """Put records of the topics beside the articles into the page's memory."""
    for value in values:
        if isinstance(value, Alert):
            offset = memory.alerts.position.get(0, -1) + 1
            made = AlertEntry(value, 0, offset, 500)
            if memory.alerts.add(made):
                memory.alert_readers.tell(made)
        elif isinstance(value, Feed):
            memory.feeds.hear(FeedRecord(value.feed_id.encode(), encode(value)))
        else:
            memory.board.lineage.add(value)


def story(story_id: str, **changes: Any) -> Story:
    """A story of one article, but for what is given."""
    plain = Story(
        story_id=story_id, title="قصة", lang="ar", articles=1, sources=1, independent_sources=1,
        first_seen_at=NOW, last_changed_at=NOW, last_article_id="a0",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def connected(**parts: Any) -> Memory:
    """What the page knows once every backlog is read: nothing as yet, or what is given."""
    memory = Memory(**parts)
    memory.board.connected = memory.alerts.connected = memory.feeds.connected = True
    memory.readers.opened.set()
    memory.alert_readers.opened.set()
    return memory
