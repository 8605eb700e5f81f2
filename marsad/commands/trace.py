"""`marsad trace`: one article through all stages."""

import asyncio
from typing import Annotated

import typer

from marsad.errors import Failure
from marsad.options import Broker, Output, TopicPrefix, command
from marsad.output import emit
from marsad.settings import load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "trace", "marsad trace 4f1c2a9be07d5536 --broker 127.0.0.1:9092")
    def trace(
        article_id: Annotated[str, typer.Argument(metavar="ARTICLE_ID", help="as every event has it")],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """Follow one article through all topics: each record of it, where it stands and what it says.

        Reads the normalized and the dead-letter topics whole, of the others one partition each.
        """
        from aiokafka.errors import KafkaError  # noqa: PLC0415  (not for --help)

        from marsad.connection import client_options  # noqa: PLC0415
        from marsad.topics import unreachable  # noqa: PLC0415
        from marsad.trace import trace as follow  # noqa: PLC0415

        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        options = client_options(settings)
        try:
            rows = asyncio.run(follow(options, settings.topic_prefix, article_id))
        except LookupError as error:
            raise Failure(str(error)) from error
        except KafkaError as error:
            raise unreachable(options, error) from error
        if not rows:
            raise Failure(f"no record of article {article_id}; `marsad tail -o json` shows what there is")
        emit(rows, output)
