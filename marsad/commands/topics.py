"""`marsad topics list|apply|check|strimzi|export|import`: shows, creates, compares, copies."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from marsad.commands import backup
from marsad.errors import Failure
from marsad.options import Broker, Output, Partitions, Replication, TopicPrefix, command, group
from marsad.output import emit, say, write
from marsad.settings import Settings, load

DAY_MS = 24 * 60 * 60 * 1000


def register(app: typer.Typer) -> None:
    """Add the group."""
    topics = group(
        "Show, create or compare the topics; never shrinks or deletes",
        "marsad topics apply --broker 127.0.0.1:9092",
    )
    app.add_typer(topics, name="topics")
    _add_strimzi(topics)
    backup.register(topics)

    @command(topics, "list", "marsad topics list --broker 127.0.0.1:9092")
    def list_(broker: Broker = None, topic_prefix: TopicPrefix = None, output: Output = None) -> None:
        """Show every topic of ours as the broker has it, missing ones too."""
        emit(asyncio.run(_rows(load({"broker": broker, "topic_prefix": topic_prefix}))), output)

    @command(topics, "apply", "marsad topics apply --broker 127.0.0.1:9092 --partitions 12")
    def apply(
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        partitions: Partitions = None,
        replication: Replication = None,
    ) -> None:
        """Create the topics that are missing; print the name of each.

        What is there already is left as it is; where it differs from the table, stderr says so. Partition
        counts are never changed: records of one article would move.
        """
        _apply(
            load(
                {
                    "broker": broker,
                    "topic_prefix": topic_prefix,
                    "partitions": partitions,
                    "replication": replication,
                }
            )
        )

    @command(topics, "check", "marsad topics check --broker 127.0.0.1:9092")
    def check(
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        partitions: Partitions = None,
        replication: Replication = None,
    ) -> None:
        """Compare the broker's topics with the table: a line for each difference, and exit code 1.

        Without --partitions all must have the count of the raw topic.
        """
        _check(
            load(
                {
                    "broker": broker,
                    "topic_prefix": topic_prefix,
                    "partitions": partitions,
                    "replication": replication,
                }
            )
        )


def _add_strimzi(topics: typer.Typer) -> None:
    @command(topics, "strimzi", "marsad topics strimzi --partitions 12 | kubectl apply -f -")
    def strimzi(
        topic_prefix: TopicPrefix = None,
        partitions: Partitions = None,
        replication: Replication = None,
        cluster: Annotated[str, typer.Option(metavar="NAME", help="name of the Kafka resource")] = "marsad",
    ) -> None:
        """Print every topic as a KafkaTopic and every component as a KafkaUser, for Strimzi; no broker.

        A user has the rights of its component and no others (docs/security.md).
        """
        import yaml  # noqa: PLC0415

        from marsad import manifests  # noqa: PLC0415

        flags = {"topic_prefix": topic_prefix, "partitions": partitions, "replication": replication}
        settings = load(flags)
        prefix, copies = settings.topic_prefix, settings.replication or manifests.REPLICAS
        made = [
            *manifests.kafka_topics(prefix, settings.partitions, copies, cluster),
            *manifests.kafka_users(prefix, cluster),
        ]
        write(yaml.safe_dump_all(made, sort_keys=False, allow_unicode=True).rstrip("\n"))


async def _rows(settings: Settings) -> list[Mapping[str, Any]]:
    from marsad import topics  # noqa: PLC0415  (aiokafka; not for --help)
    from marsad.connection import client_options  # noqa: PLC0415

    async with topics.admin(client_options(settings)) as client:
        found = await topics.look(client, topics.Wanted.by(settings))
    return [
        {
            "topic": one.name,
            "partitions": one.partitions or None,
            "replication": one.replication or None,
            "policy": one.config.get("cleanup.policy"),
            "retention_days": _days(one.config),
            "carries": one.topic.carries,
            "state": "missing" if one.missing else "there",
        }
        for one in found
    ]


def _days(config: Mapping[str, str]) -> float | None:
    if config.get("cleanup.policy") != "delete" or config.get("retention.ms") in (None, "-1"):
        return None
    return round(int(config["retention.ms"]) / DAY_MS, 2)


def _apply(settings: Settings) -> None:
    from marsad import topics  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415

    created, left = asyncio.run(topics.apply(client_options(settings), topics.Wanted.by(settings)))
    for name in created:
        write(name)
    for line in left:
        say(f"left as it is: {line}")
    say(f"{len(created)} topics created, {len(left)} differences left")
    if any(" partitions, should have " in line for line in left):
        raise Failure("partition counts differ, and a worker would refuse to start; see the lines above")


def _check(settings: Settings) -> None:
    from marsad import topics  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415

    lines = asyncio.run(topics.differences(client_options(settings), topics.Wanted.by(settings)))
    for line in lines:
        write(line)
    if lines:
        raise Failure(f"{len(lines)} differences; `marsad topics apply` creates what is missing")
    say("all topics are as they should be")
