"""Feeds: what we subscribe to, how it fares, and what happened to it, in words an operator can act on."""

from typing import Literal, get_args

from events.article import SCHEMA_VERSION, Value

FeedStatus = Literal["new", "active", "silent", "failing", "blocked", "gone"]
"""new: not yet polled; silent: nothing new for longer than its own rhythm allows; failing: the last polls
brought nothing; blocked: the server refuses us; gone: HTTP 410, no longer polled until it is added again."""

AddedBy = Literal["command", "list"]
"""command: `marsad feeds add` or `import`; list: the OPML file a connector was started with."""

FeedEventKind = Literal["feed.silent", "feed.gap", "feed.moved", "feed.blocked", "feed.recovered"]
KINDS: tuple[FeedEventKind, ...] = get_args(FeedEventKind)


class Feed(Value, frozen=True, kw_only=True):
    """The subscription and health of one feed, key `feed_id` on the compacted topic.

    Counts are of the last poll that succeeded; `errors` counts failures in a row. Of two records of one
    feed the subscription (name, folders, full text, interval) of the later `subscribed_at` holds.
    """

    schema_version: int = SCHEMA_VERSION
    feed_id: str
    feed_url: str
    source_id: str
    source_name: str | None = None
    status: FeedStatus
    subscribed_at: str | None = None
    added_by: AddedBy | None = None
    folders: tuple[str, ...] = ()
    full_text: bool = False
    interval_seconds: int | None = None
    last_polled_at: str | None = None
    last_success_at: str | None = None
    last_new_at: str | None = None
    items: int | None = None
    new: int | None = None
    errors: int = 0
    last_error: str | None = None
    failing_since: str | None = None
    silent_since: str | None = None
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
