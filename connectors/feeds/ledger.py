"""What the feeds topic says: which feeds are subscribed and how. Pure; fed record by record, in order.

Two write to it: people (through `marsad feeds`) their subscriptions, and the connector that polls a feed
its health, with the subscription as it knew it. So a report may come after a change or a removal that its
writer had not yet seen. `subscribed_at` tells: a report with an earlier one brings health and nothing else,
and after a removal nothing at all.
"""

import re
from dataclasses import dataclass
from typing import Literal

import msgspec

from connectors.feeds.source import Refused, Source, web_source
from events.feed import AddedBy, Feed
from events.rejected import Rejected
from events.wire import decode

Change = Literal["added", "changed", "removed", "report", "stale", "nothing"]
"""stale: a report about a feed that was removed before; somebody has to remove it again."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One feed as its reader wants it."""

    feed_id: str
    address: str
    source_id: str
    name: str | None = None
    since: str = ""
    added_by: AddedBy | None = None
    folders: tuple[str, ...] = ()
    full_text: bool = False
    interval: int | None = None

    def source(self) -> Source:
        """Give where to fetch it; raises `Refused` where that is nothing to fetch."""
        found = web_source(self.address)
        return Source(found.shown, found.address, None, self.source_id, self.name)

    def feed(self, **health: object) -> Feed:
        """Give its record on the topic, with what is known of its health."""
        known: dict[str, object] = {"status": "new"} | health
        return Feed(
            feed_id=self.feed_id,
            feed_url=self.address,
            source_id=self.source_id,
            source_name=self.name,
            subscribed_at=self.since or None,
            added_by=self.added_by,
            folders=self.folders,
            full_text=self.full_text,
            interval_seconds=self.interval,
            **known,  # type: ignore[arg-type]
        )


def subscription_of(feed: Feed) -> Subscription:
    """Give what a record says of the subscription."""
    return Subscription(
        feed_id=feed.feed_id,
        address=feed.feed_url,
        source_id=feed.source_id,
        name=feed.source_name,
        since=feed.subscribed_at or "",
        added_by=feed.added_by,
        folders=feed.folders,
        full_text=feed.full_text,
        interval=feed.interval_seconds,
    )


@dataclass(frozen=True, slots=True)
class _Removed:
    since: str


class Ledger:
    """All subscriptions, by feed id."""

    def __init__(self) -> None:
        self._entries: dict[str, Subscription | _Removed] = {}

    def apply(self, key: bytes | None, value: bytes | None) -> tuple[Change, str, Feed | None]:
        """Take one record; give what it changed, the feed's id, and its value.

        Raises `Refused` with the reason in words for a record that is none of ours.
        """
        feed_id = _id(key)
        before = self._entries.get(feed_id)
        if not value:
            if before is None or isinstance(before, _Removed):
                self._entries.setdefault(feed_id, _Removed(""))
                return "nothing", feed_id, None
            self._entries[feed_id] = _Removed(before.since)
            return "removed", feed_id, None
        feed = _feed(value, feed_id)
        return self._told(before, subscription_of(feed)), feed_id, feed

    def _told(self, before: "Subscription | _Removed | None", now: Subscription) -> Change:
        if isinstance(before, _Removed) and before.since and now.since <= before.since:
            return "stale"
        if isinstance(before, Subscription) and now.since < before.since:
            return "report"
        self._entries[now.feed_id] = now
        if not isinstance(before, Subscription):
            return "added"
        return "report" if now.since == before.since else "changed"

    def get(self, feed_id: str) -> Subscription | None:
        """Give a feed's subscription, None where it has none."""
        found = self._entries.get(feed_id)
        return found if isinstance(found, Subscription) else None

    def was_removed(self, feed_id: str) -> bool:
        """Tell whether the feed was subscribed once and is no more."""
        return isinstance(self._entries.get(feed_id), _Removed)

    def since(self, feed_id: str) -> str:
        """Give the time of the last subscription, "" where there was none."""
        found = self._entries.get(feed_id)
        return found.since if found else ""

    def all(self) -> list[Subscription]:
        """Give all subscriptions, in the order in which they came."""
        return [one for one in self._entries.values() if isinstance(one, Subscription)]


def _id(key: bytes | None) -> str:
    text = (key or b"").decode("utf-8", "replace")
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,100}", text):
        raise Refused("a record whose key is no feed id")
    return text


def _feed(value: bytes, feed_id: str) -> Feed:
    try:
        feed = decode(value, Feed)
    except Rejected as rejected:
        raise Refused(f"a record that is no feed: {rejected}") from rejected
    if feed.feed_id != feed_id:
        raise Refused("a record whose key is not its feed_id")
    return feed
