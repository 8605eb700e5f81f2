"""Everything on this machine: broker, topics, one process a stage, connectors, page.

embedded Kafka (or --broker) ── topics ── normalize, dedupe, tag ── connectors ── page
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from marsad import topics
from marsad.accounting import Account, account
from marsad.errors import Failure
from marsad.kafka import EmbeddedKafka
from marsad.kafka.ports import HOST, claim
from marsad.lag import READS, drained
from marsad.rulestopic import wait_for_rules
from marsad.settings import Settings
from marsad.supervisor import Child, GaveUpError, Supervisor

Say = Callable[[str], None]

DRAIN_SECONDS = 1_800.0
"""How long `--once` waits for everything to pass through; a day of news takes a minute."""


@dataclass(frozen=True, slots=True)
class Address:
    """The broker that is used: HOST:PORT, and aiokafka's connection settings for it."""

    broker: str
    client: dict[str, Any]
    embedded: bool = False

    def child(self, name: str, *arguments: str) -> Child:
        """Give a child process that reaches this broker; the embedded one speaks neither TLS nor SASL."""
        plain = {"MARSAD_SECURITY_PROTOCOL": "PLAINTEXT"} if self.embedded else {}
        return Child(name, arguments, plain)


@asynccontextmanager
async def broker(settings: Settings, security: dict[str, Any], say: Say) -> AsyncIterator[Address]:
    """Give the broker the settings name, else start the embedded one; it ends when the block does."""
    if settings.broker is not None:
        yield Address(settings.broker, {"bootstrap_servers": settings.broker, **security})
        return
    async with EmbeddedKafka(settings.data, cache=settings.cache, say=say) as kafka:
        say(f"Kafka serves at {kafka.address}")
        keeper = asyncio.create_task(kafka.keep())
        try:
            yield Address(kafka.address, {"bootstrap_servers": kafka.address}, embedded=True)
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError, Failure):
                await keeper


async def prepare(address: Address, settings: Settings, say: Say) -> None:
    """Create the topics that are missing, and refuse a partition mismatch."""
    created, different = await topics.apply(address.client, topics.Wanted.by(settings))
    if created:
        say(f"created {len(created)} topics")
    for line in different:
        say(f"topic differs from our table: {line}")
    await topics.check_partitions(address.client, settings.topic_prefix)


def _shared(address: Address, settings: Settings) -> tuple[str, ...]:
    """Give the flags by which a child process gets what the parent was told; the rest is environment."""
    places = ("--broker", address.broker, "--data", str(settings.data))
    return (*places, "--topic-prefix", settings.topic_prefix)


def stage_children(address: Address, settings: Settings) -> list[Child]:
    """Give one child process a stage; that of alerts starts with the first rule."""
    shared = _shared(address, settings)
    stages = [
        address.child(f"stage {stage}", "worker", "--stage", stage, *shared, *_health(settings, number))
        for number, stage in enumerate(READS)
    ]
    # Behind the connectors' health port, which `run` puts after the stages'.
    alert = address.child(
        "stage alert", "worker", "--stage", "alert", *shared, *_health(settings, len(READS) + 1)
    )
    there = partial(wait_for_rules, address.client, settings.topic_prefix)
    return [*stages, replace(alert, when=there)]


def _health(settings: Settings, number: int) -> tuple[str, ...]:
    """Give a child its own health port: the one that was asked for, and the next ones."""
    port = settings.health_port
    if port is None:
        return ()
    return ("--health-port", str(port + number if port else 0), "--health-host", settings.health_host)


async def for_ever(
    settings: Settings, security: dict[str, Any], feeds: Path, stop: asyncio.Event, say: Say
) -> None:
    """Run all of it until `stop` is set. Raises `Failure` at once where the page's port is taken."""
    page = _page_port(settings)
    async with broker(settings, security, say) as address:
        await prepare(address, settings, say)
        shared = _shared(address, settings)
        others = [
            address.child(
                "connectors", "connectors", "--feeds", str(feeds), *shared, *_health(settings, len(READS))
            ),
            address.child("page", "web", *page, *shared),
        ]
        await supervised(stage_children(address, settings) + others, stop, say)


def _page_port(settings: Settings) -> tuple[str, ...]:
    """Name the port only where somebody asked for it: else the page may take a free one instead."""
    asked = settings.origins.get("web_port", "default") != "default"
    if asked and settings.web_port and settings.web_host == HOST:
        claim(settings.web_port)
    return ("--port", str(settings.web_port)) if asked else ()


async def supervised(children: list[Child], stop: asyncio.Event, say: Say) -> None:
    """Keep `children` running until `stop`; raises `Failure` when one cannot be kept running."""
    try:
        await Supervisor(children, stop, say).run()
    except GaveUpError as error:
        raise Failure(str(error)) from error


Poll = Callable[[Address], Any]


async def once(
    settings: Settings, security: dict[str, Any], poll: Poll, stop: asyncio.Event, say: Say
) -> tuple[Account, list[bytes]]:
    """Poll each feed once, wait until everything has passed through, and give account and events."""
    async with broker(settings, security, say) as address:
        await prepare(address, settings, say)
        done = asyncio.Event()
        stages = asyncio.create_task(supervised(stage_children(address, settings), done, say))
        work = asyncio.create_task(_pass_through(address, settings, poll, say))
        interrupted = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stages, work, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            return await _outcome(stages, work)
        finally:
            done.set()
            interrupted.cancel()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(stages, work, return_exceptions=True)


async def _outcome(
    stages: "asyncio.Task[None]", work: "asyncio.Task[tuple[Account, list[bytes]]]"
) -> tuple[Account, list[bytes]]:
    if work.done():
        return work.result()
    if stages.done():
        stages.result()
    raise Failure("stopped before everything had passed through; what is in Kafka goes on next time")


async def _pass_through(
    address: Address, settings: Settings, poll: Poll, say: Say
) -> tuple[Account, list[bytes]]:
    started = time.monotonic()
    await poll(address)
    say("all feeds polled; waiting until everything has passed through")
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await drained(address.client, settings.topic_prefix)
    except TimeoutError as error:
        raise Failure(f"the stages are not through after {DRAIN_SECONDS:.0f} s: see their log") from error
    say(f"through after {time.monotonic() - started:.1f} s")
    return await account(address.client, settings.topic_prefix)
