"""When to ask for more: at once while there is little to do, after a rest when there is much.

A record that comes alone costs a request of ours and one of the broker's, more than the engine's work on
it. A stage that is busy for more than half of the time rests between two reads, up to `MOST_REST_SECONDS`,
so that several come at once; one that is not, reads at once, and nobody waits.
"""

from collections.abc import Callable

MOST_REST_SECONDS = 0.05
SHARE = 2.0
"""Seconds of rest for a second of work: above a half of the time at work, rests grow from one to the next."""


class Pace:
    """Follows the seconds that a stage has worked since it started, as `worked` tells them."""

    def __init__(self, worked: Callable[[], float]) -> None:
        self._worked = worked
        self._before = 0.0

    def rest(self) -> float:
        """Give the seconds to wait before the next read."""
        before, self._before = self._before, self._worked()
        return min(MOST_REST_SECONDS, SHARE * (self._before - before))
