"""Feeds: what we subscribe to, how it fares, and what happened to it, in words an operator can act on."""

from typing import Literal

from events.article import SCHEMA_VERSION, Value

FeedStatus = Literal["active", "failing", "blocked", "gone"]
"""failing: the last polls brought nothing; blocked: the server refuses us; gone: 410, no longer polled."""

FeedEventKind = Literal["feed.silent", "feed.gap", "feed.moved", "feed.blocked", "feed.recovered"]


class Feed(Value, frozen=True, kw_only=True):
    """The subscription and health of one feed, key `feed_id` on the compacted topic.

    Counts are of the last poll that succeeded; `errors` counts failures in a row.
    """

    schema_version: int = SCHEMA_VERSION
    feed_id: str
    feed_url: str
    source_id: str
    source_name: str | None = None
    status: FeedStatus
    last_polled_at: str
    last_success_at: str | None = None
    last_new_at: str | None = None
    items: int | None = None
    new: int | None = None
    errors: int = 0
    last_error: str | None = None
    failing_since: str | None = None
    next_poll_at: str | None = None
    moved_to: str | None = None


class FeedEvent(Value, frozen=True, kw_only=True):
    """Something that happened to a feed, key `feed_id`; `message` says it in words."""

    schema_version: int = SCHEMA_VERSION
    feed_id: str
    feed_url: str
    source_id: str
    kind: FeedEventKind
    occurred_at: str
    message: str
