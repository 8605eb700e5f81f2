"""How a feed fares: the course of its polling after each poll, and what of it is told to the world. Pure."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from connectors.feeds.fetch import FetchFailed
from connectors.feeds.schedule import Hints, Pace, after_failure, after_success
from connectors.feeds.source import Refused, Source, safe
from connectors.feeds.state import Course, Difference
from events.feed import Feed, FeedEvent, FeedEventKind, FeedStatus
from events.identity import digest
from events.times import wire_time

BLOCKED = frozenset({401, 403, 407, 429, 451})
GONE = 410
_GAP = 3
"""A gap is only told of feeds that are at least so long."""
_TELLING = 3
"""From so many failures in a row on, a success is a recovery worth an event."""
_WEEK = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Came:
    """A poll that succeeded: `difference` is None after a 304."""

    difference: Difference | None
    items: int
    hints: Hints
    moved_to: str | None = None


def feed_id(source: Source) -> str:
    """Give the id of a feed: the same on every machine, and nothing of its credentials."""
    return digest("feed", source.shown, size=8)


def succeeded(course: Course, came: Came, now: datetime, pace: Pace, seed: str) -> Course:
    """Give the course after a poll that brought a feed, or word that it has not changed."""
    new = came.difference.new + came.difference.changed if came.difference else 0
    following = after_success(course.interval, came.items, new, pace, seed, came.hints)
    return msgspec.structs.replace(
        course,
        interval=following.interval,
        next_at=now.timestamp() + following.wait,
        errors=0,
        blocked=False,
        gone=False,
        last_success_at=wire_time(now),
        last_new_at=wire_time(now) if new else course.last_new_at,
        last_error=None,
        failing_since=None,
        moved_to=came.moved_to or course.moved_to,
    )


def failed(course: Course, refused: Refused, hints: Hints, now: datetime, pace: Pace, seed: str) -> Course:
    """Give the course after a poll that brought nothing."""
    errors = course.errors + 1
    status = refused.status if isinstance(refused, FetchFailed) else None
    following = after_failure(course.interval, errors, pace, seed, hints)
    wait = _WEEK if status == GONE else following.wait
    return msgspec.structs.replace(
        course,
        interval=following.interval,
        next_at=now.timestamp() + wait,
        errors=errors,
        blocked=status in BLOCKED,
        gone=status == GONE,
        last_error=safe(str(refused)),
        failing_since=course.failing_since or wire_time(now),
    )


def feed_value(source: Source, course: Course, now: datetime, came: Came | None) -> Feed:
    """Give the record of a feed's subscription and health."""
    return Feed(
        feed_id=feed_id(source),
        feed_url=source.shown,
        source_id=source.identity,
        source_name=source.name,
        status=_status(course),
        last_polled_at=wire_time(now),
        last_success_at=course.last_success_at,
        last_new_at=course.last_new_at,
        items=came.items if came else None,
        new=came.difference.new if came and came.difference else None,
        errors=course.errors,
        last_error=course.last_error,
        failing_since=course.failing_since,
        next_poll_at=wire_time(datetime.fromtimestamp(course.next_at, now.tzinfo)),
        moved_to=course.moved_to,
    )


def _status(course: Course) -> FeedStatus:
    if course.gone:
        return "gone"
    if course.blocked:
        return "blocked"
    return "failing" if course.errors else "active"


def happened(
    source: Source, before: Course, after: Course, now: datetime, came: Came | None
) -> list[FeedEvent]:
    """Give what the change from one course to the next is worth telling."""
    told: list[tuple[FeedEventKind, str]] = []
    if after.blocked and not before.blocked:
        told.append(("feed.blocked", after.last_error or "the server refuses us"))
    if came and before.errors >= _TELLING:
        told.append(("feed.recovered", f"answers again after {before.errors} failures"))
    if after.moved_to and after.moved_to != before.moved_to:
        told.append(("feed.moved", f"says that it has moved to {safe(after.moved_to)}"))
    difference = came.difference if came else None
    if came and difference and before.last_success_at and not difference.shared and came.items >= _GAP:
        told.append(("feed.gap", f"none of its {came.items} items was there before: some may be missing"))
    return [
        FeedEvent(
            feed_id=feed_id(source),
            feed_url=source.shown,
            source_id=source.identity,
            kind=kind,
            occurred_at=wire_time(now),
            message=message,
        )
        for kind, message in told
    ]
