"""Whether a match pages: the state of its group, and what the rule's policy makes of it. Event time only."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from events.alert import AlertReason, Match, Policy, QuietHours, Severity, StoryNeed, Toll
from events.article import Count
from events.rejected import Rejected
from events.times import parse_instant, wire_time

MAX_PAST = 1_000
"""Matches of a group that a window looks back on."""
URGENCY: dict[Severity, int] = {"critical": 0, "error": 1, "warning": 2, "info": 3}
_TOLLS = ("killed", "injured", "missing")


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a window needs of one match: its time, the story's counts then, what it added to them."""

    clock: int
    articles: int
    sources: int
    independent_sources: int
    relation: str


class Group(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One group of one rule, after a match. `toll` is the highest that has been paged, by kind."""

    matches: int = 0
    pages: int = 0
    suppressed: int = 0
    paged_at: int | None = None
    toll: tuple[int, int, int] = (0, 0, 0)
    past: tuple[Seen, ...] = ()


def clock_of(match: Match) -> int:
    """Give the match's event time in milliseconds since the epoch."""
    return round(parse_instant(match.occurred_at, "occurred_at").timestamp() * 1000)


def seen(group: Group, match: Match, clock: int) -> Group:
    """Give the group with one match more, before anything is decided about it."""
    past: tuple[Seen, ...] = ()
    window = match.policy.window_ms
    if window is not None:
        story = match.story
        now = Seen(clock, story.articles, story.sources, story.independent_sources, match.relation)
        past = _kept((*group.past, now), clock - window)
    return msgspec.structs.replace(
        group, matches=group.matches + 1, suppressed=group.suppressed + 1, past=past
    )


def _kept(past: tuple[Seen, ...], since: int) -> tuple[Seen, ...]:
    """Give the matches within the window, and of the older ones the newest: the counts before it."""
    inside = [one for one in past if one.clock > since]
    before = max((one for one in past if one.clock <= since), key=lambda one: one.clock, default=None)
    return tuple(([before] if before else []) + inside)[-MAX_PAST:]


def enough(group: Group, match: Match, clock: int) -> bool:
    """Tell whether the window holds as much as the rule asks for; `match` is in the group already."""
    policy = match.policy
    if policy.window_ms is None:
        return True
    since = clock - policy.window_ms
    counted = sum(one.clock > since and one.relation != "revision" for one in group.past)
    if policy.count > 1 and counted < policy.count:
        return False
    return all(_new_ones(group, match, need, since) >= need.least for need in policy.needs)


def _new_ones(group: Group, match: Match, need: StoryNeed, since: int) -> int:
    """Count what came to the story within the window, as far as is surely known."""
    now = getattr(match.story, need.field)
    if parse_instant(match.story.first_seen_at).timestamp() * 1000 > since:
        return int(now)
    before = [one for one in group.past if one.clock <= since]
    if before:
        return int(now - getattr(before[-1], need.field))
    first = group.past[0]
    adds = first.relation == "new" or (need.field != "independent_sources" and first.relation != "revision")
    return int(now - getattr(first, need.field) + adds)


def reason_for(group: Group, match: Match, clock: int) -> AlertReason | None:
    """Give why this match pages, None where it says nothing that the group has not been paged for."""
    if not group.pages:
        return "first"
    again = match.policy.again
    if "withdrawn" in again and "withdrawn" in match.changes:
        return "withdrawn"
    if "toll_rises" in again and any(
        new > old for new, old in zip(toll_of(match.casualties), group.toll, strict=True)
    ):
        return "toll_rises"
    for kind in ("figure", "title", "text"):
        if kind in again and kind in match.changes:
            return kind
    repeat = match.policy.repeat_ms
    if repeat is not None and group.paged_at is not None and abs(clock - group.paged_at) >= repeat:
        return "repeat"
    return None


def toll_of(toll: Toll | None) -> tuple[int, int, int]:
    """Give what is surely told of killed, injured and missing, 0 where nothing is."""
    killed, injured, missing = (_least(getattr(toll, name, None)) for name in _TOLLS)
    return killed, injured, missing


def _least(count: Count | None) -> int:
    if count is None:
        return 0
    return count.exact if count.exact is not None else count.min or 0


def paged(group: Group, match: Match, clock: int) -> Group:
    """Give the group after a page."""
    killed, injured, missing = map(max, zip(group.toll, toll_of(match.casualties), strict=True))
    return msgspec.structs.replace(
        group, pages=group.pages + 1, suppressed=0, paged_at=clock, toll=(killed, injured, missing)
    )


def throttled(policy: Policy, clock: int, pages: list[int]) -> bool:
    """Tell whether the rule has paged as often as it may; `pages` are the times of its latest pages."""
    throttle = policy.throttle
    if throttle is None:
        return False
    return sum(abs(clock - at) < throttle.window_ms for at in pages) >= throttle.pages


def deliver_after(quiet: QuietHours | None, severity: Severity, occurred_at: str) -> str | None:
    """Give when the quiet hours end that `occurred_at` falls in, None where it falls in none.

    Raises `Rejected("bad_time")` for hours or a time zone that this machine cannot read.
    """
    if quiet is None or (quiet.except_from and URGENCY[severity] <= URGENCY[quiet.except_from]):
        return None
    try:
        end = _end_of_quiet(quiet, parse_instant(occurred_at))
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise Rejected("bad_time", f"quiet hours cannot be read: {type(error).__name__}: {error}") from error
    return None if end is None else wire_time(end)


def _end_of_quiet(quiet: QuietHours, moment: datetime) -> datetime | None:
    here = moment.astimezone(ZoneInfo(quiet.timezone))
    # The hours that began yesterday or today can hold this moment.
    for days in (1, 0):
        day = (here - timedelta(days=days)).date()
        begin, end = (_on(day.isoformat(), clock, quiet.timezone) for clock in (quiet.start, quiet.end))
        if quiet.end <= quiet.start:
            end = _on((day + timedelta(days=1)).isoformat(), quiet.end, quiet.timezone)
        if day.isoweekday() in quiet.days and begin <= here < end:
            return end
    return None


def _on(day: str, clock: str, timezone: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(timezone))


__all__ = [
    "Group", "clock_of", "deliver_after", "enough", "paged", "reason_for", "seen", "throttled", "toll_of",
]  # fmt: skip
