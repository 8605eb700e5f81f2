"""docs/operations.md: every command in it is accepted, every figure it names is told, every file is there."""

import re
import shlex

import pytest

from events.wire import ORIGIN_HEADER, REPLAY_OF_HEADER
from tests.deploy import accepted
from tests.deploy.generate import FIGURES
from tests.observability.files import alert_rules

PAGE = (accepted.ROOT / "docs" / "operations.md").read_text("utf-8")
COMMANDS = sorted({line for line in re.findall(r"`marsad ([a-z][^`]*)`", PAGE) if line != "dlt"})


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_is_one_of_ours(line: str) -> None:
    accepted.command(shlex.split(line))


def test_each_variable_and_figure_is_one_of_ours() -> None:
    assert COMMANDS
    assert set(re.findall(r"\bMARSAD_[A-Z_]+", PAGE)) - accepted.VARIABLES == set()
    named = set(re.findall(r"\bnews_[a-z_]+", PAGE)) - {REPLAY_OF_HEADER, ORIGIN_HEADER}
    assert named
    assert named <= {name for figures in FIGURES.values() for name in figures}
    assert set(re.findall(r"\bMarsad[A-Z]\w+", PAGE)) == {rule["alert"] for rule in alert_rules()}


def test_each_path_of_this_project_is_there() -> None:
    for path in re.findall(r"\b(?:k8s|streams|docs)/[\w./-]+\w", PAGE):
        assert (accepted.ROOT / path).exists(), path
