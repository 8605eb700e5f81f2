"""Stories: articles about one event, across outlets and days."""

from typing import Literal

from events.article import SCHEMA_VERSION, Value

StoryStatus = Literal["open", "merged"]


class Story(Value, frozen=True, kw_only=True):
    """The latest state of a story, key `story_id` on the compacted topic.

    A story that turns out to be another one's ends as `merged`, naming the one it became part of in
    `merged_into`; nothing is added to it any more. Any other story is over at `ends_at` (event time)
    unless an article joins it before. An article whose page now tells of something else leaves its story and
    founds one with `split_from`; the story that it left is told anew, with one article less.
    """

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
    origins: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    status: StoryStatus = "open"
    merged_into: str | None = None
    ends_at: str | None = None
    split_from: str | None = None
