"""`marsad lag`: how far behind each stage is."""

import asyncio
import dataclasses
import time
from typing import Annotated, Any

import typer

from marsad.errors import Failure
from marsad.options import Broker, HealthHost, HealthPort, Output, TopicPrefix, command
from marsad.output import emit, say
from marsad.settings import Settings, load

DEFAULT_PORT = 9308
"""kafka_exporter's."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "lag", "marsad lag --broker 127.0.0.1:9092", "marsad lag --serve --health-port 9300")
    def lag(
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
        serve: Annotated[
            bool,
            typer.Option("--serve", help="measure for ever, for Prometheus, under kafka_exporter's names"),
        ] = False,
        health_port: HealthPort = None,
        health_host: HealthHost = None,
    ) -> None:
        """Show for each stage how many records, and how many seconds, it is behind.

        With --serve, /metrics at --health-port (default 9308) tells the same, partition by partition.
        """
        flags = {"broker": broker, "topic_prefix": topic_prefix}
        settings = load(flags | {"health_port": health_port, "health_host": health_host})
        if serve:
            asyncio.run(_serve(settings))
            return
        emit(asyncio.run(_lags(settings)), output)


async def _serve(settings: Settings) -> None:
    from marsad import logs  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.lagging import Lagging  # noqa: PLC0415
    from marsad.watched import telling  # noqa: PLC0415
    from streams.engine.probes import HealthAddress  # noqa: PLC0415

    logs.to_stderr(settings)
    lagging = Lagging(client_options(settings), settings.topic_prefix)
    port = DEFAULT_PORT if settings.health_port is None else settings.health_port
    stop = stop_event()
    async with telling(lagging, HealthAddress(settings.health_host, port), "lag", say):
        await lagging.run(stop)


async def _lags(settings: Settings) -> list[dict[str, Any]]:
    from aiokafka.errors import KafkaError  # noqa: PLC0415  (not for --help)

    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.lag import all_lags  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    now = int(time.time() * 1000)
    try:
        return [dataclasses.asdict(one) for one in await all_lags(options, settings.topic_prefix, now)]
    except LookupError as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error
