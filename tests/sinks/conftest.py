"""Tests against programs of the system: where one is missing, one line says so and the rest runs."""

import os
import shutil
from typing import Any

PROGRAMS = {"test_alertmanager.py": ("prometheus-alertmanager", "amtool")}
REQUIRED = "MARSAD_TEST_REQUIRES"
"""Set by .ci/run: the programs without which the tests must fail instead."""

missing = {
    file: [one for one in programs if shutil.which(one) is None and one not in os.environ.get(REQUIRED, "")]
    for file, programs in PROGRAMS.items()
}
collect_ignore = [file for file, programs in missing.items() if programs]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for file, programs in missing.items():
        if programs:
            what = f"no {' and no '.join(programs)} (apt-get install prometheus-alertmanager)"
            terminalreporter.write_line(f"not run: tests/sinks/{file}: {what}")
