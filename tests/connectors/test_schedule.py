"""When a feed is polled next, and what is made of the odd things that servers ask for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds.document import Asks
from connectors.feeds.schedule import DAY, Hints, Pace, after_failure, after_success, due

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACE = Pace(floor=60, cap=7200, first=900, jitter=0)
LATER = format_datetime(NOW + timedelta(hours=1), usegmt=True)


def test_many_new_items_hasten_and_none_slow_down() -> None:
    fast = after_success(900, 30, 30, PACE, "s").interval
    steady = after_success(900, 30, 5, PACE, "s").interval
    slow = after_success(900, 30, 0, PACE, "s").interval
    assert fast < steady == 900 < slow


def test_floor_and_cap_hold() -> None:
    interval = 900.0
    for _ in range(20):
        interval = after_success(interval, 9, 9, PACE, "s").interval
    assert interval == 60
    for _ in range(20):
        interval = after_success(interval, 9, 0, PACE, "s").interval
    assert interval == 7200


@pytest.mark.parametrize(
    ("headers", "ttl", "wait"),
    [
        ({}, None, 900),
        ({}, 60, 3600),
        ({"Cache-Control": "public, max-age=1800"}, None, 1800),
        ({"Cache-Control": "max-age=504576000"}, None, 7200),
        ({"Expires": LATER}, None, 3600),
        ({"Expires": LATER, "Date": format_datetime(NOW + timedelta(minutes=30), usegmt=True)}, None, 1800),
        ({"Expires": "0"}, None, 900),
        ({"Retry-After": "5000"}, None, 5000),
        ({"Retry-After": LATER}, None, 3600),
        ({"Retry-After": "1000000000000"}, None, DAY),
        ({"Retry-After": "-5"}, None, 900),
        ({"Retry-After": "soon"}, None, 900),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 900),
        ({"Expires": "Thu, 99 Foo 9999 00:00:00 GMT"}, None, 900),
    ],
)
def test_hints_lengthen_the_wait_within_reason(headers: dict[str, str], ttl: int | None, wait: float) -> None:
    hints = Hints.of(headers, NOW, Asks(ttl=ttl))
    assert after_success(900, 9, 2, PACE, "s", hints).wait == wait


def test_errors_lengthen_the_wait_linearly_up_to_a_day() -> None:
    waits = [after_failure(900, errors, PACE, "s").wait for errors in (1, 2, 3, 1000)]
    assert waits == [900, 1800, 2700, DAY]
    assert after_failure(900, 1, PACE, "s", Hints(retry_after=3000)).wait == 3000


def test_jitter_sets_feeds_apart_and_is_the_same_for_the_same_seed() -> None:
    pace = Pace(jitter=0.1)
    waits = {after_success(900, 9, 2, pace, f"feed {n}").wait for n in range(50)}
    assert len(waits) > 40
    assert all(900 <= wait <= 990 for wait in waits)
    assert after_success(900, 9, 2, pace, "a") == after_success(900, 9, 2, pace, "a")


def test_a_clock_that_was_moved_puts_no_feed_out_of_reach() -> None:
    now = NOW.timestamp()
    assert due(now - 5, now, PACE) == 0
    assert due(now + 100, now, PACE) == 100
    assert due(now + 10 * 365 * DAY, now, PACE) == 0
    assert due(now + 2 * DAY, now, PACE) <= 1.1 * DAY


@given(
    st.none() | st.floats(0, 1e9),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.text(max_size=40),
    st.text(max_size=60),
)
def test_every_wait_is_sane(interval: float | None, items: int, new: int, retry: str, cache: str) -> None:
    hints = Hints.of({"Retry-After": retry, "Cache-Control": cache, "Expires": retry, "Date": cache}, NOW)
    for following in (
        after_success(interval, items, min(new, items), Pace(), "s", hints),
        after_failure(interval, new, Pace(), "s", hints),
    ):
        assert 120 <= following.wait <= DAY * 1.1
