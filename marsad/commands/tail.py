"""`marsad tail`: reads a topic, for eyes or for pipes."""

import asyncio
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from marsad.errors import Failure, Misuse
from marsad.options import Broker, Output, TopicPrefix, command
from marsad.output import Format, say, write
from marsad.settings import Settings, load

WIDEST_LINE = 200
"""Columns of a record that is none of ours, where there is no terminal to fill."""


class Start(StrEnum):
    """Where reading begins."""

    BEGIN = "begin"
    END = "end"


class Shape(StrEnum):
    """Other formats for an enriched event."""

    NINJS = "ninjs"
    NEWSARTICLE = "newsarticle"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "tail",
        "marsad tail --broker 127.0.0.1:9092",
        "marsad tail --stories --broker 127.0.0.1:9092",
        "marsad tail news.articles.enriched.v1 --broker 127.0.0.1:9092 --from begin -n 5 -o json",
    )
    def tail(
        topic: Annotated[str | None, typer.Argument(metavar="TOPIC", help="default: enriched events")] = None,
        broker: Broker = None,
        limit: Annotated[int | None, typer.Option("-n", min=1, help="stop after N records")] = None,
        start: Annotated[Start, typer.Option("--from", help="the oldest records, or new ones")] = Start.END,
        envelope: Annotated[bool, typer.Option("--envelope", help="show position, key and headers")] = False,
        as_: Annotated[
            Shape | None, typer.Option("--format", help="enriched events as another format, a line each")
        ] = None,
        stories: Annotated[
            bool, typer.Option("--stories", help="the topic of stories: how each one grows, merges, splits")
        ] = False,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """Read a topic: for ever, or N records.

        On a terminal a line each, coloured by relation (NO_COLOR: without); into a pipe, JSON lines. With
        --stories each line is a story as it now is: articles (a), sources (s), independent sources (i).

        --format ninjs gives enriched events as ninjs 3.1, newsarticle as schema.org NewsArticle (JSON-LD);
        what is no enriched event is named on stderr.

        With --from begin and -n it also ends when the topic holds fewer and nothing came for 5 s.
        """
        if stories and topic:
            raise Misuse(f"--stories reads the topic of stories, {topic} is another: give one of the two")
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        as_json = output is Format.JSON or (output is None and not sys.stdout.isatty())
        show = _projector(as_) if as_ else _shower(as_json, envelope)
        asyncio.run(_tail(settings, topic, stories, start, limit, show))


def _shower(as_json: bool, envelope: bool) -> Any:
    from marsad import reading  # noqa: PLC0415  (aiokafka; not for --help)

    if envelope:
        import orjson  # noqa: PLC0415

        return lambda record: reading.write_line(orjson.dumps(reading.as_document(record)))
    if as_json:
        return lambda record: reading.write_line(reading.json_line(record))
    return lambda record: write(_row(reading.as_document(record)))


def _projector(shape: Shape) -> Any:
    import orjson  # noqa: PLC0415

    from events.article import EnrichedArticle  # noqa: PLC0415
    from events.newsarticle import news_article  # noqa: PLC0415
    from events.ninjs import ninjs  # noqa: PLC0415
    from events.rejected import Rejected  # noqa: PLC0415
    from events.wire import decode  # noqa: PLC0415
    from marsad import reading  # noqa: PLC0415

    project = ninjs if shape is Shape.NINJS else news_article

    def show(record: Any) -> None:
        try:
            event = decode(record.value, EnrichedArticle)
        except Rejected as rejected:
            say(f"{record.topic}/{record.partition}/{record.offset}: {rejected}")
        else:
            reading.write_line(orjson.dumps(project(event)))

    return show


def _row(document: dict[str, Any]) -> str:
    from marsad.rows import article_row, layout  # noqa: PLC0415
    from marsad.terminal import clean, isolated, shortened, wide  # noqa: PLC0415

    value = document.get("value")
    if not isinstance(value, dict) or layout(value) is None:
        told = clean(f"{document['partition']}/{document['offset']} {document['key']} {value}")
        return isolated(shortened(told, wide() or WIDEST_LINE))
    return article_row(value)


async def _tail(
    settings: Settings, topic: str | None, stories: bool, start: Start, limit: int | None, show: Any
) -> None:
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from events import topics  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.reading import Want, follow  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    ours = topics.STORIES if stories else topics.ENRICHED
    name = topic or topics.full_name(ours, settings.topic_prefix)
    try:
        async for record in follow(options, Want(name, start.value, limit)):
            show(record)
    except LookupError as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error
