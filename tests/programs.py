"""Tests that drive programs of the system: where one is missing, one line says so and the rest runs.

A `conftest.py` beside such tests names them in a `Needs` and takes over its two members.
"""

import os
import shutil
from dataclasses import dataclass
from typing import Any

REQUIRED = "MARSAD_TEST_REQUIRES"
"""Set by .ci/run: the programs without which the tests must fail instead."""


@dataclass(frozen=True)
class Needs:
    """Test files of one directory, and the programs that they drive; of a Debian package, or `by` others."""

    directory: str
    files: tuple[str, ...]
    programs: tuple[str, ...]
    package: str
    by: str = "apt-get install"

    @property
    def missing(self) -> list[str]:
        """The programs that are not there and that nobody insists on."""
        insisted = os.environ.get(REQUIRED, "").split()
        return [one for one in self.programs if shutil.which(one) is None and one not in insisted]

    def ignored(self) -> list[str]:
        """The files that cannot be run here, for `collect_ignore`."""
        return list(self.files) if self.missing else []

    def tell(self, reporter: Any) -> None:
        """Say in one line what was not run, for `pytest_terminal_summary`."""
        if self.missing:
            what = f"no {' and no '.join(self.missing)} ({self.by} {self.package})"
            reporter.write_line(f"not run: {self.directory}/{', '.join(self.files)}: {what}")
