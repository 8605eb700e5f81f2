"""A place below the data directory carries a worker's state and id from one process to its successor."""

import os
from pathlib import Path

from streams.engine.slots import claim


def test_two_workers_on_one_directory_take_two_places(tmp_path: Path) -> None:
    first, second = claim(tmp_path, "dedupe"), claim(tmp_path, "dedupe")
    assert first.directory != second.directory
    assert first.instance_id != second.instance_id


def test_a_successor_takes_over_the_place_and_the_id(tmp_path: Path) -> None:
    first = claim(tmp_path, "dedupe")
    os.close(first.descriptor)  # what the system does at kill -9
    second = claim(tmp_path, "dedupe")
    assert (second.directory, second.instance_id) == (first.directory, first.instance_id)


def test_stages_have_places_of_their_own(tmp_path: Path) -> None:
    assert claim(tmp_path, "tag").directory.name == "tag-0"
    assert claim(tmp_path, "dedupe").directory.name == "dedupe-0"


def test_a_given_id_wins(tmp_path: Path) -> None:
    assert claim(tmp_path, "tag", "pod-3").instance_id == "pod-3"
