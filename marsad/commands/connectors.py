"""`marsad connectors`: polls feeds for ever."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from marsad.commands.run import SAMPLE_FEEDS
from marsad.errors import Misuse
from marsad.options import Broker, Data, HealthHost, HealthPort, TopicPrefix, command
from marsad.output import say
from marsad.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "connectors", "marsad connectors --broker 127.0.0.1:9092 --feeds my.opml")
    def connectors(
        broker: Broker = None,
        feeds: Annotated[
            Path | None,
            typer.Option(metavar="OPML", help="a list to subscribe to first; what was removed stays so"),
        ] = None,
        data: Data = None,
        topic_prefix: TopicPrefix = None,
        health_port: HealthPort = None,
        health_host: HealthHost = None,
    ) -> None:
        """Poll the subscribed feeds for ever, politely, and publish what is new or changed.

        What `marsad feeds add` subscribes is polled at once; several connectors share the feeds. Where
        nothing is subscribed and no list is named, the samples are (seeds/feeds.opml, where it is).

        A feed's state moves only when the broker has acknowledged, so nothing that was fetched is lost; what
        is sent twice is a repeat downstream. One bad feed never stops the others.
        """
        flags = {
            "broker": broker,
            "data": data,
            "topic_prefix": topic_prefix,
            "health_port": health_port,
            "health_host": health_host,
        }
        settings = load(flags)
        asyncio.run(_connectors(settings, feeds))


async def _connectors(settings: Settings, feeds: Path | None) -> None:
    from marsad import logs  # noqa: PLC0415  (aiokafka, aiohttp, lxml; not for --help)
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.feeding import poll_for_ever, subscriptions  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.parent import end_with_parent  # noqa: PLC0415

    logs.to_stderr(settings)
    options = client_options(settings)
    samples = feeds is None
    chosen = SAMPLE_FEEDS if samples and SAMPLE_FEEDS.is_file() else feeds
    if chosen is not None and not chosen.is_file():
        raise Misuse(f"connectors: {chosen} is no file; --feeds takes an OPML list")
    sources, _ = subscriptions(chosen.absolute(), say) if chosen else ([], True)
    stop = stop_event()
    end_with_parent()
    if not samples:
        say(f"{len(sources)} feeds in {chosen}")
    await poll_for_ever(settings, options, sources, stop, say, samples=samples)
