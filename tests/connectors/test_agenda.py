"""Which feed is polled when: hosts in line, none held up by another."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds.agenda import Agenda


def taken(agenda: Agenda, now: float) -> list[str]:
    found = []
    while feed := agenda.take(now):
        found.append(feed)
    return found


def test_feeds_come_when_they_are_due() -> None:
    agenda = Agenda(gap=0, at_once=9)
    agenda.put("late", "h", 20)
    agenda.put("soon", "h", 10)
    assert agenda.next_at() == 10
    assert taken(agenda, 9) == []
    assert taken(agenda, 15) == ["soon"]
    assert taken(agenda, 25) == ["late"]
    assert agenda.next_at() is None


def test_two_polls_of_a_host_begin_a_gap_apart_over_all_its_feeds() -> None:
    agenda = Agenda(gap=1, at_once=9)
    for number in range(500):
        agenda.put(f"tumblr {number}", "tumblr.com", 0)
    agenda.put("other", "other.example", 0)
    assert set(taken(agenda, 0)) == {"tumblr 0", "other"}
    assert taken(agenda, 0.9) == []
    assert taken(agenda, 1.0) == ["tumblr 1"]


def test_a_host_that_does_not_answer_holds_two_places_and_no_more() -> None:
    agenda = Agenda(gap=0, at_once=2)
    for number in range(200):
        agenda.put(f"dead {number}", "dead.example", 0)
    agenda.put("alive", "alive.example", 5)
    assert taken(agenda, 0) == ["dead 0", "dead 1"]
    assert taken(agenda, 100) == ["alive"]
    agenda.done("dead 0")
    assert taken(agenda, 100) == ["dead 2"]


def test_a_host_that_wants_to_be_left_alone_is_by_all_of_its_feeds() -> None:
    agenda = Agenda(gap=0, at_once=2)
    agenda.put("a", "h", 0)
    agenda.put("b", "h", 0)
    agenda.pause("h", 600)
    agenda.put("c", "h", 3)
    assert taken(agenda, 599) == []
    assert agenda.next_at() == 600
    assert taken(agenda, 600) == ["a", "b"]


def test_a_feed_stands_once_in_line_and_can_leave_it() -> None:
    agenda = Agenda(gap=0, at_once=9)
    agenda.put("a", "h", 50)
    agenda.put("a", "h", 10)
    agenda.put("b", "h", 10)
    agenda.drop("b")
    assert len(agenda) == 1
    assert taken(agenda, 100) == ["a"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "drop", "pause", "take", "done"]),
            st.sampled_from("abcdef"),
            st.floats(0, 50),
        ),
        max_size=60,
    )
)
def test_nothing_is_lost_or_polled_twice_at_once(steps: list[tuple[str, str, float]]) -> None:
    agenda, now, running, waiting = Agenda(gap=1, at_once=2), 0.0, set[str](), set[str]()
    for step, feed, number in steps:
        now += number / 10
        if step == "put" and feed not in running:
            agenda.put(feed, "ab" if feed in "ab" else "rest", now + number)
            waiting.add(feed)
        elif step == "drop":
            agenda.drop(feed)
            waiting.discard(feed)
        elif step == "pause":
            agenda.pause("rest", now + number)
        elif step == "done" and feed in running:
            agenda.done(feed)
            running.discard(feed)
        elif step == "take" and (given_ := agenda.take(now)):
            assert given_ in waiting - running
            waiting.discard(given_)
            running.add(given_)
            assert len([one for one in running if one not in "ab"]) <= 2
    for feed in running:
        agenda.done(feed)
    rest = []
    while (at := agenda.next_at()) is not None:
        feed_ = agenda.take(at)
        assert feed_ is not None
        rest.append(feed_)
        agenda.done(feed_)
    assert sorted(rest) == sorted(waiting)
