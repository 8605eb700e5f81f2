"""`marsad web`: the live page."""

import asyncio
import signal
from typing import Annotated

import typer

from marsad.options import Broker, Data, TopicPrefix, command
from marsad.output import say
from marsad.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "web", "marsad web --broker 127.0.0.1:9092 --port 8800")
    def web(
        broker: Broker = None,
        port: Annotated[
            int | None, typer.Option(min=0, max=65535, help="port (MARSAD_WEB_PORT); 0 takes a free one")
        ] = None,
        host: Annotated[
            str | None, typer.Option(help="address to serve at (MARSAD_WEB_HOST); needs a token if not local")
        ] = None,
        topic_prefix: TopicPrefix = None,
        data: Data = None,
    ) -> None:
        """Serve the live page until Ctrl-C: stories as they develop, newest first.

        It answers to this machine only, unless --host says otherwise and MARSAD_WEB_TOKEN is set: then
        to whoever opens /?token=… once. Says on stderr where it is.
        """
        flags = {
            "broker": broker,
            "web_port": port,
            "web_host": host,
            "topic_prefix": topic_prefix,
            "data": data,
        }
        asyncio.run(_serve(load(flags)))


async def _serve(settings: Settings) -> None:
    from marsad import logs  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415  (aiokafka, aiohttp; not for --help)
    from marsad.parent import end_with_parent  # noqa: PLC0415
    from marsad.web import serve  # noqa: PLC0415

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run made it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    end_with_parent()
    logs.to_stderr(settings)
    try:
        await serve(
            client_options(settings),
            settings.topic_prefix,
            settings.web_host,
            settings.web_port,
            settings.web_token,
            lambda address: say(f"the page is at {address}"),
            any_port=settings.origins.get("web_port") == "default",
        )
    except asyncio.CancelledError:
        say("the page is closed")
