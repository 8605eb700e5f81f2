"""`marsad poll`: fetch and parse feeds once; no broker."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from marsad.errors import Misuse
from marsad.options import Output, command
from marsad.output import Format, say
from marsad.settings import Settings, load

REFUSED = 3


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "poll",
        "marsad poll https://example.org/rss.xml",
        "marsad poll --opml feeds.opml --state .marsad/poll > new.jsonl",
    )
    def poll(
        sources: Annotated[
            list[str] | None, typer.Argument(metavar="SOURCE...", help="address or file of a feed")
        ] = None,
        opml: Annotated[
            list[Path] | None, typer.Option("--opml", metavar="FILE", help="list of feeds, beside SOURCE")
        ] = None,
        state: Annotated[
            Path | None, typer.Option("--state", metavar="DIR", help="print only what is new since last time")
        ] = None,
        output: Output = None,
    ) -> int:
        """Fetch and parse feeds once; print raw articles as JSON lines.

        Each refused source is one line on stderr; the others go on, and the exit code is 3.
        """
        if not sources and not opml:
            raise Misuse("poll: nothing to poll; give a SOURCE or --opml FILE")
        return asyncio.run(_poll(sources or [], opml or [], state, load(), output))


async def _poll(
    sources: list[str],
    lists: list[Path],
    state: Path | None,
    settings: Settings,
    output: Format | None,
) -> int:
    from connectors.feeds.pollonce import gather_sources, poll_sources  # noqa: PLC0415  (aiohttp, lxml)
    from connectors.feeds.source import Refusal  # noqa: PLC0415
    from events.wire import encode  # noqa: PLC0415
    from marsad.feeding import secrets_of  # noqa: PLC0415
    from marsad.rows import article_writer  # noqa: PLC0415

    show = article_writer(output)
    refused: list[Refusal] = []

    def refuse(refusal: Refusal) -> None:
        say(str(refusal))
        refused.append(refusal)

    found, refusals = gather_sources(sources, lists)
    for refusal in refusals:
        refuse(refusal)
    await poll_sources(
        found,
        state_dir=state,
        allow_private=frozenset(settings.allow_private_hosts),
        secrets=secrets_of(settings),
        contact=settings.contact,
        on_article=lambda article: show(encode(article)),
        on_refusal=refuse,
    )
    return REFUSED if any(refusal.counts for refusal in refused) else 0
