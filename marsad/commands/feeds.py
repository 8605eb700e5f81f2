"""`marsad feeds`: who is subscribed, and how each feed fares."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from marsad.errors import Failure, Misuse
from marsad.feedlines import faults, propose
from marsad.options import Broker, Output, TopicPrefix, command, group
from marsad.output import Format, emit, say, write
from marsad.settings import Settings, load

REFUSED = 3
SHOWN = ("status", "feed_url", "source_id", "wrong", "since", "next_try", "last_new_at")
"""What a table shows of each feed; JSON holds all of it."""
Address = Annotated[
    list[str], typer.Argument(metavar="ADDRESS...", help="of a feed, or of a site that has some")
]
Which = Annotated[list[str], typer.Argument(metavar="FEED...", help="its address, feed_id or source_id")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    feeds = group(
        "Subscriptions: list, add, remove, import, export, check",
        "marsad feeds add https://example.org --broker 127.0.0.1:9092",
        "marsad feeds list --broker 127.0.0.1:9092",
    )
    app.add_typer(feeds, name="feeds")
    _register_list(feeds)
    _register_add(feeds)
    _register_remove(feeds)
    _register_lists(feeds)
    _register_check(feeds)


def _settings(broker: str | None, prefix: str | None) -> Settings:
    return load({"broker": broker, "topic_prefix": prefix})


def _register_list(feeds: typer.Typer) -> None:
    @command(feeds, "list", "marsad feeds list --broker 127.0.0.1:9092", "marsad feeds list -o json")
    def list_(broker: Broker = None, topic_prefix: TopicPrefix = None, output: Output = None) -> int:
        """Show every feed that is subscribed: what is wrong in words, since when, the next try.

        Records of the topic that are no feeds are named on stderr; exit code 3.
        """
        book = asyncio.run(_book(_settings(broker, topic_prefix)))
        _show(book.feeds.values(), output)
        return _faulty(book.faults)


def _register_add(feeds: typer.Typer) -> None:
    @command(
        feeds,
        "add",
        "marsad feeds add https://example.org/rss.xml --broker 127.0.0.1:9092",
        "marsad feeds add https://example.org --full-text --source-id example-ar",
    )
    def add(
        addresses: Address,
        name: Annotated[str | None, typer.Option(help="source_name of its articles")] = None,
        source_id: Annotated[str | None, typer.Option(help="source_id of its articles")] = None,
        folder: Annotated[
            list[str] | None, typer.Option(help="folder in lists; again for one inside")
        ] = None,
        full_text: Annotated[
            bool | None, typer.Option("--full-text/--no-full-text", help="fetch the article pages too")
        ] = None,
        every: Annotated[
            int | None, typer.Option(min=60, max=86_400, metavar="SECONDS", help="how often; else its rhythm")
        ] = None,
        check: Annotated[
            bool, typer.Option("--check/--no-check", help="fetch it first, and find the feeds of a site")
        ] = True,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Subscribe to feeds, or change a subscription; of a site's page its feeds are found.

        A connector that runs polls at once. What cannot be fetched now is subscribed all the same, with a
        word on stderr; a page without feeds is not: exit code 3. Passwords are never put on the broker.
        """
        from marsad.subscribing import add_all  # noqa: PLC0415  (aiohttp, aiokafka; not for --help)

        given = {
            "source_name": name,
            "source_id": source_id,
            "full_text": full_text,
            "interval_seconds": every,
            "folders": tuple(folder) if folder else None,
        }
        values = {key: value for key, value in given.items() if value is not None}
        added, refused = asyncio.run(add_all(_settings(broker, topic_prefix), addresses, values, check))
        for line in added:
            write(line)
        return _faulty(refused)


def _register_remove(feeds: typer.Typer) -> None:
    @command(feeds, "remove", "marsad feeds remove https://example.org/rss.xml --broker 127.0.0.1:9092")
    def remove(which: Which, broker: Broker = None, topic_prefix: TopicPrefix = None) -> int:
        """End subscriptions; a connector that runs stops polling at once. What is in Kafka stays there.

        A source_id ends all subscriptions of that source. What is not subscribed is named on stderr; exit 3.
        """
        from marsad.subscribing import remove_all  # noqa: PLC0415

        removed, refused = asyncio.run(remove_all(_settings(broker, topic_prefix), which))
        for line in removed:
            write(line)
        return _faulty(refused)


def _register_lists(feeds: typer.Typer) -> None:
    @command(feeds, "import", "marsad feeds import my.opml --broker 127.0.0.1:9092")
    def import_(
        lists: Annotated[list[Path], typer.Argument(metavar="OPML...", help="lists of feeds")],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Subscribe to the feeds of OPML lists; what is subscribed already stays as it is.

        Faults of a list go to stderr, and the rest of it is taken; exit code 3.
        """
        from marsad.subscribing import import_all  # noqa: PLC0415

        added, refused = asyncio.run(import_all(_settings(broker, topic_prefix), lists))
        for line in added:
            write(line)
        return _faulty(refused)

    @command(feeds, "export", "marsad feeds export --broker 127.0.0.1:9092 > my.opml")
    def export(broker: Broker = None, topic_prefix: TopicPrefix = None) -> int:
        """Write all subscriptions to stdout as an OPML list, without passwords."""
        from connectors.feeds import opml  # noqa: PLC0415
        from marsad.subscriptions import outline  # noqa: PLC0415

        book = asyncio.run(_book(_settings(broker, topic_prefix)))
        outlines = sorted(map(outline, book.feeds.values()), key=lambda one: (one.folders, one.name or ""))
        write(opml.write(outlines).rstrip("\n"))
        return _faulty(book.faults)


def _register_check(feeds: typer.Typer) -> None:
    @command(
        feeds,
        "check",
        "marsad feeds check --broker 127.0.0.1:9092",
        "marsad feeds check archive.jsonl.gz --opml my.opml",
    )
    def check(
        files: Annotated[
            list[Path] | None, typer.Argument(metavar="[FILE...]", help="raw articles, JSON lines, .gz, .zst")
        ] = None,
        opml: Annotated[
            list[Path] | None, typer.Option("--opml", metavar="FILE", help="a list of feeds to check")
        ] = None,
        lines: Annotated[
            bool, typer.Option("--lines", help="with --broker: the lines that the raw articles repeat")
        ] = False,
        least: Annotated[
            int, typer.Option("--least", min=2, metavar="N", help="articles that share a line")
        ] = 5,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """With --broker: show the feeds that something is wrong with, and what; exit code 3 if any.

        With FILE, or --lines: propose the lines that a source repeats in article after article. Nothing is
        cut because it is proposed: read the lines, and put those that are no news into
        streams/normalize/phrases.toml. With --opml: name what is wrong with a list.
        """
        if not (files or opml or broker):
            raise Misuse("nothing to check: name --broker HOST:PORT, a FILE or --opml FILE")
        refused = [*faults(opml or [])]
        if files or lines or not broker:
            settings = _settings(broker, topic_prefix) if broker else None
            refused += propose(files or [], settings, least, output)
        else:
            refused += _unwell(_settings(broker, topic_prefix), output)
        return _faulty(refused)


def _unwell(settings: Settings, output: Output) -> list[str]:
    from marsad.subscriptions import row  # noqa: PLC0415

    book = asyncio.run(_book(settings))
    rows = [one for one in map(row, book.feeds.values()) if one["wrong"] and one["status"] != "new"]
    _emit(rows, output)
    say(f"{len(book.feeds)} feeds, {len(rows)} of them with something wrong")
    return [
        *book.faults,
        *(f"{one['feed_url']}: {one['wrong']}; next try: {one['next_try']}" for one in rows),
    ]


def _show(feeds: Iterable[Any], output: Output) -> None:
    from marsad.subscriptions import row  # noqa: PLC0415

    _emit([row(feed) for feed in feeds], output)


def _emit(rows: list[dict[str, Any]], output: Output) -> None:
    import sys  # noqa: PLC0415

    table = output is Format.TABLE or (output is None and sys.stdout.isatty())
    emit([{name: one[name] for name in SHOWN} for one in rows] if table else rows, output)


async def _book(settings: Settings) -> Any:
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.subscriptions import read  # noqa: PLC0415

    return await read(client_options(settings), settings.topic_prefix)


def _faulty(lines: list[str]) -> int:
    for line in lines:
        say(line)
    return REFUSED if lines else 0


__all__ = ["Failure", "register"]
