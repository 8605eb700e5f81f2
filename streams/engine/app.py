"""The composition root: one Faust app a stage, with its step, loop and group."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from aiokafka.helpers import create_ssl_context
from faust import SASLCredentials
from faust.auth import Credentials, SSLCredentials
from faust.types import TP

from events import topics
from streams.alert import AlertIndex, AlertSettings
from streams.dedupe import DedupeSettings, Index
from streams.engine.agent import FaultPoint, Publish, StageLoop, no_fault
from streams.engine.alerting import AlertStep
from streams.engine.contiguity import ContiguityGuard
from streams.engine.faustfix import DurableConsumer, FailStopApp, IdempotentProducer, check_faust_version
from streams.engine.memory import Kind, Memories
from streams.engine.outbox import Outbox
from streams.engine.outsize import LARGEST, OutsizeProducer, size
from streams.engine.pace import Pace
from streams.engine.probes import HealthAddress
from streams.engine.records import Outgoing
from streams.engine.rules import RulesFollower
from streams.engine.steps import DedupeStep, NormalizeStep, Step, TagStep
from streams.engine.tracing import Trace, no_trace
from streams.engine.zombies import ZombieWatch

log = logging.getLogger("marsad.engine")

SESSION_SECONDS = 6.0
"""The broker's least; after kill -9 a successor elsewhere waits this long for the partitions."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What a stage needs to know; `client` holds aiokafka's connection settings (TLS, SASL)."""

    broker: str
    state_dir: Path
    instance_id: str
    prefix: str = topics.DEFAULT_PREFIX
    client: dict[str, Any] = field(default_factory=dict)
    dedupe: DedupeSettings = field(default_factory=DedupeSettings)
    alert: AlertSettings = field(default_factory=AlertSettings)
    compression: str | None = None
    commit_seconds: float = 1.0
    request_seconds: float = 40.0
    rebalance_seconds: float = 120.0
    health: HealthAddress | None = None
    trace: Trace = no_trace

    def connection(self) -> dict[str, Any]:
        """Give the settings for a client of our own, beside Faust's."""
        return {"bootstrap_servers": self.broker, **self.client}


@dataclass(slots=True)
class Membership:
    """The partitions this worker holds, None while it holds none by any agreement of its group."""

    held: frozenset[TP] | None = None
    assignments: int = 0
    """How often the group gave this worker its partitions."""


@dataclass(frozen=True, slots=True)
class StageApp:
    """A stage ready to start: the app, its loop, what it holds and, for dedupe, its memories."""

    app: FailStopApp
    loop: StageLoop
    outbox: Outbox
    memories: Memories[Any]
    membership: Membership
    rules: RulesFollower | None = None
    watch: ZombieWatch | None = None


MakeStep = Callable[[EngineSettings, Memories[Any]], Step]


def build(
    stage: str, settings: EngineSettings, fault: FaultPoint = no_fault, step: MakeStep | None = None
) -> StageApp:
    """Wire one stage: topic -> loop(step) -> producer; `step` makes another than the stage's own."""
    check_faust_version()
    app = FailStopApp(topics.app_id(stage, settings.prefix), **_faust_settings(settings))
    memories: Memories[Any] = Memories(settings.state_dir, settings.connection(), _kind(stage, settings))
    rules = RulesFollower(settings.connection(), settings.prefix) if stage == "alert" else None
    guard = ContiguityGuard(_Positions(app), settings.connection())
    own = step(settings, memories) if step else _step(stage, settings, memories, rules)
    outsize = OutsizeProducer(settings.connection(), settings.request_seconds)
    outbox = Outbox(lambda: cast(IdempotentProducer, app.producer))
    publish = _publisher(outbox, outsize)
    loop = StageLoop(stage, own, publish, _mark_durable(app), guard, fault, settings.trace)
    watch = _watch(stage, settings, publish)
    _wire(app, topics.read_by(stage), settings, loop, outbox)

    membership = Membership()

    @app.on_partitions_revoked.connect(weak=False)
    async def revoked(sender: Any, partitions: Any, **_: Any) -> None:
        membership.held = None
        guard.forget()
        memories.close()
        if watch is not None:
            watch.hold(())

    @app.on_partitions_assigned.connect(weak=False)
    async def assigned(sender: Any, partitions: Any, **_: Any) -> None:
        membership.held = frozenset(partitions)
        membership.assignments += 1
        if watch is not None:
            watch.hold({tp.partition for tp in partitions})

    return StageApp(app, loop, outbox, memories, membership, rules, watch)


def _watch(stage: str, settings: EngineSettings, publish: Publish) -> ZombieWatch | None:
    """Watch what a stage writes to a compacted topic; its partitions are numbered as those it reads."""
    written = topics.LATEST.get(stage)
    if written is None:
        return None
    return ZombieWatch(settings.connection(), topics.full_name(written, settings.prefix), publish)


def _wire(
    app: FailStopApp,
    read: tuple[topics.Topic, ...],
    settings: EngineSettings,
    loop: StageLoop,
    outbox: Outbox,
) -> None:
    source = app.topic(
        *(topics.full_name(topic, settings.prefix) for topic in read),
        key_serializer="raw",
        value_serializer="raw",
        key_type=bytes,
        value_type=bytes,
        allow_empty=True,
    )

    async def agent(stream: Any) -> None:
        waiting, consumer = stream.channel.queue, cast(DurableConsumer, app.consumer)
        outbox.more = lambda: not waiting.empty()
        consumer.waiting = waiting.qsize
        consumer.rest = Pace(lambda: loop.counts.duration.total).rest
        await loop.run(stream.noack().events())

    app.agent(source, name=f"marsad-{loop.stage}", concurrency=1)(agent)


def _kind(stage: str, settings: EngineSettings) -> Kind[Any]:
    """Give what a stage remembers; those without a memory never open one."""
    if stage == "alert":
        changelog = topics.alert_changelog(settings.prefix).name
        return Kind("alert", changelog, lambda store: AlertIndex(store, settings.alert))
    return Kind("dedupe", topics.changelog(settings.prefix).name, lambda store: Index(store, settings.dedupe))


def _step(stage: str, settings: EngineSettings, memories: Memories[Any], rules: RulesFollower | None) -> Step:
    if rules is not None:
        return AlertStep(settings.prefix, memories, rules)
    if stage == "normalize":
        return NormalizeStep(settings.prefix)
    if stage == "dedupe":
        return DedupeStep(settings.prefix, memories)
    return TagStep(settings.prefix)


def _publisher(outbox: Outbox, outsize: OutsizeProducer) -> Publish:
    async def publish(record: Outgoing) -> Awaitable[Any]:
        if size(record) > LARGEST:
            return asyncio.create_task(outsize.send(record))
        return await outbox.publish(record)

    return publish


def _mark_durable(app: FailStopApp) -> Any:
    def mark(tp: TP, offset: int) -> None:
        cast(DurableConsumer, app.consumer).mark_durable(tp, offset)

    return mark


class _Positions:
    """Asks the app's consumer, which does not exist yet when the loop is wired."""

    def __init__(self, app: FailStopApp) -> None:
        self._app = app

    def committed_position(self, tp: TP) -> int | None:
        return cast(DurableConsumer, self._app.consumer).committed_position(tp)


def _faust_settings(settings: EngineSettings) -> dict[str, Any]:
    return {
        "broker": [f"kafka://{address}" for address in settings.broker.split(",")],
        "broker_credentials": _credentials(settings.client),
        "datadir": str(settings.state_dir / "faust"),
        "store": "memory://",
        "processing_guarantee": "at_least_once",
        "consumer_auto_offset_reset": "earliest",
        "consumer_group_instance_id": settings.instance_id,
        "broker_client_id": f"marsad-{quote(settings.instance_id)}",
        "broker_session_timeout": SESSION_SECONDS,
        "broker_heartbeat_interval": SESSION_SECONDS / 3,
        "broker_rebalance_timeout": settings.rebalance_seconds,
        "broker_request_timeout": max(settings.request_seconds, SESSION_SECONDS),
        "broker_commit_interval": settings.commit_seconds,
        "broker_max_poll_records": 500,
        "stream_buffer_maxsize": 512,
        "stream_wait_empty": True,
        "stream_recovery_delay": 0.0,
        "producer_acks": -1,
        "producer_compression_type": settings.compression,
        "producer_max_batch_size": 256 * 1024,
        "producer_max_request_size": topics.MAX_DEAD_BYTES,
        "producer_request_timeout": settings.request_seconds,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "web_enabled": False,
        "web_tables_enabled": False,
        "key_serializer": "raw",
        "value_serializer": "raw",
    }


def _credentials(client: dict[str, Any]) -> Credentials | None:
    """Read aiokafka's connection settings as Faust's credentials."""
    protocol = client.get("security_protocol", "PLAINTEXT")
    context = client.get("ssl_context")
    if protocol.startswith("SASL"):
        return SASLCredentials(
            username=client["sasl_plain_username"],
            password=client["sasl_plain_password"],
            mechanism=client.get("sasl_mechanism", "PLAIN"),
            ssl_context=context if protocol == "SASL_SSL" else None,
        )
    # A context of its own: SSLCredentials() without arguments raises (guide/FAUST.md section 5).
    return SSLCredentials(context or create_ssl_context()) if protocol == "SSL" else None
