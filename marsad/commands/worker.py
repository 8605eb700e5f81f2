"""`marsad worker`: one stage in this process, or all of them, each in its own."""

import asyncio
import logging
from typing import Annotated

import typer

from marsad.errors import Failure
from marsad.interrupts import end_on_signals
from marsad.options import Broker, Data, HealthHost, HealthPort, TopicPrefix, WorkerStage, command
from marsad.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "worker",
        "marsad worker --broker 127.0.0.1:9092",
        "marsad worker --broker 127.0.0.1:9092 --stage dedupe --data /var/lib/marsad",
    )
    def worker(
        broker: Broker = None,
        stage: Annotated[
            WorkerStage, typer.Option(help="one stage, or all, one process each")
        ] = WorkerStage.ALL,
        data: Data = None,
        topic_prefix: TopicPrefix = None,
        health_port: HealthPort = None,
        health_host: HealthHost = None,
    ) -> None:
        """Run a stage until SIGTERM or Ctrl-C.

        Keeps state only below the data directory, and may lose it: the changelog topic has it all. Scale a
        stage by starting more of it. Refuses to start where topics are missing or partition counts differ.

        With --stage all, the stage of alerts starts with the first rule (`marsad rules apply`).

        With --health-port it answers probes and Prometheus; with --stage all, each stage on a port of its
        own: P, P+1, P+2, and P+4 for alerts.
        """
        flags = {
            "broker": broker,
            "data": data,
            "topic_prefix": topic_prefix,
            "health_port": health_port,
            "health_host": health_host,
        }
        settings = load(flags)
        end_on_signals()
        asyncio.run(_all(settings) if stage is WorkerStage.ALL else _one(settings, stage.value))


async def _all(settings: Settings) -> None:
    from marsad import logs  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415  (aiokafka and Faust; not for --help)
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.parent import end_with_parent  # noqa: PLC0415
    from marsad.run import Address, stage_children, supervised  # noqa: PLC0415
    from marsad.topics import check_partitions  # noqa: PLC0415

    logs.to_stderr(settings)
    options = client_options(settings)
    await check_partitions(options, settings.topic_prefix)
    stop = stop_event()
    end_with_parent()
    children = stage_children(Address(options["bootstrap_servers"], options), settings)
    await supervised(children, stop, logging.getLogger("marsad.supervisor").warning)


async def _one(settings: Settings, stage: str) -> None:
    from marsad import logs  # noqa: PLC0415
    from marsad.engine import engine_settings  # noqa: PLC0415
    from marsad.interrupts import stop_event  # noqa: PLC0415
    from marsad.parent import end_with_parent  # noqa: PLC0415
    from streams.engine.worker import run_stage  # noqa: PLC0415

    logs.to_stderr(settings)
    engine = await engine_settings(settings, stage)
    stop = stop_event()
    end_with_parent()
    try:
        await run_stage(stage, engine, stop)
    except OSError as error:
        # Whatever else goes wrong in a stage ends the process on the spot; only the health port comes out.
        raise Failure(f"--health-port {settings.health_port}: {error.strerror or error}") from error
