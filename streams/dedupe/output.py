"""From an article and the entry on it to what goes out: an event or the receipt of a repeat."""

from operator import attrgetter

from events.article import Article, ArticleBase, DedupedArticle
from events.repeat import Repeat
from streams.dedupe.entry import Entry

_CARRIED = ArticleBase.__struct_fields__
_carried = attrgetter(*_CARRIED)


def deduped(article: Article, entry: Entry) -> DedupedArticle:
    """Give the event: the article's own fields, with what dedupe found out about it."""
    assert entry.story is not None  # noqa: S101 - every event has a story
    assert entry.outcome != "repeat"  # noqa: S101 - the caller has looked
    carried = dict(zip(_CARRIED, _carried(article), strict=True))
    carried["article_id"] = entry.article_id
    return DedupedArticle(
        **carried,
        revision=entry.revision,
        relation=entry.outcome,
        relates_to=entry.relates_to,
        story_id=entry.story.story_id,
        story=entry.story.counts(),
        first_seen_at=entry.first_seen_at,
    )


def receipt(article: Article, entry: Entry) -> Repeat:
    """Give the receipt of a repeat, under the id of the article it repeats."""
    return Repeat(
        article_id=entry.article_id,
        revision=entry.revision,
        source_id=article.source_id,
        url=article.url,
        fetched_at=article.fetched_at,
        reasons=entry.reasons,
    )
