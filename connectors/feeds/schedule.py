"""When to poll a feed next. Pure: rhythm so far, what the poll brought, what the server asks -> seconds.

The interval follows the share of new items (Media Cloud rss-fetcher, `fetcher/tasks.py`): many new ones
and it shrinks, none and it grows. What the feed and the server ask for lengthens it, up to a cap; errors
lengthen it linearly. Jitter comes from a seed, so that feeds of one host do not stay in step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.feeds.document import NO_ASKS, Asks
from events.identity import digest

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds in seconds: never sooner than `floor`, never later than `cap`; a new feed begins at `first`."""

    floor: float = 120.0
    cap: float = 21_600.0
    first: float = 900.0
    jitter: float = 0.1
    """Largest part by which a wait is lengthened."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What feed and server ask for, in seconds; None where they ask for nothing (sane)."""

    ttl: float | None = None
    max_age: float | None = None
    expires: float | None = None
    retry_after: float | None = None
    period: float | None = None
    """How often the feed says that it changes (sy:updatePeriod): where a new feed begins, nothing else."""
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    """Hours of the day (0 to 23, UTC) and days of the week (Monday is 0) at which nobody is to come."""

    @classmethod
    def of(cls, headers: Mapping[str, str], now: datetime, asks: Asks = NO_ASKS) -> "Hints":
        """Read what headers and feed ask; a date counts from the server's own Date where it gives one."""
        then = _date(headers.get("Date")) or now
        found = re.search(r"max-age\s*=\s*\"?(\d{1,12})", headers.get("Cache-Control", ""), re.IGNORECASE)
        return cls(
            ttl=asks.ttl * 60.0 if asks.ttl else None,
            max_age=float(found[1]) if found else None,
            expires=_until(headers.get("Expires"), then),
            retry_after=_seconds(headers.get("Retry-After")) or _until(headers.get("Retry-After"), then),
            period=asks.period,
            skip_hours=frozenset(asks.skip_hours),
            skip_days=frozenset(asks.skip_days),
        )


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Next:
    """The interval to go on from, and the wait until the next poll; both in seconds."""

    interval: float
    wait: float


def after_success(
    interval: float | None, items: int, new: int, pace: Pace, seed: str, hints: Hints = NO_HINTS
) -> Next:
    """Give the next poll after one that brought `items`, `new` of them unknown."""
    if interval is None and hints.period:
        interval = _clamp(hints.period, pace.floor, pace.cap)
        new = max(new, 1)  # all items of a first poll are unknown: that tells nothing of its rhythm
        items = max(items, 3)
    before = pace.first if interval is None else interval
    share = new / items if items else 0.0
    factor = 0.5 if share > 0.67 else 0.8 if share > 0.33 else 1.0 if new else 1.5
    adapted = before if interval is None else _clamp(before * factor, pace.floor, pace.cap)
    asked = (hint for hint in (hints.ttl, hints.max_age, hints.expires) if hint)
    wait = _clamp(max(adapted, *asked, 0.0), pace.floor, pace.cap)
    return Next(adapted, _jittered(max(wait, _retry(hints)), pace, seed))


HARD = frozenset({400, 401, 402, 403, 405, 406, 407, 451})
"""Refusals that seldom end by themselves (Media Cloud rss-fetcher: hard errors weigh twice)."""
BRIEF = "the host name is not known"
"""A name server's hiccup weighs a quarter, as there."""


def weight(status: int | None, reason: str = "") -> float:
    """Give how much one failure counts: a refusal 2, a server's or a network's trouble 1, a name's 0.25."""
    if status in HARD:
        return 2.0
    return 0.25 if BRIEF in reason else 1.0


def after_failure(
    interval: float | None, strikes: float, pace: Pace, seed: str, hints: Hints = NO_HINTS
) -> Next:
    """Give the next poll after failures in a row that weigh `strikes` together: linear, a day at most."""
    before = pace.first if interval is None else interval
    wait = min(before * max(0.25, strikes), max(pace.cap, DAY))
    return Next(before, _jittered(max(_clamp(wait, pace.floor, DAY), _retry(hints)), pace, seed))


def not_skipped(at: datetime, hints: Hints) -> datetime:
    """Give `at`, or the next full hour at which the feed does not ask to be left alone.

    RSS 2.0 skipHours and skipDays, in UTC. A feed that skips everything, or a week but for a day, is
    broken, and not heeded.
    """
    hours = hints.skip_hours if len(hints.skip_hours) < 24 else frozenset[int]()
    days = hints.skip_days if len(hints.skip_days) < 6 else frozenset[int]()
    utc = at.astimezone(UTC)
    for _ in range(24 * 7):
        if utc.hour not in hours and utc.weekday() not in days:
            return utc
        utc = utc.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def due(next_at: float, now: float, pace: Pace) -> float:
    """Give the seconds until a remembered next poll; a clock that was moved cannot put it out of reach."""
    wait = next_at - now
    return 0.0 if wait < 0 or wait > DAY * 8 else min(wait, max(pace.cap, DAY) * (1 + pace.jitter))


def _retry(hints: Hints) -> float:
    return min(hints.retry_after or 0.0, DAY)


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), max(low, high))


def _jittered(wait: float, pace: Pace, seed: str) -> float:
    share = int(digest("jitter", seed, size=4), 16) / 2**32
    return wait * (1.0 + pace.jitter * share)


def _seconds(text: str | None) -> float | None:
    stripped = (text or "").strip()
    if not re.fullmatch(r"\d{1,30}", stripped, re.ASCII):
        return None
    return float(stripped)


def _until(text: str | None, then: datetime) -> float | None:
    date = _date(text)
    seconds = (date - then).total_seconds() if date else 0.0
    return seconds if seconds > 0 else None


def _date(text: str | None) -> datetime | None:
    if not text or len(text) > 60:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
