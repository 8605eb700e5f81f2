"""The partition store: a mapping on disk that remembers which writes the changelog still lacks."""

import random
from pathlib import Path

import pytest
from rocksdict import Options, Rdict

from streams.engine.state import POSITION_KEY, WRITE_BUFFER, PartitionStore, is_damage, mark_of


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
    store.reached(41)
    store.delivered(b"ar/1", b"one", 41)
    store.close()
    again = PartitionStore(tmp_path / "p")
    assert (again["ar/1"], again.position, len(again), list(again)) == (b"one", 42, 1, ["ar/1"])
    assert again.mark == mark_of(b"ar/1", b"one") != mark_of(b"ar/1", b"on") != mark_of(b"ar/", b"1one")
    again.close()


def test_the_position_of_an_earlier_build_is_read_too(tmp_path: Path) -> None:
    database = Rdict(str(tmp_path / "p"), options=Options(raw_mode=True))
    database[POSITION_KEY] = b"42"
    database.close()
    store = PartitionStore(tmp_path / "p")
    assert (store.position, store.mark) == (42, None)
    store.close()


def test_cleared_it_is_as_if_new(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.restore([(b"a", b"1")], 30)
    store.clear()
    assert (dict(store.items()), store.position, store.mark) == ({}, 0, None)
    store.close()


def test_what_it_holds_in_memory_does_not_grow_with_what_is_written(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    most = 0
    for number in range(400):
        store[f"ar/{number:012d}"] = random.Random(number).randbytes(100_000)
        store.take_unsent()
        most = max(most, store.buffered)
    assert 0 < most <= 3 * WRITE_BUFFER
    store.close()


def test_opening_it_often_does_not_fill_the_disk_with_the_database_s_own_logs(tmp_path: Path) -> None:
    for _ in range(8):
        PartitionStore(tmp_path / "p").close()
    assert len(list((tmp_path / "p").glob("LOG*"))) <= 3


def test_changelog_records_bring_entries_and_tombstones(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.restore([(b"a", b"1"), (b"b", b"2"), (b"a", None)], 30)
    assert (dict(store.items()), store.position, store.take_unsent()) == ({"b": b"2"}, 30, ())
    store.close()


def test_the_position_moves_over_writes_of_our_own_alone(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.delivered(b"ar/1", b"one", 0)
    store.delivered(b"ar/2", None, 1)
    assert (store.position, store.mark) == (2, mark_of(b"ar/2", None))
    store.delivered(b"ar/9", b"nine", 9)
    store.delivered(b"ar/10", b"ten", 10)
    store.delivered(b"ar/1", b"one", 0)
    assert store.position == 2
    store.close()


def test_the_end_of_a_reading_moves_the_position_over_what_was_compacted_away(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "p")
    store.restore([(b"a", b"1")], 30)
    store.reached(33)
    store.reached(31)
    store.delivered(b"b", b"2", 33)
    store.close()
    store = PartitionStore(tmp_path / "p")
    assert (store.position, store.mark) == (34, mark_of(b"b", b"2"))
    store.close()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_damaged_block_never_passes_for_the_end(tmp_path: Path, share: float) -> None:
    store = PartitionStore(tmp_path / "db")
    written = {f"ar/{number:012d}": random.Random(number).randbytes(500) for number in range(400)}
    store.update(written)
    store.close()
    (file,) = (tmp_path / "db").glob("*.sst")
    with file.open("r+b") as opened:
        opened.seek(int(file.stat().st_size * share))
        opened.write(b"\xee" * 64)
    store = PartitionStore(tmp_path / "db")
    with pytest.raises(Exception, match=r"Corruption|could be read") as raised:
        list(store.items())
    assert is_damage(raised.value)


def test_an_undamaged_database_is_read_to_its_end(tmp_path: Path) -> None:
    store = PartitionStore(tmp_path / "db")
    assert list(store.items()) == []
    store.update({"ar/1": b"one", "en/1": b"two"})
    assert list(store.items()) == [("ar/1", b"one"), ("en/1", b"two")]
    del store["en/1"]
    assert list(store.items()) == [("ar/1", b"one")]
    store.delivered(b"ar/1", b"one", 0)
    store.close()
    assert list(PartitionStore(tmp_path / "db").items()) == [("ar/1", b"one")]
