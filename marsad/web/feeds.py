"""The feeds on the page: every subscription with its health, as `marsad feeds list` tells them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.feeds.diagnosis import Diagnosis, diagnose
from events.feed import Feed
from events.wire import to_dict
from marsad.subscriptions import Book
from marsad.web.log import Position

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed, and in words what is wrong with it."""

    feed: Feed
    said: Diagnosis

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.said.wrong

    def as_dict(self) -> dict[str, Any]:
        """Give the row as `marsad feeds list -o json` does."""
        told = {"wrong": self.said.wrong or None, "since": self.said.since, "next_try": self.said.next_try}
        return to_dict(self.feed) | told


class Feeds:
    """All subscriptions, read from the compacted topic."""

    def __init__(self) -> None:
        self.connected = False
        self.position: Position = {}
        self._book = Book()

    def __len__(self) -> int:
        return len(self._book.feeds)

    def hear(self, record: Any) -> None:
        """Take one record of the topic; what is no feed of ours is passed over."""
        self._book.hear(record)
        del self._book.faults[:-MOST_FAULTS]

    def clear(self) -> None:
        """Forget everything: the log that it came from is another one now."""
        self._book = Book()
        self.position.clear()

    def rows(self, now: datetime) -> list[FeedRow]:
        """Give every feed with its health at `now`: those with a fault first, then by address."""
        told = (FeedRow(feed, diagnose(feed, now)) for feed in self._book.feeds.values())
        return sorted(told, key=lambda row: (row.well, row.feed.feed_url))
