"""`marsad retag`: what is there, through today's rules."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from marsad.errors import Failure, Misuse
from marsad.options import Broker, Output, TopicPrefix, command
from marsad.output import say, write_document
from marsad.settings import Settings, load

REFUSED = 3
PATIENCE_SECONDS = 60.0
"""How long a broker may be away before `retag` gives up; calling it again goes on where it stopped."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "retag",
        "marsad retag --broker 127.0.0.1:9092                 what would change; writes nothing",
        "marsad retag --broker 127.0.0.1:9092 --since 7d --yes",
    )
    def retag(
        broker: Broker = None,
        since: Annotated[
            str | None,
            typer.Option(
                metavar="T", help="only articles fetched since: 90m, 12h, 7d (ago), or 2026-11-21[T08:00:00Z]"
            ),
        ] = None,
        yes: Annotated[bool, typer.Option("--yes", help="write; without it nothing is written")] = False,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """Tag what is in the topics again with today's rules.

        Each event that comes out otherwise is written anew: same article_id and revision, new event_id and
        rules_version, header news_supersedes; into enriched, and into current where it is the latest
        revision. Without --yes only counts and samples are shown. It can be ended at any moment: called
        again it does what is left, and once more it writes nothing.
        """
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        report = asyncio.run(_retag(settings, wire_since(since, round(time.time() * 1000)), yes))
        write_document(report.as_dict(dry_run=not yes), output)
        say(_in_words(report, yes))
        return REFUSED if report.unreadable else 0


def wire_since(given: str | None, now_ms: int) -> str:
    """Read `--since` as a time in wire form, which sorts as text; raises Misuse."""
    from events.times import wire_time  # noqa: PLC0415
    from marsad.moments import moment_ms  # noqa: PLC0415

    if given is None:
        return ""
    try:
        return wire_time(datetime.fromtimestamp(moment_ms(given, now_ms, "--since") / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        raise Misuse(f"--since: {given!r} is before all time") from None


async def _retag(settings: Settings, since: str, yes: bool) -> Any:
    from aiokafka.errors import KafkaError  # noqa: PLC0415  (not for --help)

    from connectors.publish import BrokerAway, NoTopic, Publisher  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.retag import Retag  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    options = client_options(settings)
    try:
        async with Publisher(options, PATIENCE_SECONDS) as publisher:
            run = Retag(options, settings.topic_prefix, publisher if yes else None, say, since)
            return await run.run()
    except (LookupError, TimeoutError, BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(options, error) from error


def _in_words(report: Any, yes: bool) -> str:
    found = f"{report.events} events looked at, {report.up_to_date} are up to date"
    if not report.superseded and not report.current:
        return f"{found}; nothing to write"
    done = "written" if yes else "would be written (--yes writes them)"
    return (
        f"{found}; {report.superseded} superseding events and {report.current} to current {done}; "
        f"{report.version_only} of them differ in rules_version alone"
    )
