"""What is wrong with a feed, since when, and what becomes of it: in words, from its record. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.feeds.rhythm import in_words, quiet
from events.feed import Feed

OVERDUE = 900.0
"""Seconds after its time at which a feed that nobody polled is worth a word."""


Fault = Literal["", "gone", "blocked", "failing", "overdue", "unpolled", "silent", "moved"]
"""What is wrong, for those who have words of their own for it; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`wrong` says in words what `fault` names, empty where all is well; `since` is a time as on the wire."""

    wrong: str
    since: str | None
    next_try: str
    fault: Fault = ""


Found = tuple[Fault, str, str | None]


def diagnose(feed: Feed, now: datetime) -> Diagnosis:
    """Say how a feed fares at `now`."""
    fault, wrong, since = _wrong(feed, now)
    return Diagnosis(wrong, since, _next_try(feed, now), fault)


def _wrong(feed: Feed, now: datetime) -> Found:
    if feed.status == "gone":
        again = "`marsad feeds add` takes it up again"
        return "gone", f"gone for good ({feed.last_error}); polled no more, {again}", feed.failing_since
    if feed.errors:
        blocked = feed.status == "blocked"
        refused = "the server refuses us: " if blocked else ""
        told = f"{refused}{feed.last_error}{_times(feed)}"
        return "blocked" if blocked else "failing", told, feed.failing_since
    return _neglected(feed, now) or _quiet(feed, now)


def _neglected(feed: Feed, now: datetime) -> Found | None:
    if feed.next_poll_at and quiet(feed.next_poll_at, now) > OVERDUE:
        return "overdue", "is due and nobody polls it: does a connector run?", feed.next_poll_at
    return ("unpolled", "not polled yet", feed.subscribed_at) if feed.last_polled_at is None else None


def _quiet(feed: Feed, now: datetime) -> Found:
    if feed.silent_since:
        told = f"nothing new for {in_words(quiet(feed.silent_since, now))}, unlike before"
        return "silent", told, feed.silent_since
    return ("moved", f"says that it has moved to {feed.moved_to}", None) if feed.moved_to else ("", "", None)


def _times(feed: Feed) -> str:
    return f" ({feed.errors} times in a row)" if feed.errors > 1 else ""


def _next_try(feed: Feed, now: datetime) -> str:
    if feed.status == "gone":
        return "never"
    if feed.next_poll_at is None:
        return "as soon as a connector takes it up"
    ahead = _ahead(feed.next_poll_at, now)
    return f"in {in_words(ahead)}" if ahead > 0 else "now"


def _ahead(at: str, now: datetime) -> float:
    return max(0.0, datetime.fromisoformat(at).timestamp() - now.timestamp())
