"""Who is told when: grouping, material changes, windows, throttle, quiet hours; and what a replay gives."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.alert import Alert, Match
from events.article import Count, Relation, StoryCounts
from events.rejected import Rejected
from events.times import parse_instant, wire_time
from events.wire import encode
from streams.alert import AlertIndex, AlertSettings, RuleSet
from tests.alerts.making import altered, event, events, matches, raw, rule

EVENT = event()
START = parse_instant("2026-11-21T08:00:00Z").timestamp()


def at(minutes: float) -> str:
    from datetime import UTC, datetime

    return wire_time(datetime.fromtimestamp(START + 60 * minutes, UTC))


def found(one: Any, number: int, minutes: float = 0, relation: Relation = "new", **more: Any) -> Match:
    """The match of an article of its own, fetched so many minutes later."""
    story = more.pop("story", None) or StoryCounts(
        articles=number, sources=number, independent_sources=number, first_seen_at=at(0)
    )
    made = altered(EVENT, event_id=f"e{number}", article_id=f"a{number}", fetched_at=at(minutes), story=story,
                   relation=relation, **more)  # fmt: skip
    (match,) = matches(one, made)
    return match


def decided(index: AlertIndex, *found_matches: Match) -> Iterator[Alert | None]:
    for match in found_matches:
        decision = index.decide(match)
        index.apply(decision.changes)
        yield decision.alert


def reasons(*found_matches: Match) -> list[str | None]:
    return [alert and alert.reason for alert in decided(AlertIndex(), *found_matches)]


def toll(killed: int) -> Any:
    assert EVENT.casualties is not None
    return msgspec.structs.replace(EVENT.casualties, killed=Count(min=killed, max=killed, exact=killed))


def test_ten_copies_page_once() -> None:
    made = events(*(raw(f"copy-{n}", source=f"s{n}") for n in range(10)))
    assert [one.relation for one in made] == ["new", *["copy"] * 9]
    assert reasons(*matches(rule(), *made)) == ["first", *[None] * 9]


def test_a_rising_toll_pages_again_and_a_falling_one_does_not() -> None:
    one = rule()
    tolls = [3, 3, 5, 4, 5, 6]
    found_matches = [
        found(one, number, number, casualties=toll(killed)) for number, killed in enumerate(tolls, 1)
    ]
    assert reasons(*found_matches) == ["first", None, "toll_rises", None, None, "toll_rises"]
    never = rule(again="never")
    told = reasons(*(found(never, n, n, casualties=toll(killed)) for n, killed in enumerate(tolls, 1)))
    assert told == ["first", *[None] * 5]


def test_the_real_revision_of_an_article_pages_again() -> None:
    made = events(raw(), raw(killed=5, fetched_at="2026-11-21T08:10:00.000Z"))
    assert [one.relation for one in made] == ["new", "revision"]
    assert reasons(*matches(rule(), *made)) == ["first", "toll_rises"]
    assert reasons(*matches(rule(again="figure"), *made)) == ["first", "figure"]
    assert reasons(*matches(rule(again="[title, text]"), *made))[0] == "first"


def test_stories_are_told_apart_and_groups_can_be_others() -> None:
    one, by_source = rule(), rule(group_by="source")
    first, second = (found(one, number, story_id=f"story-{number}") for number in (1, 2))
    assert reasons(first, second) == ["first", "first"]
    assert reasons(*(found(by_source, n, story_id=f"story-{n}") for n in (1, 2))) == ["first", None]
    assert found(rule(group_by="none"), 1).group_key == ""


def test_a_story_that_becomes_another_ones_does_not_page_again() -> None:
    one = rule()
    first = found(one, 1, story_id="story-1")
    revised = found(one, 2, 5, "revision", story_id="story-2")
    revised = msgspec.structs.replace(revised, article_id="a1")
    copied = msgspec.structs.replace(found(one, 3, 6, "copy", story_id="story-3"), relates_to="a1")
    assert reasons(first, revised, copied) == ["first", None, None]


def test_repeat_pages_again_after_its_time() -> None:
    one = rule(repeat="1h")
    assert reasons(*(found(one, n, minutes) for n, minutes in enumerate((0, 30, 59, 61, 90, 122), 1))) == [
        "first", None, None, "repeat", None, "repeat",
    ]  # fmt: skip


def test_throttle_holds_over_all_groups_of_a_rule() -> None:
    one = rule(throttle="2 per 1h")
    found_matches = [
        found(one, n, minutes, story_id=f"s{n}") for n, minutes in enumerate((0, 1, 2, 3, 70), 1)
    ]
    assert reasons(*found_matches) == ["first", "first", None, None, "first"]
    # A story that was held back pages with its next match, once there is room.
    later = found(one, 9, 75, story_id="s3")
    assert reasons(*found_matches, later)[-1] == "first"


def test_count_within_a_window() -> None:
    one = rule(count=3, window="10m", group_by="place")
    minutes = (0, 8, 11, 12, 13)
    assert reasons(*(found(one, n, m, story_id=f"s{n}") for n, m in enumerate(minutes, 1))) == [
        None, None, None, "first", None,
    ]  # fmt: skip


def story(independent: int, began: float) -> StoryCounts:
    return StoryCounts(articles=9, sources=9, independent_sources=independent, first_seen_at=at(began))


@pytest.mark.parametrize(
    ("course", "pages_at"),
    [
        ([(0, 1), (10, 2), (20, 3)], 20),  # three within the first half hour
        ([(0, 1), (10, 2), (45, 3), (50, 4), (60, 5)], 60),  # two early; three more within half an hour
        ([(0, 1), (40, 2), (80, 3), (120, 4)], None),  # three, never within half an hour
    ],
)
def test_independent_sources_within_a_window(course: list[tuple[float, int]], pages_at: float | None) -> None:
    one = rule("independent_sources:>=3", window="30m")
    told = reasons(*(found(one, n, m, story=story(count, 0)) for n, (m, count) in enumerate(course, 1)))
    assert [m for (m, _), reason in zip(course, told, strict=True) if reason] == (
        [] if pages_at is None else [pages_at]
    )


def test_what_came_before_the_rule_is_not_counted_as_new() -> None:
    """The first match of an old story: how many sources it had half an hour ago is not known."""
    one = rule("independent_sources:>=3", window="30m")
    old = [found(one, n, 600 + n, story=story(count, 0)) for n, count in enumerate((5, 6, 7), 1)]
    assert reasons(*old) == [None, None, "first"]


@pytest.mark.parametrize(
    ("minutes", "more", "until"),
    [
        (0, "", None),  # 08:00 UTC is 11:00 in Baghdad
        (12 * 60 + 30, "", "2026-11-22T03:00:00.000Z"),  # 23:30
        (18 * 60, "", "2026-11-22T03:00:00.000Z"),  # 05:00 the next morning
        (19 * 60, "", None),  # 06:00: over
        (18 * 60, ", days: [sun]", None),  # the hours began on Saturday
        (18 * 60, ", days: [sat]", "2026-11-22T03:00:00.000Z"),
        (18 * 60, ", except: warning", None),
        (18 * 60, ", except: critical", "2026-11-22T03:00:00.000Z"),
    ],
)
def test_quiet_hours(minutes: float, more: str, until: str | None) -> None:
    one = rule(quiet_hours='{from: "23:00", to: "06:00", timezone: Asia/Baghdad' + more + "}")
    (alert,) = decided(AlertIndex(), found(one, 1, minutes))
    assert alert is not None
    assert alert.deliver_after == until


def test_annotations_are_filled_in_and_nothing_is_executed() -> None:
    one = rule(
        annotations='{a: "{killed} في {place}: {title}", b: "{{{missing|لا أحد}}}", c: "{agency}{url}"}'
    )
    hostile = altered(EVENT, title="{title} {0.__class__} %s ${x}\u202e\x00")
    (match,) = matches(one, hostile)
    assert [pair.value for pair in match.annotations] == [
        "3 في بغداد: {title} {0.__class__} %s ${x}  ", "{لا أحد}", "https://a.example/one",
    ]  # fmt: skip


def test_a_rule_that_fails_is_skipped_and_told() -> None:
    good, bad = rule(), msgspec.structs.replace(rule(annotations='{a: "x"}'), rule_id="bad")
    bad = msgspec.structs.replace(
        bad, annotations=(msgspec.structs.replace(bad.annotations[0], value="{nothing}"),)
    )
    found_matches, failures = RuleSet([bad, good]).match(EVENT)
    assert [one.rule_id for one in found_matches] == ["r"]
    assert [failure.rule_id for failure in failures] == ["bad"]


def test_a_rule_holds_from_its_start_on() -> None:
    from events.alert import Start

    late = RuleSet([msgspec.structs.replace(rule(), starts=(Start(partition=1, offset=5),))])
    assert not late.match(EVENT, 1, 4)[0]
    assert late.match(EVENT, 1, 5)[0]
    assert late.match(EVENT, 0, 0)[0]
    assert (late.reads(1, 4), late.reads(1, 5), late.reads(0, 0)) == (False, True, True)
    assert not RuleSet().reads(0, 0)


def test_rules_come_and_go() -> None:
    ruleset = RuleSet([rule()])
    ruleset.put(rule("زلزال"))
    assert not ruleset.match(EVENT)[0]
    ruleset.put(rule())
    assert ruleset.match(EVENT)[0]
    ruleset.remove("r")
    ruleset.remove("r")
    assert not ruleset.match(EVENT)[0]
    assert len(ruleset) == 0


ONE = rule(throttle="3 per 1h", repeat="2h", window="30m", count=2)
COURSE = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 4), st.integers(0, 300), st.integers(1, 6)), max_size=25
)


def course(drawn: list[tuple[int, int, int, int]]) -> list[Match]:
    return [
        found(ONE, number, minutes, story_id=f"s{group}", casualties=toll(killed))
        for number, group, minutes, killed in drawn
    ]


@given(COURSE, st.integers(0, 24))
def test_a_memory_rebuilt_anywhere_decides_the_same_to_the_byte(drawn: Any, cut: int) -> None:
    lived, store = AlertIndex(), {}
    rebuilt = AlertIndex(store)
    for number, match in enumerate(course(drawn)):
        if number == cut:
            rebuilt = AlertIndex(dict(sorted(store.items())))
            rebuilt.rebuild()
        first, second = lived.decide(match), rebuilt.decide(match)
        assert first == second
        lived.apply(first.changes)
        rebuilt.apply(second.changes)
        store |= dict(second.changes.put)


@given(COURSE)
def test_what_comes_again_gets_the_alert_it_got_at_first(drawn: Any) -> None:
    index, told = AlertIndex(), {}
    for match in course(drawn):
        (alert,) = decided(index, match)
        assert told.setdefault(match.event_id, alert) == alert
    for match in course(drawn):
        decision = index.decide(match)
        assert decision.redelivered
        index.apply(decision.changes)
        assert (decision.alert and encode(decision.alert)) == (
            told[match.event_id] and encode(told[match.event_id])
        )
    assert len({alert.alert_id for alert in told.values() if alert}) == sum(
        alert is not None for alert in told.values()
    )


def test_memory_is_bounded_and_a_date_from_the_future_does_not_empty_it() -> None:
    one = rule()
    index = AlertIndex(settings=AlertSettings(max_entries=50))
    for number in range(1, 200):
        list(decided(index, found(one, number, number, story_id=f"s{number}")))
    assert len(index) <= 50
    index = AlertIndex()
    list(decided(index, found(one, 1, 0), found(one, 2, 60 * 24 * 365 * 70, story_id="far")))
    assert list(decided(index, found(one, 3, 10))) == [None]


def test_a_quiet_group_is_forgotten_after_a_week() -> None:
    one, day = rule(), 24 * 60
    course = [
        found(one, 1, 0),
        *(found(one, n, n * day, story_id=f"s{n}") for n in range(2, 12)),
        found(one, 20, 11 * day),
    ]
    assert reasons(*course)[-1] == "first"


@pytest.mark.parametrize(
    ("hours", "occurred_at"),
    [
        ({"timezone": "Mars/X"}, None), ({"timezone": "../../etc/passwd"}, None), ({"timezone": "\x00"},
        None),
        ({"start": "99:99"}, None), ({"start": ""}, None), ({}, "9999-12-31T23:59:59.000Z"),
        ({}, "0001-01-01T00:00:00.000Z"),
    ],
)  # fmt: skip
def test_a_hostile_match_is_refused_and_nothing_else_happens(
    hours: dict[str, str], occurred_at: str | None
) -> None:
    match = found(rule(quiet_hours='{from: "00:00", to: "23:59", timezone: Asia/Baghdad}'), 1)
    quiet = msgspec.structs.replace(match.policy.quiet_hours, **hours)
    match = msgspec.structs.replace(
        match,
        policy=msgspec.structs.replace(match.policy, quiet_hours=quiet),
        occurred_at=occurred_at or at(0),
    )
    index = AlertIndex()
    with pytest.raises(Rejected):
        index.decide(match)
    assert len(index) == 0
