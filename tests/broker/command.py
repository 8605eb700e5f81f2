"""`marsad broker` as a user runs it: a process, its stdout, its end."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

READY_SECONDS = 120.0


def await_true(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll a condition of another process, which cannot be awaited, until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Tell whether a process runs; a dead one whose parent has not looked yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


class BrokerCommand:
    """A running `marsad broker`; leaving the block ends it."""

    def __init__(self, data: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-m", "marsad.cli", "broker", "--data", str(data), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | (environment or {}),
            text=True,
        )

    def ready(self) -> tuple[str, int]:
        """Await the ready line, the first on stdout; give host and port."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        assert readable, "no ready line"
        line = self.process.stdout.readline()
        found = re.fullmatch(r"ready ([0-9.]+):(\d+)\n", line)
        assert found, (line, self.process.stderr.read() if self.process.stderr else "")
        return found[1], int(found[2])

    def java(self) -> list[int]:
        """Give the process ids of the Javas below this data directory."""
        return [int(path.read_text()) for path in sorted(self.data.glob("kafka/node-*/java.pid"))]

    def end(self) -> tuple[int, str]:
        """Await the end; give exit code and stderr."""
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)
