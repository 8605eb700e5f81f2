"""`marsad run`: all of it on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from marsad.errors import Failure, Misuse
from marsad.options import Broker, Data, TopicPrefix, command
from marsad.output import say, write
from marsad.settings import Settings, load

SAMPLE_FEEDS = Path("seeds/feeds.opml")
REFUSED = 3


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "run",
        "marsad run --feeds my.opml",
        "marsad run --once --out events.jsonl",
    )
    def run(
        feeds: Annotated[
            Path | None, typer.Option(metavar="OPML", help="feeds to poll; default: seeds/feeds.opml")
        ] = None,
        broker: Broker = None,
        port: Annotated[
            int | None, typer.Option(min=0, max=65535, help="port of the page (MARSAD_WEB_PORT)")
        ] = None,
        once: Annotated[bool, typer.Option("--once", help="poll each feed once, then end")] = False,
        out: Annotated[
            Path | None, typer.Option(metavar="FILE", help="with --once: the enriched events as JSON lines")
        ] = None,
        data: Data = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Run everything on this machine until Ctrl-C: Kafka, topics, one process a stage, connectors, page.

        Kafka is an embedded one unless --broker names yours. With --once each feed is polled once; when all
        has passed through, the counts of every outcome over the whole raw topic go to stdout.
        """
        if out is not None and not once:
            raise Misuse("run: --out goes with --once; the events of a running pipeline: marsad tail")
        flags = {"broker": broker, "web_port": port, "data": data, "topic_prefix": topic_prefix}
        return asyncio.run(_run(load(flags), feeds_or_samples(feeds, "run"), once, out))


def feeds_or_samples(feeds: Path | None, where: str) -> Path:
    """Give the OPML list that was named, else our samples; raises Misuse where there is none."""
    if feeds is None and not SAMPLE_FEEDS.is_file():
        raise Misuse(f"{where}: no {SAMPLE_FEEDS} here; name your feeds with --feeds OPML")
    chosen = feeds or SAMPLE_FEEDS
    if not chosen.is_file():
        raise Misuse(f"{where}: {chosen} is no file; --feeds takes an OPML list")
    return chosen.absolute()


async def _run(settings: Settings, feeds: Path, once: bool, out: Path | None) -> int:
    from marsad import run  # noqa: PLC0415  (aiokafka; not for --help)
    from marsad.connection import security_options  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415

    security = security_options(settings)
    if not once:
        await run.for_ever(settings, security, feeds, stop_event(), say)
        return 0
    return await _once(settings, security, feeds, out)


async def _once(settings: Settings, security: dict[str, Any], feeds: Path, out: Path | None) -> int:
    from marsad import run  # noqa: PLC0415
    from marsad.feeding import poll_once, subscriptions  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415

    sources, whole = subscriptions(feeds, say)
    refused: list[str] = []

    async def poll(address: run.Address) -> None:
        outcomes = await poll_once(settings, address.client, sources, say)
        refused.extend(outcome.feed for outcome in outcomes if outcome.error)

    account, events = await run.once(settings, security, poll, stop_event(), say)
    if out is not None:
        _write(out, events)
    write(orjson.dumps(account.as_dict()).decode())
    if account.missing or account.twice:
        raise Failure(f"{account.missing} raw records ended nowhere, {account.twice} in two places")
    return REFUSED if refused or not whole else 0


def _write(out: Path, events: list[bytes]) -> None:
    try:
        out.write_bytes(b"".join(event + b"\n" for event in events))
    except OSError as error:
        raise Failure(f"{out}: cannot be written: {error.strerror}") from error
    say(f"{len(events)} events in {out}")
