"""How one attempt to deliver can end: delivered, later, or never."""

from dataclasses import dataclass
from http import HTTPStatus

from connectors.feeds.faults import status_words

AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
MAX_RETRY_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: the receiver is away or busy. `after` is how long it asks us to wait, in seconds."""

    reason: str
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Never:
    """The receiver refuses this; asking again would not change it."""

    reason: str


Outcome = Delivered | Later | Never


def by_status(status: int, retry_after: str | None) -> Outcome:
    """Read an HTTP status. Redirects are refusals: what is signed for one address goes to no other."""
    if 200 <= status < 300:
        return Delivered()
    if status >= 500 or status in AGAIN:
        seconds = (
            float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 0.0
        )
        return Later(status_words(status), min(seconds, MAX_RETRY_AFTER))
    return Never(status_words(status))


def pause(failures: int, dice: float) -> float:
    """Give the seconds before the next attempt: 1, 2, 4 … 300, drawn from the upper half (`dice` 0 to 1)."""
    longest = min(300.0, 2.0 ** min(failures - 1, 20))
    return longest * (0.5 + dice / 2)
