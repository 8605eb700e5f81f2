"""The tests against a real Alertmanager."""

from typing import Any

from tests.programs import Needs

ALERTMANAGER = Needs(
    "tests/sinks", ("test_alertmanager.py",), ("prometheus-alertmanager", "amtool"), "prometheus-alertmanager"
)
collect_ignore = ALERTMANAGER.ignored()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    ALERTMANAGER.tell(terminalreporter)
