"""Stories: articles about one event, across outlets and days."""

from events.article import SCHEMA_VERSION, Value


class Story(Value, frozen=True, kw_only=True):
    """The latest state of a story, key `story_id` on the compacted topic."""

    schema_version: int = SCHEMA_VERSION
    story_id: str
    title: str
    lang: str
    articles: int
    sources: int
    independent_sources: int
    first_seen_at: str
    last_changed_at: str
    last_article_id: str
