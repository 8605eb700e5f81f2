"""Articles for the tests of the tag stage, as dedupe hands them over."""

from typing import Any

from events.article import DedupedArticle, StoryCounts

_TIME = "2026-11-20T08:00:00.000Z"


def article(title: str = "", text: str = "", lang: str = "ar", **fields: Any) -> DedupedArticle:
    values: dict[str, Any] = {
        "article_id": "a1",
        "source_id": "example",
        "title": title,
        "text": text,
        "lang": lang,
        "dir": "rtl" if lang in ("ar", "ckb") else "ltr",
        "published_at": _TIME,
        "published_source": "feed",
        "fetched_at": _TIME,
        "revision": 1,
        "relation": "new",
        "story_id": "s1",
        "story": StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=_TIME),
        "first_seen_at": _TIME,
    }
    return DedupedArticle(**(values | fields))
