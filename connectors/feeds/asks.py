"""What a feed asks of those who poll it: ttl, skipHours, skipDays, sy:updatePeriod, its WebSub hub."""

import re
from collections.abc import Sequence
from typing import Any

from connectors.feeds.document import Asks, first_text
from connectors.feeds.links import web_address

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {"hour": 3_600.0, "dai": 86_400.0, "day": 86_400.0, "week": 604_800.0, "month": 2_592_000.0,
            "year": 31_536_000.0}  # fmt: skip
"""By beginning: feeds write hourly, hour, HOURLY, daily, day (Media Cloud rss-fetcher keeps such a list)."""


def asks(feed: dict[str, Any], hours: Sequence[str], days: Sequence[str], base: str) -> Asks:
    """Read what the channel of a feed asks; whatever is no sane value counts as not said."""
    links = feed.get("links")
    found = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return Asks(
        ttl=minutes(feed.get("ttl")),
        period=_period(first_text(feed.get("sy_updateperiod")), first_text(feed.get("sy_updatefrequency"))),
        skip_hours=tuple(sorted({int(hour) % 24 for hour in map(str.strip, hours) if _is_hour(hour)})),
        skip_days=tuple(sorted({_DAYS.index(day) for day in map(_day, days) if day in _DAYS})),
        hub=_link(found, "hub", base),
        topic=_link(found, "self", base),
    )


def minutes(ttl: object) -> int | None:
    """Read the minutes of a `ttl`."""
    text = first_text(ttl)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _is_hour(text: str) -> bool:
    return re.fullmatch(r"\d{1,2}", text, re.ASCII) is not None and int(text) <= 24


def _day(text: str) -> str:
    return text.strip().lower()[:3]


def _period(period: str, frequency: str) -> float | None:
    seconds = next((value for name, value in _PERIODS.items() if period.lower().startswith(name)), None)
    if seconds is None:
        return None
    times = int(frequency) if re.fullmatch(r"[1-9]\d{0,4}", frequency, re.ASCII) else 1
    return seconds / times


def _link(links: list[dict[str, Any]], rel: str, base: str) -> str | None:
    given = (first_text(link.get("href")) for link in links if link.get("rel") == rel)
    return next((address for href in given if (address := web_address(href, base))), None)
