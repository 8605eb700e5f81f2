"""`marsad push`: raw articles from JSON lines into the raw topic."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from marsad.errors import Failure
from marsad.options import Broker, Data, TopicPrefix, command
from marsad.output import say
from marsad.settings import Settings, load

REFUSED = 3
PATIENCE_SECONDS = 60.0
"""How long a broker may be away before `push` gives up; calling it again goes on where it stopped."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "push",
        "marsad push archive.jsonl.gz --broker 127.0.0.1:9092",
    )
    def push(
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON lines, .gz, .zst")],
        broker: Broker = None,
        restart: Annotated[bool, typer.Option("--restart", help="begin anew, not where it stopped")] = False,
        data: Data = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Push raw articles into the raw topic; called again, it goes on where it stopped.

        Progress is kept below the data directory and moves only when the broker has acknowledged. A refused
        line is named on stderr and the others go on; the exit code is then 3.
        """
        settings = load({"broker": broker, "data": data, "topic_prefix": topic_prefix})
        return asyncio.run(_push(settings, files, restart))


async def _push(settings: Settings, files: list[Path], restart: bool) -> int:
    from connectors import push  # noqa: PLC0415  (aiokafka; not for --help)
    from connectors.publish import BrokerAway, NoTopic, Publisher  # noqa: PLC0415
    from events import topics  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415

    topic = topics.full_name(topics.RAW, settings.topic_prefix)
    try:
        async with Publisher(client_options(settings), PATIENCE_SECONDS) as publisher:
            done = await push.push(
                files,
                publisher,
                topic,
                settings.data / "push",
                on_refusal=lambda refusal: say(str(refusal)),
                on_note=say,
                restart=restart,
            )
    except (BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"progress cannot be kept below {settings.data}: {error.strerror}") from error
    say(f"{done.sent} records pushed to {topic}, {done.refused} lines refused")
    return REFUSED if done.refused else 0
