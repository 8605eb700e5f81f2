"""A stage worker that kills itself at a named point: `python -m tests.chaos.worker STAGE POINT N`.

It is the production worker but for the fault it is given; broker, data directory and prefix come from the
environment. POINT is one of POINTS below; at the Nth event there it sends itself SIGKILL.
"""

import asyncio
import os
import signal
import sys

from marsad import logs
from marsad.engine import engine_settings
from marsad.settings import load
from streams.engine.records import Incoming
from streams.engine.worker import run_stage

POINTS = ("after-state", "after-send", "before-ack", "before-commit")


class KillAt:
    """Counts the events that pass a point, and ends this process at the Nth."""

    def __init__(self, point: str, nth: int) -> None:
        self.point, self.left = point, nth

    def __call__(self, point: str, incoming: Incoming) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def main(stage: str, point: str, nth: int) -> None:
    logs.to_stderr()
    await run_stage(stage, await engine_settings(load(), stage), asyncio.Event(), fault=KillAt(point, nth))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
