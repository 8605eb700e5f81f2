"""Feeds into Kafka, as `marsad connectors` and `marsad run` do it."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.feeds import opml
from connectors.feeds.schedule import Pace
from connectors.feeds.source import Refusal, Source
from connectors.feeds.worker import BrokerAway, Manners, NoTopic, Outcome, run
from connectors.publish import Publisher
from marsad.errors import Failure
from marsad.health import health_address
from marsad.polling import Polling
from marsad.settings import Settings
from streams.engine.probes import HealthAddress

Say = Callable[[str], None]

ONCE_PATIENCE_SECONDS = 60.0


def subscriptions(feeds: Path, say: Say) -> tuple[list[Source], bool]:
    """Read an OPML list; give its feeds and whether all of it could be read. Faults are said one by one."""
    sources, refusals = opml.load(feeds)
    for refusal in refusals:
        say(str(refusal))
    return sources, not any(refusal.counts for refusal in refusals)


async def poll_for_ever(
    settings: Settings, client: Mapping[str, Any], sources: list[Source], stop: asyncio.Event, say: Say
) -> None:
    """Poll until `stop` is set; while the broker is away everything waits.

    Tells of its health where the settings ask for it.
    """
    polling, address = Polling(), health_address(settings)
    try:
        if address is not None:
            say(f"health of the connectors at {_listening(polling, address)}")
        await _run(settings, client, sources, stop, say, once=False, polling=polling)
    finally:
        await polling.stop()


def _listening(polling: Polling, address: HealthAddress) -> str:
    try:
        return polling.start(address)
    except OSError as error:
        raise Failure(f"--health-port {address.port}: {error.strerror or error}") from error


async def poll_once(
    settings: Settings, client: Mapping[str, Any], sources: list[Source], say: Say
) -> list[Outcome]:
    """Poll each feed once and publish what is new; give how each came out."""
    return await _run(settings, client, sources, asyncio.Event(), say, once=True)


async def _run(
    settings: Settings,
    client: Mapping[str, Any],
    sources: list[Source],
    stop: asyncio.Event,
    say: Say,
    *,
    once: bool,
    polling: Polling | None = None,
) -> list[Outcome]:
    polling = polling or Polling()

    def refused(refusal: Refusal) -> None:
        say(str(refusal))

    try:
        async with Publisher(client, ONCE_PATIENCE_SECONDS if once else None) as publisher:
            # Below the cluster's id: what one cluster has been given says nothing about another.
            state = settings.data / "feeds" / await publisher.cluster() / settings.topic_prefix.strip(".")
            polling.reached()
            return await run(
                sources,
                publisher,
                prefix=settings.topic_prefix,
                state_dir=state,
                stop=stop,
                on_refusal=refused,
                allow_private=frozenset(settings.allow_private_hosts),
                once=once,
                manners=Manners(pace=_pace(settings)),
                on_polled=polling.polled,
            )
    except (BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"feed state cannot be kept below {settings.data}: {error.strerror}") from error


def _pace(settings: Settings) -> Pace:
    return Pace(floor=settings.poll_floor_seconds, cap=settings.poll_cap_seconds)
