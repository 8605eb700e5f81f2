"""A feed's own rhythm: the pauses between its news, and from when on a silence is none of them. Pure.

Of each day on which a feed brought news the longest pause before it is remembered, so the yardstick knows
the feed's nights and weekends: a site that never paused for more than nine hours is silent after eighteen,
a weekly paper after a fortnight. At the first poll the dates of the items tell.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from events.article import RawArticle
from events.rejected import Rejected
from events.times import parse_instant

DAY = 86_400.0
DAYS_KEPT = 28
Pauses = tuple[tuple[int, float], ...]
"""(day since 1970, longest pause in seconds that ended on it), oldest first."""
_TELLING = 4
"""From so many days on a rhythm is known."""
TIMES_THE_LONGEST = 2.0
SHORTEST_SILENCE = 6 * 3_600.0
"""Nothing shorter is a silence, even of a feed that brings news every minute."""
HARDLY_KNOWN = 3 * DAY
UNKNOWN = 14 * DAY
_SANE = 90 * DAY


def dated(articles: Iterable[RawArticle], now: datetime) -> Pauses:
    """Give the pauses between the dated items of a first poll."""
    instants = sorted({at for article in articles if (at := _instant(article)) and at <= now.timestamp()})
    pauses: Pauses = ()
    for earlier, later in pairwise(instants):
        if later - earlier < _SANE:
            pauses = _with(pauses, later, later - earlier)
    return pauses


def with_pause(pauses: Pauses, since: str | None, now: datetime) -> Pauses:
    """Give the pauses with the one that has just ended."""
    return pauses if since is None else _with(pauses, now.timestamp(), quiet(since, now))


def _with(pauses: Pauses, at: float, pause: float) -> Pauses:
    day = int(at // DAY)
    if pauses and pauses[-1][0] == day:
        pause = max(pause, pauses[-1][1])
        pauses = pauses[:-1]
    return (*pauses, (day, round(pause, 3)))[-DAYS_KEPT:]


def longest(pauses: Sequence[tuple[int, float]]) -> float:
    """Give the longest pause that is remembered; 0 where none is."""
    return max((pause for _, pause in pauses), default=0.0)


def patience(pauses: Sequence[tuple[int, float]], shortest: float = SHORTEST_SILENCE) -> float:
    """Give the seconds after which nothing new is a silence; `shortest` is the least for any feed."""
    if not pauses:
        return UNKNOWN
    least = shortest if len(pauses) >= _TELLING else max(shortest, HARDLY_KNOWN)
    return max(least, TIMES_THE_LONGEST * longest(pauses))


def quiet(since: str, now: datetime) -> float:
    """Give the seconds since then."""
    return max(0.0, now.timestamp() - parse_instant(since).timestamp())


def silent_since(
    pauses: Sequence[tuple[int, float]],
    last_new_at: str | None,
    now: datetime,
    shortest: float = SHORTEST_SILENCE,
) -> str | None:
    """Give since when there is nothing new where that is too long for this feed, else None."""
    if last_new_at is None:
        return None
    return last_new_at if quiet(last_new_at, now) > patience(pauses, shortest) else None


def in_words(seconds: float) -> str:
    """Give a length of time as people say it."""
    for unit, length in (("day", DAY), ("hour", 3_600.0), ("minute", 60.0)):
        if seconds >= 2 * length:
            return f"{round(seconds / length)} {unit}s"
    return f"{seconds:.0f} s"


def _instant(article: RawArticle) -> float | None:
    try:
        return parse_instant(article.published_at).timestamp() if article.published_at else None
    except Rejected:
        return None
