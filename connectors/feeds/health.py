"""How a feed fares: the course of its polling after each poll, and what of it is told to the world. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from connectors.feeds import moves, rhythm
from connectors.feeds.fetch import FetchFailed
from connectors.feeds.ledger import Subscription
from connectors.feeds.schedule import Hints, Pace, after_failure, after_success, not_skipped, weight
from connectors.feeds.source import Refused, Source, safe
from connectors.feeds.state import Course, Difference
from events.feed import Feed, FeedEvent, FeedEventKind, FeedStatus
from events.identity import digest
from events.times import wire_time

BLOCKED = frozenset({401, 403, 407, 429, 451})
GONE = 410
NEVER = 253_402_000_000.0
"""The year 9999: polled no more."""
_GAP = 3
"""A gap is only told of feeds that are at least so long."""
_TELLING = 3
"""From so many failures in a row on, a success is a recovery worth an event."""
_LEASED = 0.9
"""The share of the cap that is waited between polls while a hub tells of news."""


@dataclass(frozen=True, slots=True)
class Came:
    """A poll that succeeded: `difference` is None where nothing has changed (304, or the same bytes).

    `asked` is where it was polled, `led_to` where permanent redirects led from there.
    """

    difference: Difference | None
    items: int | None
    hints: Hints
    asked: str = ""
    led_to: str | None = None
    first_pauses: rhythm.Pauses = ()


@dataclass(frozen=True, slots=True)
class When:
    """What decides about the next poll besides the feed itself."""

    now: datetime
    pace: Pace
    seed: str
    wanted: int | None = None
    """Seconds between two polls that its reader asks for."""
    silence: float = rhythm.SHORTEST_SILENCE


def feed_id(source: Source) -> str:
    """Give the id of a feed: the same in every spelling of its address, and nothing of its credentials."""
    return digest("feed", source.public_key, size=8)


def succeeded(course: Course, came: Came, when: When) -> Course:
    """Give the course after a poll that brought a feed, or word that it has not changed."""
    new = came.difference.new + came.difference.changed if came.difference else 0
    items = course.items if came.items is None else came.items
    following = after_success(course.interval, items or 0, new, when.pace, when.seed, came.hints)
    now = wire_time(when.now)
    first = course.last_success_at is None
    pauses = course.pauses
    if new:
        pauses = came.first_pauses if first else rhythm.with_pause(pauses, course.last_new_at, when.now)
    last_new = now if new or first else course.last_new_at
    return msgspec.structs.replace(
        course,
        interval=following.interval,
        next_at=_next_at(following.wait, course, came.hints, when),
        errors=0,
        strikes=0.0,
        blocked=False,
        gone=False,
        last_polled_at=now,
        last_success_at=now,
        last_new_at=last_new,
        last_error=None,
        failing_since=None,
        items=items,
        new=new,
        pauses=pauses,
        silent_since=rhythm.silent_since(pauses, last_new, when.now, when.silence),
        move=moves.seen(course.move, came.asked, came.led_to, when.now.timestamp()),
    )


def _next_at(wait: float, course: Course, hints: Hints, when: When) -> float:
    """Give when the feed comes next: its own wait, stretched by its reader, its hub, its days off."""
    if when.wanted:
        wait = max(float(when.wanted), min(wait, hints.retry_after or 0.0))
    elif course.lease_until > when.now.timestamp():
        wait = max(wait, when.pace.cap * _LEASED)
    at = when.now.timestamp() + wait
    return not_skipped(datetime.fromtimestamp(at, UTC), hints).timestamp()


def failed(course: Course, refused: Refused, hints: Hints, when: When) -> Course:
    """Give the course after a poll that brought nothing."""
    errors = course.errors + 1
    status = refused.status if isinstance(refused, FetchFailed) else None
    strikes = course.strikes + weight(status, str(refused))
    following = after_failure(course.interval or when.wanted, strikes, when.pace, when.seed, hints)
    silent = rhythm.silent_since(course.pauses, course.last_new_at, when.now, when.silence)
    return msgspec.structs.replace(
        course,
        interval=course.interval and following.interval,
        next_at=NEVER if status == GONE else when.now.timestamp() + following.wait,
        errors=errors,
        strikes=strikes,
        blocked=status in BLOCKED,
        gone=status == GONE,
        last_polled_at=wire_time(when.now),
        last_error=safe(str(refused)),
        failing_since=course.failing_since or wire_time(when.now),
        silent_since=silent,
        move=moves.failed(course.move, errors),
    )


def feed_value(subscription: Subscription, course: Course) -> Feed:
    """Give the record of a feed's subscription and health."""
    polled_again = course.next_at and course.next_at < NEVER
    return subscription.feed(
        status=_status(course),
        last_polled_at=course.last_polled_at,
        last_success_at=course.last_success_at,
        last_new_at=course.last_new_at,
        items=course.items,
        new=course.new,
        errors=course.errors,
        last_error=course.last_error,
        failing_since=course.failing_since,
        silent_since=course.silent_since,
        next_poll_at=wire_time(datetime.fromtimestamp(course.next_at, UTC)) if polled_again else None,
        moved_to=course.move.address if course.move else None,
    )


def _status(course: Course) -> FeedStatus:
    if course.gone:
        return "gone"
    if course.blocked:
        return "blocked"
    if course.errors:
        return "failing"
    if course.last_polled_at is None:
        return "new"
    return "silent" if course.silent_since else "active"


def happened(
    subscription: Subscription, before: Course, after: Course, now: datetime, came: Came | None
) -> list[FeedEvent]:
    """Give what the change from one course to the next is worth telling."""
    told = [*_refusals(before, after), *_moves(before, after), *_silence(before, after, now)]
    if came and before.errors >= _TELLING:
        told.append(("feed.recovered", f"answers again after {before.errors} failures"))
    elif came and (before.blocked or before.gone):
        told.append(("feed.recovered", "is let through again"))
    difference = came.difference if came else None
    if came and difference and before.last_success_at and not difference.shared and (came.items or 0) >= _GAP:
        told.append(("feed.gap", f"none of its {came.items} items was there before: some may be missing"))
    return [
        FeedEvent(
            feed_id=subscription.feed_id,
            feed_url=subscription.address,
            source_id=subscription.source_id,
            kind=kind,
            occurred_at=wire_time(now),
            message=safe(message),
        )
        for kind, message in told
    ]


Told = tuple[FeedEventKind, str]


def _refusals(before: Course, after: Course) -> list[Told]:
    if after.gone and not before.gone:
        return [("feed.blocked", f"{after.last_error}: polled no more until it is added again")]
    if after.blocked and not before.blocked:
        return [("feed.blocked", after.last_error or "the server refuses us")]
    return []


def _moves(before: Course, after: Course) -> list[Told]:
    move, known = after.move, before.move
    if move is None:
        return [("feed.moved", f"is polled at its old address again: {known.address} fails")] if (
            known and known.proven and after.errors
        ) else []  # fmt: skip
    if known is None or known.address != move.address:
        return [("feed.moved", f"says that it has moved to {move.address}; followed once that is proven")]
    return [("feed.moved", f"is polled at {move.address} from now on")] if (
        move.proven and not known.proven
    ) else []  # fmt: skip


def _silence(before: Course, after: Course, now: datetime) -> list[Told]:
    if after.silent_since and not before.silent_since:
        quiet = rhythm.quiet(after.silent_since, now)
        usual = rhythm.in_words(rhythm.longest(after.pauses)) if after.pauses else "unknown"
        failing = f"; polls fail: {after.last_error}" if after.errors else ""
        words = f"nothing new for {rhythm.in_words(quiet)}; its longest pause so far was {usual}{failing}"
        return [("feed.silent", words)]
    if before.silent_since and not after.silent_since and not after.errors:
        quiet = rhythm.quiet(before.silent_since, now)
        return [("feed.recovered", f"brings news again after {rhythm.in_words(quiet)}")]
    return []
