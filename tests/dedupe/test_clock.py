"""The shard's clock: a day at a time freely, further only with witnesses."""

from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.clock import HEARD, Told, Witnesses, moved

DAY = 24 * 60 * 60 * 1000
records = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 40)), min_size=1, max_size=90)


def run(history: list[tuple[str, int]]) -> list[int]:
    """The clock, in days, after each record of (source, day)."""
    witnesses, clocks = Witnesses(), list[int]()
    for seq, (source, day) in enumerate(history):
        before = clocks[-1] if clocks else day * DAY
        clocks.append(moved(before, day * DAY, source, witnesses.told, DAY))
        witnesses.add(seq, source, day * DAY)
    return [clock // DAY for clock in clocks]


@given(records)
def test_it_never_goes_back_nor_beyond_what_was_said(history: list[tuple[str, int]]) -> None:
    clocks = run(history)
    assert clocks == sorted(clocks)
    assert all(clock <= max(day for _, day in history[: at + 1]) for at, clock in enumerate(clocks))


def test_one_source_alone_moves_it_a_day_beyond_the_others() -> None:
    assert run([("a", 0), ("b", 0), *[("x", 9_000 + n) for n in range(60)], ("a", 0)])[-1] == 1


def test_after_a_long_sleep_it_follows_when_half_have_spoken() -> None:
    assert run([("a", 0), ("b", 0), ("c", 0), ("a", 30), ("b", 30), ("c", 30)]) == [0, 0, 0, 1, 30, 30]


def test_a_lone_source_moves_it_a_day_a_record() -> None:
    assert run([("a", 0), ("a", 9_000), ("a", 9_000), ("a", 3)]) == [0, 1, 2, 3]


@given(st.lists(st.booleans(), max_size=200))
def test_witnesses_are_the_last_that_are_left(history: list[bool]) -> None:
    witnesses, left = Witnesses(), list[Told]()
    for seq, added in enumerate(history):
        if not added and left:
            witnesses.drop(left.pop(0)[0])
        witnesses.add(seq, "a", seq)
        left.append((seq, "a", seq))
        assert witnesses.told() == tuple(told for told in left if told[0] > seq - HEARD)
