"""A plain enriched event, and the types of the fixtures that make others of it."""

from collections.abc import Callable

from events.article import EnrichedArticle, StoryCounts
from marsad.web.board import Entry

NOW = "2026-11-21T08:00:00.000Z"
Make = Callable[..., EnrichedArticle]
Add = Callable[..., Entry]

PLAIN = EnrichedArticle(
    event_id="e0", article_id="a0", revision=1, relation="new", story_id="s0", first_seen_at=NOW,
    story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=NOW),
    source_id="sample-ar", source_name="عين", title="خبر", text="نص الخبر", lang="ar", dir="rtl",
    url="https://sample.example/0", published_at=NOW, published_source="feed", fetched_at=NOW, topics=(),
    places=(), organisations=(), people=(), casualties=None, casualties_other=(), rules_version="1",
)  # fmt: skip
