"""The memories of a worker, as far as they need no broker."""

import logging
import shutil
from pathlib import Path

import pytest

from streams.dedupe import Index
from streams.engine.memory import Kind, Memories, Memory
from streams.engine.state import PartitionStore


def test_a_database_whose_directory_was_deleted_does_not_spoil_an_orderly_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = PartitionStore(tmp_path / "dedupe-0")
    memories = Memories(tmp_path, {}, Kind("dedupe", "changelog", Index))
    memories._open[0] = Memory(store, Index(store))
    store["ar/1"] = b"entry"
    shutil.rmtree(tmp_path / "dedupe-0")
    with caplog.at_level(logging.WARNING, "marsad.engine"):
        memories.close()
    assert len(memories) == 0
    assert "partition 0 was not closed in order" in caplog.text
