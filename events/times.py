"""Instants: RFC 3339 text in, UTC with `Z` and milliseconds out."""

from datetime import UTC, datetime

from events.rejected import Rejected


def parse_instant(text: str, field: str = "time") -> datetime:
    """Give the instant that RFC 3339 `text` names, in UTC; a time without an offset counts as UTC.

    Raises `Rejected("bad_time")`, naming `field`.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Rejected("bad_time", f"{field} is {text[:40]!r}, not an RFC 3339 time") from error


def wire_time(instant: datetime) -> str:
    """Write `instant` the way every record of ours does: `2026-11-21T08:00:00.000Z`."""
    utc = instant.astimezone(UTC)
    # isoformat pads the year 1, which feeds do hold; strftime does not on glibc.
    return utc.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def to_wire_time(text: str, field: str = "time") -> str:
    """Bring an RFC 3339 text into our wire form; raises `Rejected("bad_time")`."""
    return wire_time(parse_instant(text, field))
