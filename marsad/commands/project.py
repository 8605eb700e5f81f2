"""`marsad project`: the enriched log in another format, as a topic."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from marsad.errors import Failure
from marsad.interrupts import end_on_signals
from marsad.options import Broker, TopicPrefix, command
from marsad.output import say
from marsad.settings import Settings, load


class Shape(StrEnum):
    """The formats; `tail --format` shows the same."""

    NINJS = "ninjs"
    NEWSARTICLE = "newsarticle"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "project", "marsad project ninjs --broker 127.0.0.1:9092")
    def project(
        shape: Annotated[Shape, typer.Argument(metavar="ninjs|newsarticle", help="which format")],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> None:
        """Keep a topic with every enriched event as ninjs 3.1 or schema.org NewsArticle, until Ctrl-C.

        The topic is news.articles.ninjs.v1 or news.articles.newsarticle.v1, made where it is missing; nothing
        else of the pipeline needs it. Several may run; each goes on where the last one stopped.
        """
        end_on_signals()
        asyncio.run(_project(load({"broker": broker, "topic_prefix": topic_prefix}), shape))


async def _project(settings: Settings, shape: Shape) -> None:
    from aiokafka.errors import KafkaError  # noqa: PLC0415  (not for --help)

    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.parent import end_with_parent  # noqa: PLC0415
    from marsad.projecting import keep  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    end_with_parent()
    try:
        await keep(options, settings.topic_prefix, shape.value, stop_event(), say, settings.replication)
    except LookupError as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error
