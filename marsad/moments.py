"""Moments as people type them: `2h` ago, or an instant."""

import re

from events.rejected import Rejected
from events.times import parse_instant
from marsad.errors import Misuse

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def moment_ms(text: str, now_ms: int, option: str) -> int:
    """Give milliseconds since the epoch for `90m`, `2h`, `3d` before `now_ms`, or for an RFC 3339 time.

    Raises Misuse, naming `option`.
    """
    if found := _AGO.fullmatch(text.strip()):
        return now_ms - int(found[1]) * _SECONDS[found[2]] * 1000
    try:
        return int(parse_instant(text).timestamp() * 1000)
    except (Rejected, OverflowError):
        raise Misuse(
            f"{option}: {text!r} is no time; give 90m, 2h or 3d (ago), or 2026-11-21T08:00:00Z"
        ) from None
