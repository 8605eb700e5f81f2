"""`marsad sinks`: alerts to their receivers."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marsad.errors import Misuse
from marsad.interrupts import end_on_signals
from marsad.options import Broker, HealthHost, HealthPort, Output, TopicPrefix, command
from marsad.output import emit, say
from marsad.settings import Settings, load

if TYPE_CHECKING:
    from connectors.sinks.config import Sink


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "sinks",
        "marsad sinks --broker 127.0.0.1:9092 --config sinks.toml",
        "marsad sinks --config sinks.toml --check",
    )
    def sinks(
        config: Annotated[
            Path | None, typer.Option(metavar="FILE", help="receivers, TOML (MARSAD_SINKS)")
        ] = None,
        only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="these sinks alone")] = None,
        check: Annotated[bool, typer.Option("--check", help="read the file, show the sinks, end")] = False,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
        health_port: HealthPort = None,
        health_host: HealthHost = None,
    ) -> None:
        """Deliver alerts until SIGTERM or Ctrl-C: signed webhooks, Alertmanager, PagerDuty, Apprise.

        Each sink is a consumer group of its own. An alert is committed when its receiver has it; a receiver
        that is away is tried again with growing pauses, one that refuses it leaves a dead letter.
        docs/sinks.md tells of the file.
        """
        flags = {
            "broker": broker,
            "topic_prefix": topic_prefix,
            "sinks": config,
            "health_port": health_port,
            "health_host": health_host,
        }
        settings = load(flags)
        chosen = _chosen(settings, only or [])
        if check:
            emit(map(_row, chosen), output)
            return
        end_on_signals()
        asyncio.run(_run(settings, chosen))


def _chosen(settings: Settings, only: list[str]) -> "list[Sink]":
    from connectors.sinks.config import SinkFault, read_sinks  # noqa: PLC0415  (not for --help)

    if settings.sinks is None:
        raise Misuse("no receivers: give --config FILE, or set MARSAD_SINKS or sinks in marsad.toml")
    try:
        found = read_sinks(settings.sinks)
    except SinkFault as fault:
        raise Misuse(str(fault)) from None
    unknown = set(only) - {sink.name for sink in found}
    if unknown:
        raise Misuse(f"{settings.sinks} has no sink {min(unknown)!r}")
    return [sink for sink in found if not only or sink.name in only]


def _row(sink: "Sink") -> dict[str, Any]:
    return {
        "name": sink.name, "type": sink.type, "min_severity": sink.min_severity,
        "rules": ",".join(sink.rules),
        "labels": ",".join(f"{name}={value}" for name, value in sink.labels), "secrets": "(hidden)",
    }  # fmt: skip


async def _run(settings: Settings, chosen: "list[Sink]") -> None:
    from connectors.feeds.reach import allowed_hosts  # noqa: PLC0415
    from connectors.sinks.courier import Courier  # noqa: PLC0415
    from connectors.sinks.post import Poster  # noqa: PLC0415
    from connectors.sinks.worker import SinkWorker  # noqa: PLC0415
    from marsad import logs  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.delivering import Delivering  # noqa: PLC0415
    from marsad.health import health_address  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.parent import end_with_parent  # noqa: PLC0415
    from marsad.topics import check_partitions  # noqa: PLC0415
    from marsad.watched import telling  # noqa: PLC0415
    from streams.engine.offsetfetch import mend  # noqa: PLC0415

    logs.to_stderr(settings)
    options = client_options(settings)
    await check_partitions(options, settings.topic_prefix)
    allowed = allowed_hosts(",".join(settings.allow_private_hosts))
    stop = stop_event()
    end_with_parent()
    async with Poster(allowed) as poster:
        couriers = [Courier(sink, poster, allowed) for sink in chosen]
        mend()
        workers = [SinkWorker(options, settings.topic_prefix, courier) for courier in couriers]
        async with (
            telling(Delivering(workers), health_address(settings), "the sinks", say),
            asyncio.TaskGroup() as running,
        ):
            for worker in workers:
                running.create_task(worker.run(stop))
            running.create_task(stop.wait())  # an empty list is no reason to end: it may be so for now
            say(
                f"delivering to {', '.join(sink.shown for sink in chosen) or 'nobody: the file has no sinks'}"
            )
