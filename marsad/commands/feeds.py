"""`marsad feeds check`: what there is to say about feeds before and after they are read."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marsad.errors import Misuse
from marsad.options import Broker, Output, TopicPrefix, command, group
from marsad.output import emit, say
from marsad.settings import Settings, load

if TYPE_CHECKING:
    from events.article import RawArticle

REFUSED = 3


def register(app: typer.Typer) -> None:
    """Add the group."""
    feeds = group("Check what feeds bring", "marsad feeds check archive.jsonl.gz")
    app.add_typer(feeds, name="feeds")

    @command(
        feeds,
        "check",
        "marsad feeds check archive.jsonl.gz --opml my.opml",
        "marsad feeds check --broker 127.0.0.1:9092 -o table",
    )
    def check(
        files: Annotated[
            list[Path] | None, typer.Argument(metavar="[FILE...]", help="raw articles, JSON lines, .gz, .zst")
        ] = None,
        opml: Annotated[
            list[Path] | None, typer.Option("--opml", metavar="FILE", help="a list of feeds to check")
        ] = None,
        least: Annotated[
            int, typer.Option("--least", min=2, metavar="N", help="articles that share a line")
        ] = 5,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """Propose the lines that a source repeats in article after article; name what is wrong with a list.

        Nothing is cut because it is proposed: read the lines, and put those that are no news into
        streams/normalize/phrases.toml. Faults of lists and refused records go to stderr; exit code 3.
        """
        if not (files or opml or broker):
            raise Misuse("nothing to check: name a FILE, --opml FILE or --broker HOST:PORT")
        refused: list[str] = [*_faults(opml or [])]
        raws = _from_files(files or [], refused)
        if broker:
            settings = load({"broker": broker, "topic_prefix": topic_prefix})
            raws = iter([*raws, *asyncio.run(_from_broker(settings, refused))])
        _propose(raws, least, output)
        for line in refused:
            say(line)
        return REFUSED if refused else 0


def _propose(raws: "Iterator[RawArticle]", least: int, output: Output) -> None:
    from streams.normalize.templates import templates  # noqa: PLC0415  (not for --help)

    found = templates(raws, least)
    emit((asdict(template) for template in found), output)
    say(f"{len(found)} lines proposed" if found else "no line is repeated that often")


def _faults(lists: list[Path]) -> Iterator[str]:
    from connectors.feeds import opml  # noqa: PLC0415

    for path in lists:
        sources, refusals = opml.load(path)
        yield from map(str, refusals)
        say(f"{path}: {len(sources)} feeds can be polled, {len(refusals)} faults")


def _from_files(files: list[Path], refused: list[str]) -> "Iterator[RawArticle]":
    from connectors.archive import read_archive  # noqa: PLC0415

    for path in files:
        for line in read_archive(path):
            if line.article:
                yield line.article
            else:
                refused.append(str(line.refusal))


async def _from_broker(settings: Settings, refused: list[str]) -> "list[RawArticle]":
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from events import topics  # noqa: PLC0415
    from events.rejected import Rejected  # noqa: PLC0415
    from events.wire import decode_object, raw_article  # noqa: PLC0415
    from marsad.accounting import read_all  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    topic = topics.full_name(topics.RAW, settings.topic_prefix)
    found = []
    try:
        async for record in read_all(options, topic):
            try:
                found.append(raw_article(decode_object(record.value or b"")))
            except Rejected as rejected:
                refused.append(f"{topic}/{record.partition}/{record.offset}: {rejected}")
    except KafkaError as error:
        raise unreachable(options, error) from error
    return found
