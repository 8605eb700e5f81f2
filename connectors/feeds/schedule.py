"""When to poll a feed next. Pure: rhythm so far, what the poll brought, what the server asks -> seconds.

The interval follows the share of new items (Media Cloud rss-fetcher, `fetcher/tasks.py`): many new ones
and it shrinks, none and it grows. What the feed and the server ask for lengthens it, up to a cap; errors
lengthen it linearly. Jitter comes from a seed, so that feeds of one host do not stay in step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

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

    @classmethod
    def of(cls, headers: Mapping[str, str], now: datetime, ttl_minutes: int | None = None) -> "Hints":
        """Read the response headers; a date counts from the server's own Date where it gives one."""
        then = _date(headers.get("Date")) or now
        found = re.search(r"max-age\s*=\s*\"?(\d{1,12})", headers.get("Cache-Control", ""), re.IGNORECASE)
        return cls(
            ttl=ttl_minutes * 60.0 if ttl_minutes else None,
            max_age=float(found[1]) if found else None,
            expires=_until(headers.get("Expires"), then),
            retry_after=_seconds(headers.get("Retry-After")) or _until(headers.get("Retry-After"), then),
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
    before = pace.first if interval is None else interval
    share = new / items if items else 0.0
    factor = 0.5 if share > 0.67 else 0.8 if share > 0.33 else 1.0 if new else 1.5
    adapted = before if interval is None else _clamp(before * factor, pace.floor, pace.cap)
    asked = (hint for hint in (hints.ttl, hints.max_age, hints.expires) if hint)
    wait = _clamp(max(adapted, *asked, 0.0), pace.floor, pace.cap)
    return Next(adapted, _jittered(max(wait, _retry(hints)), pace, seed))


def after_failure(
    interval: float | None, errors: int, pace: Pace, seed: str, hints: Hints = NO_HINTS
) -> Next:
    """Give the next poll after the `errors`-th failure in a row: linear, a day at most."""
    before = pace.first if interval is None else interval
    wait = min(before * max(1, errors), max(pace.cap, DAY))
    return Next(before, _jittered(max(_clamp(wait, pace.floor, DAY), _retry(hints)), pace, seed))


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
