"""Permanent redirects, and when one is believed. Pure.

A Wi-Fi portal and a broken proxy say 301 too, so an address is only replaced when every redirect was
permanent, and that was seen several times over more than a day (Feedbin waits for 576 sightings); that a
site went from http to https on the same address is believed at the second sight.
"""

from urllib.parse import urlsplit

import msgspec

from connectors.feeds.state import Move

TIMES = 6
SECONDS = 86_400.0
TIMES_SECURED = 2
GIVEN_UP_AFTER = 3
"""After so many failures in a row at a new address the old one is asked again."""


def seen(move: Move | None, asked: str, led_to: str | None, now: float) -> Move | None:
    """Give what is known after a poll of `asked` that permanent redirects led to `led_to` (None: to nowhere).

    While a proven address answers for itself it stays proven.
    """
    if led_to is None:
        return move if move and move.proven and asked == move.address else None
    if move is None or move.address != led_to:
        return Move(address=led_to, times=1, since=now)
    times = move.times + 1
    secured = times >= TIMES_SECURED and _only_secured(asked, led_to)
    proven = secured or (times >= TIMES and now - move.since >= SECONDS)
    return msgspec.structs.replace(move, times=times, proven=proven)


def failed(move: Move | None, errors: int) -> Move | None:
    """Give what is left of it after `errors` failures in a row."""
    return None if move and move.proven and errors >= GIVEN_UP_AFTER else move


def _only_secured(asked: str, led_to: str) -> bool:
    before, after = urlsplit(asked), urlsplit(led_to)
    return (before.scheme, after.scheme) == ("http", "https") and (
        before.hostname, before.path or "/", before.query
    ) == (after.hostname, after.path or "/", after.query)  # fmt: skip
