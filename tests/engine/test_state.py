"""The partition store: a mapping on disk that remembers which writes the changelog still lacks."""

from pathlib import Path

from streams.engine.state import PartitionStore


def test_writes_are_there_at_once_and_wait_to_be_sent_in_order(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store["ar/2"] = b"two"
    store["ar/1"] = b"one"
    del store["ar/2"]
    assert dict(store.items()) == {"ar/1": b"one"}
    assert store.take_unsent() == (("ar/2", b"two"), ("ar/1", b"one"), ("ar/2", None))
    assert store.take_unsent() == ()
    store.close()


def test_it_opens_again_with_entries_and_position(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store["ar/1"] = b"one"
    store.delivered(41)
    store.close()
    again = PartitionStore(tmp_path / "p")
    assert (again["ar/1"], again.position, len(again), list(again)) == (b"one", 42, 1, ["ar/1"])
    again.close()


def test_changelog_records_bring_entries_and_tombstones(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.restore([(b"a", b"1"), (b"b", b"2"), (b"a", None)], 30)
    assert (dict(store.items()), store.position, store.take_unsent()) == ({"b": b"2"}, 30, ())
    store.close()


def test_a_delivery_report_out_of_order_never_moves_the_position_back(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.delivered(9)
    store.delivered(3)
    assert store.position == 10
    store.close()
