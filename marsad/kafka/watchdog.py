"""The parent of one Kafka process: ends it when whoever started it goes away, however that happens.

Run as `python -I -S watchdog.py PID_FILE COMMAND...` in a session of its own, with a pipe as stdin whose
other end only the starter holds. The kernel closes that end when the starter dies, also on kill -9, on
Linux and on macOS alike; that is why this is a process and not prctl(PR_SET_PDEATHSIG), which Linux alone
has and which fires when the *thread* that forked ends. A forked child of the starter may hold the pipe open
by accident, so a changed parent id counts as well.

    "stop" on stdin   orderly stop, ORDERLY seconds
    end of stdin      the starter is gone: orderly stop, ORPHANED seconds, then kill
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

ORDERLY = 10.0
ORPHANED = 3.0
"""Kafka survives kill -9, and a user who killed its parent wants the port back soon."""
TICK = 0.25


def main(arguments: list[str]) -> int:
    """Start the command, watch it and its starter, give back its exit code."""
    starter = os.getppid()
    asked: list[float] = []
    _on_signals(lambda: asked.append(ORDERLY))
    child = subprocess.Popen(  # noqa: S603
        arguments[1:],
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  (we have one thread)
        close_fds=False,  # the lock on the data directory lasts as long as the child
    )
    _write_at_once(Path(arguments[0]), str(child.pid))
    while child.poll() is None and not asked:
        grace = _told_to_stop(starter)
        if grace is not None:
            asked.append(grace)
    if asked:
        _end(child, asked[0])
    with contextlib.suppress(FileNotFoundError):
        Path(arguments[0]).unlink()
    return child.wait()


def _write_at_once(path: Path, text: str) -> None:
    """Write the file so that nobody ever reads it empty."""
    written = path.with_suffix(".new")
    written.write_text(text)
    written.replace(path)


def _told_to_stop(starter: int) -> float | None:
    """Wait a tick; give the seconds of grace where the child has to end, else None."""
    readable, _, _ = select.select([0], [], [], TICK)
    if readable:
        return ORDERLY if os.read(0, 64) else ORPHANED
    return ORPHANED if os.getppid() != starter else None


def _end(child: "subprocess.Popen[bytes]", grace: float) -> None:
    child.terminate()
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()


def _on_signals(ask: Callable[[], None]) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        ask()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)


def _die_with_parent() -> None:
    """Have Linux end the child should this process itself be killed: with one thread the signal is exact."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(abs(main(sys.argv[1:])))
