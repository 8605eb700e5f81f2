"""`marsad lag`: how far behind each stage is."""

import asyncio
import dataclasses
import time
from typing import Any

import typer

from marsad.errors import Failure
from marsad.options import Broker, Output, TopicPrefix, command
from marsad.output import emit
from marsad.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "lag", "marsad lag --broker 127.0.0.1:9092")
    def lag(broker: Broker = None, topic_prefix: TopicPrefix = None, output: Output = None) -> None:
        """Show for each stage how many records, and how many seconds, it is behind."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        emit(asyncio.run(_lags(settings)), output)


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
