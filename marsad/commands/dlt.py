"""`marsad dlt list|show`: what was refused, and why."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import typer

from marsad.errors import Failure, Misuse
from marsad.options import Broker, Output, TopicPrefix, command, group
from marsad.output import emit, write_document
from marsad.settings import Settings, load

TOLD = ("stage", "reason", "error_message")


def register(app: typer.Typer) -> None:
    """Add the group."""
    dlt = group(
        "Dead letters: what was refused, and why", "marsad dlt list --broker 127.0.0.1:9092 --reason not_json"
    )
    app.add_typer(dlt, name="dlt")

    @command(dlt, "list", "marsad dlt list --broker 127.0.0.1:9092 --reason not_json")
    def list_(
        broker: Broker = None,
        reason: Annotated[str | None, typer.Option(help="only those with this reason")] = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """List the dead letters of all topics, oldest first within a partition."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        rows = asyncio.run(_rows(settings))
        emit((row for row in rows if reason in (None, row["reason"])), output)

    @command(dlt, "show", "marsad dlt show news.articles.raw.v1.dlt/3/17 --broker 127.0.0.1:9092")
    def show(
        position: Annotated[
            str, typer.Argument(metavar="TOPIC/PARTITION/OFFSET", help="as `dlt list` has it")
        ],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """Show one dead letter whole: key, headers, and the value as JSON, text or base64."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        write_document(asyncio.run(_one(settings, position)), output)


async def _rows(settings: Settings) -> list[dict[str, Any]]:
    from marsad.reading import as_document  # noqa: PLC0415  (aiokafka; not for --help)

    return [_row(as_document(record)) async for record in _letters(settings)]


async def _letters(settings: Settings) -> AsyncIterator[Any]:
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from events import topics  # noqa: PLC0415
    from marsad.accounting import read_all  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    try:
        for topic in topics.CONSUMED:
            name = topics.full_name(topic.dead_letters(), settings.topic_prefix)
            async for record in read_all(options, name):
                yield record
    except LookupError as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error


def _row(document: dict[str, Any]) -> dict[str, Any]:
    headers = document["headers"]
    told = {name: headers.get(f"news_dlt_{name}") for name in TOLD}
    return {
        "position": f"{document['topic']}/{document['partition']}/{document['offset']}",
        "timestamp_ms": document["timestamp_ms"],
        "key": document["key"],
        **told,
        "origin": headers.get("news_origin"),
    }


async def _one(settings: Settings, position: str) -> dict[str, Any]:
    from marsad.reading import as_document  # noqa: PLC0415

    if position.count("/") != 2:
        raise Misuse(f"dlt show: {position!r} is no TOPIC/PARTITION/OFFSET")
    async for record in _letters(settings):
        if f"{record.topic}/{record.partition}/{record.offset}" == position:
            return as_document(record)
    raise Failure(f"no dead letter at {position}; `marsad dlt list` shows them")
