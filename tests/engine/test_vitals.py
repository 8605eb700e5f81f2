"""Alive and ready, judged from pulses: what counts against a stage, and what never does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.engine.vitals import STALE_SECONDS, STILL_SECONDS, STUCK_SECONDS, Pulse, Watch

STARTED = 1_000.0
WORKING = {"joined": True, "waiting": 0}


def watched(seconds: int, **same: Any) -> tuple[Watch, float]:
    """A watch that has seen the same pulse every second, and the time after it."""
    watch = Watch(STARTED)
    for second in range(1, seconds + 1):
        asked: dict[str, Any] = {"asked_at": STARTED + second}
        watch.see(Pulse(STARTED + second, **(asked | same)))
    return watch, STARTED + seconds


LONG = int(STILL_SECONDS) + 5


def test_a_quiet_topic_is_alive_and_ready() -> None:
    watch, now = watched(LONG, **WORKING)
    assert watch.alive(now).ok
    assert watch.ready(now).ok


def test_records_that_wait_while_the_loop_waits_for_them_are_not_alive() -> None:
    watch, now = watched(LONG, joined=True, waiting=7)
    assert watch.alive(now).reasons == (f"records are waiting, and nothing has moved for {LONG} s",)
    assert not watch.ready(now).ok


def test_one_record_that_is_decided_for_ever_is_not_alive_even_without_a_broker() -> None:
    watch, now = watched(LONG, joined=True, doing="deciding", asked_at=None)
    assert "one record is being decided" in watch.alive(now).reasons[0]


def test_a_loop_that_does_not_tick_is_not_alive() -> None:
    watch, now = watched(5, **WORKING)
    assert watch.alive(now + STALE_SECONDS).ok
    assert "not ticked" in watch.alive(now + STALE_SECONDS + 1).reasons[0]


def test_a_record_that_moves_begins_the_time_anew() -> None:
    watch, now = watched(LONG - 10, joined=True, waiting=7)
    watch.see(Pulse(now + 1, joined=True, waiting=6, handled=1, acknowledged=1, asked_at=now))
    for second in range(2, LONG - 10):
        watch.see(Pulse(now + second, joined=True, waiting=6, handled=1, acknowledged=1, asked_at=now))
    assert watch.alive(now + LONG - 10).ok


def test_what_waits_for_the_broker_is_alive_and_not_ready() -> None:
    watch, now = watched(LONG, joined=True, waiting=7, handled=3, depth=3)
    assert watch.alive(now).ok
    assert "acknowledged nothing" in watch.ready(now).reasons[0]


def test_a_broker_that_is_away_is_alive_and_not_ready() -> None:
    watch, now = watched(LONG, joined=True, waiting=None, asked_at=STARTED)
    assert watch.alive(now).ok
    assert watch.ready(now).reasons == ("the broker does not answer",)


def test_a_rebalance_is_alive_and_not_ready() -> None:
    watch, now = watched(LONG, joined=False, waiting=7)
    assert watch.alive(now).ok
    assert "rebalance" in watch.ready(now).reasons[0]


def test_a_memory_that_is_rebuilt_is_alive_and_not_ready() -> None:
    watch, now = watched(LONG, joined=True, doing="deciding", recovering=True, waiting=7)
    assert watch.alive(now).ok
    assert "rebuilding" in watch.ready(now).reasons[0]


def test_before_its_first_pulse_a_stage_is_alive_and_not_ready() -> None:
    watch = Watch(STARTED)
    assert watch.alive(STARTED + 1).ok
    assert not watch.ready(STARTED + 1).ok


PULSES = st.fixed_dictionaries(
    {
        "handled": st.integers(0, 3),
        "doing": st.sampled_from(["waiting", "checking", "deciding", "delivering"]),
        "depth": st.integers(0, 2),
        "joined": st.booleans(),
        "recovering": st.booleans(),
        "waiting": st.none() | st.integers(0, 2),
    }
)


@given(st.lists(PULSES, min_size=1, max_size=200))
def test_whatever_came_before_one_pulse_in_which_it_could_not_move_saves_it(before: list[Any]) -> None:
    watch = Watch(STARTED)
    for second, pulse in enumerate(before, 1):
        watch.see(Pulse(STARTED + second, **pulse))
    last = STARTED + len(before) + 1
    watch.see(Pulse(last, joined=False, waiting=1))
    assert watch.alive(last + STALE_SECONDS).ok


@given(st.lists(PULSES, min_size=1, max_size=60))
def test_nothing_is_held_against_a_stage_before_its_time(pulses: list[Any]) -> None:
    watch = Watch(STARTED)
    for second, pulse in enumerate(pulses, 1):
        watch.see(Pulse(STARTED + second, **pulse))
    assert len(pulses) < min(STILL_SECONDS, STUCK_SECONDS * 4)
    assert watch.alive(STARTED + len(pulses)).ok
