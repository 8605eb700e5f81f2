"""A stage worker with a fault built in: `python -m tests.chaos.worker STAGE [OPTIONS]`.

It is the production worker but for what the options say; broker, data directory and prefix come from the
environment. What it is about to do to itself it says on stderr, in a line that begins with `fault:`.
"""

import argparse
import asyncio
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from typing import Any

from marsad import logs
from marsad.engine import engine_settings
from marsad.interrupts import stop_event
from marsad.settings import load
from streams.engine.records import Incoming
from streams.engine.state import PartitionStore
from streams.engine.worker import run_stage

POINTS = ("after-state", "after-send", "before-ack", "before-commit")


def say(what: str) -> None:
    print(f"fault: {what}", file=sys.stderr, flush=True)


class AtPoint:
    """Counts the events that pass a point, and at the Nth kills or delays this process."""

    def __init__(self, point: str | None, nth: int, seconds: float) -> None:
        self.point, self.left, self.seconds = point, nth, seconds

    def __call__(self, point: str, incoming: Incoming) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left != 0:
            return
        if self.seconds:
            say(f"{point} takes {self.seconds:.0f} s")
            time.sleep(self.seconds)
            say("awake again")
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def restore_slowly(seconds: float) -> None:
    """Let every batch of a recovery take so long, as with a changelog of millions on a slow disk."""
    plain = PartitionStore.restore

    def slowly(self: PartitionStore, *given: Any) -> None:
        say(f"restoring for {seconds:.0f} s")
        time.sleep(seconds)
        plain(self, *given)

    PartitionStore.restore = slowly  # type: ignore[method-assign]


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond `size` bytes: a write fails as on a full disk (EFBIG)."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


async def main(given: argparse.Namespace) -> None:
    logs.to_stderr()
    settings = await engine_settings(load(), given.stage)
    if given.rebalance:
        settings = replace(settings, rebalance_seconds=given.rebalance)
    if given.restore_pause:
        restore_slowly(given.restore_pause)
    if given.file_limit:
        limit_files(given.file_limit)
    fault = AtPoint(given.point, given.nth, given.sleep)
    await run_stage(given.stage, settings, stop_event(), fault=fault)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--point", choices=POINTS, help="where the fault happens")
    parser.add_argument("--nth", type=int, default=1, help="at which event there")
    parser.add_argument("--sleep", type=float, default=0.0, help="delay for so many seconds; 0: kill -9")
    parser.add_argument("--rebalance", type=float, default=0.0, help="rebalance time-out, seconds")
    parser.add_argument("--restore-pause", type=float, default=0.0, help="seconds for a batch of a recovery")
    parser.add_argument("--file-limit", type=int, default=0, help="bytes that a file may have")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
