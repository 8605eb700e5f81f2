"""`marsad schema [NAME]`: the JSON Schemas of the records; `marsad schema asyncapi`: the whole contract."""

from typing import Annotated, Any

import typer

from marsad.errors import Misuse
from marsad.options import Output, Partitions, TopicPrefix, command
from marsad.output import write_document
from marsad.settings import load

ASYNCAPI = "asyncapi"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "schema",
        "marsad schema EnrichedArticle",
        "marsad schema asyncapi > asyncapi.json",
        "marsad schema EnrichedArticle --connect -o json > enriched.schema",
    )
    def schema(
        name: Annotated[
            str | None, typer.Argument(metavar="[NAME|asyncapi]", help="a record; all of them without it")
        ] = None,
        topic_prefix: TopicPrefix = None,
        partitions: Partitions = None,
        connect: Annotated[
            bool, typer.Option("--connect", help="the schema of NAME for Kafka Connect's JsonConverter")
        ] = False,
        output: Output = None,
    ) -> None:
        """Print the JSON Schema (2020-12) of one record, or of all as one object by name.

        `asyncapi` prints the AsyncAPI 3.1 document instead: every topic with its key, policy, headers and
        record, under the prefix and partition count of the settings.
        """
        if connect:
            write_document(_connect(name), output)
        elif name == ASYNCAPI:
            write_document(_asyncapi(topic_prefix, partitions), output)
        else:
            write_document(_schemas(name), output)


def _schemas(name: str | None) -> dict[str, Any]:
    from events import schema  # noqa: PLC0415  (all the values; not for --help)

    known = {one.lower(): one for one in schema.names()}
    if name is None:
        return {one: schema.schema(one) for one in schema.names()}
    if name.lower() not in known:
        raise Misuse(f"no schema {name!r}; one of {', '.join((*schema.names(), ASYNCAPI))}")
    return schema.schema(known[name.lower()])


def _connect(name: str | None) -> dict[str, Any]:
    from events.connect import connect_schema  # noqa: PLC0415

    known = {one.__name__.lower(): one.__name__ for one in _records()}
    if name is None or name.lower() not in known:
        raise Misuse(f"--connect wants a record: one of {', '.join(known.values())}")
    return connect_schema(known[name.lower()])


def _records() -> tuple[type, ...]:
    from events.schema import RECORDS  # noqa: PLC0415

    return RECORDS


def _asyncapi(topic_prefix: str | None, partitions: int | None) -> dict[str, Any]:
    from events.asyncapi import asyncapi  # noqa: PLC0415
    from marsad import __version__  # noqa: PLC0415

    settings = load({"topic_prefix": topic_prefix, "partitions": partitions})
    return asyncapi(__version__, settings.topic_prefix, settings.partitions)
