"""How a feed fares, told as a course and as events: silence, gaps, moves, refusals, recoveries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.feeds import moves, rhythm
from connectors.feeds.diagnosis import diagnose
from connectors.feeds.fetch import FetchFailed
from connectors.feeds.health import NEVER, Came, When, failed, feed_value, happened, succeeded
from connectors.feeds.ledger import Subscription
from connectors.feeds.schedule import DAY, NO_HINTS, Hints, Pace, not_skipped
from connectors.feeds.source import Refused
from connectors.feeds.state import Course, Difference, Memory, Move
from events.article import RawArticle

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PACE = Pace(floor=60, cap=7_200, first=900, jitter=0)
FEED = Subscription(feed_id="f1", address="http://furat.example/rss", source_id="furat", since="s")
HOUR = timedelta(hours=1)


def when(now: datetime, **more: object) -> When:
    return replace(When(now, PACE, "seed"), **more)  # type: ignore[arg-type]


def came(new: int = 1, shared: int = 9, **more: object) -> Came:
    return replace(
        Came(Difference((), Memory(), new=new, shared=shared), new + shared, NO_HINTS, FEED.address),
        **more,  # type: ignore[arg-type]
    )


def kinds(before: Course, after: Course, now: datetime, poll: Came | None) -> list[str]:
    return [event.kind for event in happened(FEED, before, after, now, poll)]


def busy(days: int) -> tuple[Course, datetime]:
    """A feed that had something new each hour from 8 to 18 on so many days."""
    course, now = Course(), START
    for day in range(days):
        for hour in range(10):
            now = START + timedelta(days=day) + hour * HOUR
            course = succeeded(course, came(), when(now))
    return course, now


def test_a_night_is_no_silence_and_a_day_without_news_is_one() -> None:
    course, last = busy(6)
    told = []
    for hours in range(1, 60):
        now = last + hours * HOUR
        after = succeeded(course, came(new=0), when(now))
        told += [(hours, kind) for kind in kinds(course, after, now, came(new=0))]
        course = after
    assert told == [(31, "feed.silent")]
    assert course.silent_since is not None
    assert feed_value(FEED, course).status == "silent"
    now = last + 60 * HOUR
    after = succeeded(course, came(), when(now))
    assert kinds(course, after, now, came()) == ["feed.recovered"]
    assert feed_value(FEED, after).status == "active"


def test_a_silence_is_told_of_a_feed_that_fails_too() -> None:
    course, last = busy(6)
    now = last + 40 * HOUR
    after = failed(course, Refused("no connection"), NO_HINTS, when(now))
    events = happened(FEED, course, after, now, None)
    assert [event.kind for event in events] == ["feed.silent"]
    assert "no connection" in events[0].message


def test_a_weekly_feed_is_not_silent_after_a_week() -> None:
    items = [
        RawArticle(source_id="s", fetched_at="", url="u", published_at=f"2026-{month:02}-{day:02}T08:00:00Z")
        for month in (8, 9, 10) for day in (1, 8, 15, 22, 29)
    ]  # fmt: skip
    now = datetime(2026, 10, 29, 9, tzinfo=UTC)
    course = succeeded(Course(), came(first_pauses=rhythm.dated(items, now)), when(now))
    assert rhythm.silent_since(course.pauses, course.last_new_at, now + timedelta(days=13)) is None
    assert rhythm.silent_since(course.pauses, course.last_new_at, now + timedelta(days=15)) is not None


def test_items_dated_in_the_future_or_undated_tell_no_rhythm() -> None:
    items = [RawArticle(source_id="s", fetched_at="", url="u", published_at=at)
             for at in (None, "2099-01-01T00:00:00Z", "nonsense")]  # fmt: skip
    assert rhythm.dated(items, START) == ()


def test_two_polls_that_share_no_item_are_a_gap() -> None:
    course = succeeded(Course(), came(new=10, shared=0), when(START))
    assert kinds(Course(), course, START, came(new=10, shared=0)) == []
    after = succeeded(course, came(new=10, shared=0), when(START + HOUR))
    assert kinds(course, after, START + HOUR, came(new=10, shared=0)) == ["feed.gap"]
    assert kinds(course, after, START + HOUR, came(new=9, shared=1)) == []


def test_a_refusal_is_told_once_and_its_end_too() -> None:
    course = succeeded(Course(), came(), when(START))
    told = []
    for hour in range(1, 6):
        now = START + hour * HOUR
        after = failed(course, FetchFailed("HTTP 403 Forbidden", 403), NO_HINTS, when(now))
        told += kinds(course, after, now, None)
        course = after
    assert told == ["feed.blocked"]
    assert feed_value(FEED, course).status == "blocked"
    after = succeeded(course, came(), when(START + 9 * HOUR))
    assert kinds(course, after, START + 9 * HOUR, came()) == ["feed.recovered"]


def test_410_ends_it_and_says_so() -> None:
    course = failed(Course(), FetchFailed("HTTP 410 Gone", 410), NO_HINTS, when(START))
    (event,) = happened(FEED, Course(), course, START, None)
    assert event.kind == "feed.blocked"
    assert "polled no more" in event.message
    value = feed_value(FEED, course)
    assert (course.next_at, value.status, value.next_poll_at) == (NEVER, "gone", None)
    assert diagnose(value, START).next_try == "never"


def test_failures_wait_longer_in_a_line_and_a_name_servers_hiccup_hardly() -> None:
    def waits(reason: str, status: int | None) -> list[float]:
        course, found = Course(interval=900), []
        for _ in range(4):
            course = failed(course, FetchFailed(reason, status), NO_HINTS, when(START))
            found.append(course.next_at - START.timestamp())
        return found

    assert waits("HTTP 503", 503) == [900, 1800, 2700, 3600]
    assert waits("HTTP 403", 403) == [1800, 3600, 5400, 7200]
    assert waits("the host name is not known", None) == [225, 450, 675, 900]


@pytest.mark.parametrize("wait", [100.0, 40_000.0])
def test_what_its_reader_asks_for_is_kept_unless_the_server_says_later(wait: float) -> None:
    asked = succeeded(Course(), came(), when(START, wanted=1_000)).next_at - START.timestamp()
    assert asked == 1_000
    hints = Hints(retry_after=wait)
    told = succeeded(Course(), came(hints=hints), when(START, wanted=1_000)).next_at - START.timestamp()
    assert told == max(1_000, wait)


def test_skipped_hours_and_days_are_heeded() -> None:
    friday = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    assert not_skipped(friday, Hints(skip_hours=frozenset({3, 4}))) == friday.replace(hour=5, minute=0)
    assert not_skipped(friday, Hints(skip_days=frozenset({4, 5}))) == datetime(2026, 11, 22, tzinfo=UTC)
    assert not_skipped(friday, Hints(skip_hours=frozenset(range(24)))) == friday
    assert not_skipped(friday, Hints(skip_days=frozenset(range(6)))) == friday


def test_a_redirect_is_believed_after_several_days_only() -> None:
    move, now = None, START.timestamp()
    for number in range(5):
        move = moves.seen(move, "http://a.example/rss", "http://b.example/rss", now + number * DAY)
        assert move is not None
        assert not move.proven
    move = moves.seen(move, "http://a.example/rss", "http://b.example/rss", now + 5 * DAY)
    assert move is not None
    assert move.proven
    at_once = None
    for _ in range(50):
        at_once = moves.seen(at_once, "http://a.example/rss", "http://b.example/rss", now)
    assert at_once is not None
    assert not at_once.proven


def test_from_http_to_https_is_believed_at_the_second_sight() -> None:
    move = moves.seen(None, "http://a.example/rss?x=1", "https://a.example/rss?x=1", 0)
    move = moves.seen(move, "http://a.example/rss?x=1", "https://a.example/rss?x=1", 60)
    assert move is not None
    assert move.proven


def test_a_redirect_that_ends_or_leads_elsewhere_begins_anew() -> None:
    move = Move(address="http://b.example/", times=5, since=0)
    assert moves.seen(move, "http://a.example/", None, 9) is None
    other = moves.seen(move, "http://a.example/", "http://c.example/", 9)
    assert other == Move(address="http://c.example/", times=1, since=9)


def test_moves_are_told_at_first_sight_when_believed_and_when_given_up() -> None:
    course = succeeded(Course(), came(led_to="https://furat.example/rss"), when(START))
    assert kinds(Course(), course, START, came()) == ["feed.moved"]
    proven = succeeded(course, came(led_to="https://furat.example/rss"), when(START + HOUR))
    assert kinds(course, proven, START + HOUR, came()) == ["feed.moved"]
    moved = replace(came(), asked="https://furat.example/rss")
    stays = succeeded(proven, moved, when(START + 2 * HOUR))
    assert stays.move == proven.move
    assert kinds(proven, stays, START, moved) == []
    for _ in range(3):
        before, stays = stays, failed(stays, Refused("no connection"), NO_HINTS, when(START))
    assert stays.move is None
    assert kinds(before, stays, START, None) == ["feed.moved"]


def test_a_diagnosis_says_what_is_wrong_since_when_and_what_comes_next() -> None:
    now = START + HOUR
    course = failed(
        Course(interval=900), FetchFailed("HTTP 500 Internal Server Error", 500), NO_HINTS, when(START)
    )
    course = failed(course, Refused("the server did not answer in time"), NO_HINTS, when(now))
    said = diagnose(feed_value(FEED, course), now)
    assert said.wrong == "the server did not answer in time (2 times in a row)"
    assert said.since == "2026-11-02T08:00:00.000Z"
    assert said.next_try == "in 30 minutes"
    well = feed_value(FEED, succeeded(Course(), came(), when(now)))
    assert diagnose(well, now).wrong == ""
    assert "nobody polls it" in diagnose(well, now + timedelta(hours=5)).wrong
    assert diagnose(FEED.feed(), now).wrong == "not polled yet"
