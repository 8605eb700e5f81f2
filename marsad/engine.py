"""From settings to a stage's engine: who it is, where its state lies, how to reach the broker."""

import os

from aiokafka.admin import AIOKafkaAdminClient

from marsad import __version__
from marsad.connection import client_options, security_options
from marsad.errors import Failure, Misuse
from marsad.health import health_address
from marsad.settings import Settings
from marsad.topics import admin, check_partitions
from streams.dedupe import DedupeSettings
from streams.engine.app import EngineSettings
from streams.engine.slots import NoSlotError, claim
from streams.engine.tracing import Trace, exported, no_trace

HOUR_MS = 60 * 60 * 1000

INSTANCE_VARIABLE = "MARSAD_INSTANCE_ID"
"""Overrides the worker's own id: a pod's name in Kubernetes."""


async def engine_settings(settings: Settings, stage: str) -> EngineSettings:
    """Check the topics, claim a place below the data directory, and give what the stage needs.

    State lies below the cluster's id: a changelog position of another cluster means nothing here.
    """
    options = client_options(settings)
    await check_partitions(options, settings.topic_prefix)
    async with admin(options) as client:
        cluster = await cluster_id(client)
    workers = settings.data / "workers" / cluster / settings.topic_prefix.strip(".")
    try:
        slot = claim(workers, stage, os.environ.get(INSTANCE_VARIABLE))
    except (OSError, NoSlotError) as error:
        raise Failure(
            f"no place for this worker's state below {workers}: {error}. Is --data writable?"
        ) from error
    return EngineSettings(
        broker=options["bootstrap_servers"],
        state_dir=slot.directory,
        instance_id=slot.instance_id,
        prefix=settings.topic_prefix,
        client=security_options(settings),
        dedupe=dedupe_settings(settings),
        compression=None if settings.compression == "none" else settings.compression,
        health=health_address(settings),
        trace=_trace(settings, stage),
    )


def _trace(settings: Settings, stage: str) -> Trace:
    """Give where the spans of a stage go. Raises Misuse where they are asked for and cannot be made."""
    if not settings.traces:
        return no_trace
    try:
        return exported(f"marsad-{stage}", __version__)
    except ImportError as error:
        raise Misuse(f"traces need OpenTelemetry ({error.name}): pip install 'marsad[otel]'") from None


async def cluster_id(client: AIOKafkaAdminClient) -> str:
    """Give the id of the cluster behind `client`."""
    described = await client.describe_cluster()
    return str(described["cluster_id"])


def dedupe_settings(settings: Settings) -> DedupeSettings:
    """Give the windows of dedupe as the settings have them."""
    return DedupeSettings(
        copy_window_ms=settings.copy_window_hours * HOUR_MS,
        identity_window_ms=settings.identity_window_hours * HOUR_MS,
    )
