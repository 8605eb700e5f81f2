"""`marsad connectors` that kills itself at a named point: `python -m tests.recovery.connector OPML POINT`.

It is the production worker but for the fault it is given; everything else comes from the environment.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from connectors.feeds.errand import Point
from connectors.feeds.worker import run
from connectors.publish import Publisher
from marsad import logs
from marsad.connection import client_options
from marsad.feeding import options_of, subscriptions
from marsad.output import say
from marsad.polling import Polling
from marsad.settings import load

POINTS: tuple[Point, ...] = ("after-fetch", "after-articles", "after-state", "after-health")


def kill_at(point: Point, _: str) -> None:
    """Where the wanted point is reached, end this process as kill -9 does."""
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)


async def main(feeds: Path) -> None:
    settings = load()
    logs.to_stderr(settings)
    sources, _ = subscriptions(feeds, say)
    options = replace(options_of(settings, say, Polling()), fault=kill_at)
    async with Publisher(client_options(settings)) as publisher:
        await run(sources, publisher, options, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
