"""When an item was published: what its feed states, or else when it was fetched; never made up."""

from datetime import datetime

from events.article import PublishedSource, RawArticle
from events.dates import parse_date
from events.rejected import Rejected
from events.times import parse_instant, to_wire_time, wire_time


def published(raw: RawArticle) -> tuple[str, PublishedSource]:
    """Give when the item was published, and who says so.

    A time ahead of `fetched_at` stays: feeds publish embargoed items, and what they state is theirs to state.
    """
    stated = wired(raw.published_at)
    if stated is None and raw.published_raw:
        instant = parse_date(raw.published_raw)
        stated = wire_time(instant) if instant else None
    if stated:
        return stated, "page" if raw.published_source == "page" else "feed"
    return to_wire_time(raw.fetched_at, "fetched_at"), "fetched"


def item_day(raw: RawArticle) -> datetime:
    """Give the instant that "today" in an item is told by."""
    return parse_instant(published(raw)[0])


def wired(text: str | None) -> str | None:
    """Give an RFC 3339 time, or a date line, in wire form; None where it names no instant."""
    if not text:
        return None
    try:
        return wire_time(parse_instant(text))
    except Rejected:
        instant = parse_date(text)
        return wire_time(instant) if instant else None
