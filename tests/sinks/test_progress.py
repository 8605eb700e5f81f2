"""What is committed: the first offset not done, and those done beyond it."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.sinks.progress import MAX_METADATA, Progress


@given(st.integers(0, 10**9), st.lists(st.booleans(), max_size=60), st.integers(0, 60))
def test_a_successor_takes_exactly_what_was_not_done(start: int, done: list[bool], begun: int) -> None:
    first = Progress(start)
    for number in range(min(begun, len(done))):
        assert first.begin(start + number)
    for number in range(min(begun, len(done))):
        if done[number]:
            first.finish(start + number)
    position, metadata = first.commit()
    assert position >= start
    successor = Progress(position, metadata)
    again = [offset for offset in range(position, start + len(done)) if successor.begin(offset)]
    wanted = [start + number for number in range(len(done)) if number >= begun or not done[number]]
    assert again == [offset for offset in wanted if offset >= position] == wanted


def test_metadata_keeps_the_brokers_limit() -> None:
    progress = Progress(0)
    for offset in range(10_000):
        progress.begin(offset)
        if offset % 2:
            progress.finish(offset)
    position, metadata = progress.commit()
    assert position == 0
    assert len(metadata) <= MAX_METADATA
    assert not Progress(0, metadata).begin(1)


def test_strange_metadata_is_none() -> None:
    for metadata in ("", "x", "done:", "done:1-", "done:a", "done:0-99999999999999", "done:1,,2", "done:-1"):
        assert Progress(7, metadata).begin(7)
