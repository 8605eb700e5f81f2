"""`marsad feeds check FILE`: the lines that a source repeats in article after article."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from marsad.options import Output
from marsad.output import emit, say
from marsad.settings import Settings

if TYPE_CHECKING:
    from events.article import RawArticle


def propose(files: list[Path], settings: Settings | None, least: int, output: Output) -> list[str]:
    """Write the lines that articles of files, or of the raw topic, repeat; give what was refused."""
    refused: list[str] = []
    raws = _from_files(files, refused)
    if settings is not None:
        raws = iter([*raws, *asyncio.run(_from_broker(settings, refused))])
    _propose(raws, least, output)
    return refused


def _propose(raws: "Iterator[RawArticle]", least: int, output: Output) -> None:
    from streams.normalize.templates import templates  # noqa: PLC0415  (not for --help)

    found = templates(raws, least)
    emit((asdict(template) for template in found), output)
    say(f"{len(found)} lines proposed" if found else "no line is repeated that often")


def faults(lists: list[Path]) -> Iterator[str]:
    """Name what is wrong with lists of feeds; say how many feeds of each can be polled."""
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
