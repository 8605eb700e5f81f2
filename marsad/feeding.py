"""Feeds into Kafka, as `marsad connectors` and `marsad run` do it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.feeds import opml
from connectors.feeds.errand import Outcome
from connectors.feeds.manners import Manners, RetryScope
from connectors.feeds.schedule import Pace
from connectors.feeds.secrets import BadSecrets, Secrets
from connectors.feeds.secrets import load as load_secrets
from connectors.feeds.source import Refusal, Source
from connectors.feeds.websub import Callback
from connectors.feeds.worker import Options, run, run_once
from connectors.publish import BrokerAway, NoTopic, Publisher
from marsad.errors import Failure, Misuse
from marsad.health import health_address
from marsad.polling import Polling
from marsad.settings import Settings
from marsad.watched import telling

Say = Callable[[str], None]

ONCE_PATIENCE_SECONDS = 60.0


def subscriptions(feeds: Path, say: Say) -> tuple[list[Source], bool]:
    """Read an OPML list; give its feeds and whether all of it could be read. Faults are said one by one."""
    sources, refusals = opml.load(feeds)
    for refusal in refusals:
        say(str(refusal))
    return sources, not any(refusal.counts for refusal in refusals)


async def poll_for_ever(
    settings: Settings,
    client: Mapping[str, Any],
    sources: list[Source],
    stop: asyncio.Event,
    say: Say,
    *,
    samples: bool = False,
) -> None:
    """Poll what is subscribed until `stop` is set; while the broker is away everything waits.

    `sources` are subscribed to first; where they are `samples`, only if nothing is subscribed yet.

    Tells of its health where the settings ask for it.
    """
    polling = Polling()
    async with telling(polling, health_address(settings), "the connectors", say):
        await _run(settings, client, sources, stop, say, once=False, polling=polling, samples=samples)


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
    samples: bool = False,
) -> list[Outcome]:
    polling = polling or Polling()
    try:
        async with Publisher(client, ONCE_PATIENCE_SECONDS if once else None) as publisher:
            options = replace(options_of(settings, say, polling), samples=samples)
            await publisher.cluster()
            polling.reached()
            if once:
                return await run_once(sources, publisher, options, stop)
            await run(sources, publisher, options, stop)
            return []
    except (BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"hubs cannot be heard at port {settings.websub_port}: {error.strerror}") from error


def options_of(settings: Settings, say: Say, polling: Polling) -> Options:
    """Give what the settings say about polling. Raises Misuse where the file of secrets cannot be used."""

    def refused(refusal: Refusal) -> None:
        say(str(refusal))

    return Options(
        prefix=settings.topic_prefix,
        allow_private=frozenset(settings.allow_private_hosts),
        manners=Manners(
            pace=Pace(floor=settings.poll_floor_seconds, cap=settings.poll_cap_seconds),
            retry_scope=_SCOPES[settings.retry_after_scope],
        ),
        secrets=secrets_of(settings),
        contact=settings.contact,
        callback=_callback(settings),
        listen=(settings.websub_host, settings.websub_port),
        on_listening=lambda port: say(f"hubs are heard at {settings.websub_host}:{port}"),
        on_refusal=refused,
        on_polled=polling.polled,
    )


def _callback(settings: Settings) -> Callback | None:
    if settings.websub_callback is None:
        return None
    return Callback(settings.websub_callback, settings.websub_secret or "")


def secrets_of(settings: Settings) -> Secrets:
    """Read the file of secrets. Raises Misuse, which quotes none of them."""
    try:
        return load_secrets(settings.feed_secrets)
    except BadSecrets as error:
        raise Misuse(f"feed_secrets: {error}") from None


_SCOPES: Mapping[str, RetryScope] = {"AUTO": "auto", "HOST": "host", "FEED": "feed"}
