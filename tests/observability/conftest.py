"""The tests against a real Prometheus and promtool."""

from typing import Any

from tests.pipeline.conftest import producer, workers
from tests.programs import Needs

__all__ = ["producer", "workers"]

PROMETHEUS = Needs(
    "tests/observability", ("test_rules.py", "test_prometheus.py"), ("prometheus", "promtool"), "prometheus"
)
collect_ignore = PROMETHEUS.ignored()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    PROMETHEUS.tell(terminalreporter)
