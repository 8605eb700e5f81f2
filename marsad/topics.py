"""The topics on the broker against the table in events/topics.py: compared, and created where missing.

Never shrinks, grows, alters or deletes: another partition count moves keys to other partitions, and with
them the memory of what was seen; a changed retention is some operator's decision. Both are named, and left
to a person.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)

from events.topics import (
    DEFAULT_PARTITIONS,
    DEFAULT_PREFIX,
    MATCHES,
    Topic,
    all_topics,
    changelogs,
    full_name,
)
from marsad.errors import Failure
from marsad.settings import Settings

VISIBLE_TIMEOUT = 30.0
"""Seconds until a created topic must have a leader on every partition."""
PATIENCE = 15.0
RETRY = 0.2
BROKER_DEFAULT = -1
MEMORIES = frozenset(topic.carries for topic in changelogs())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ought to be there: names, partitions (None: whatever the existing ones agree on), copies."""

    prefix: str = DEFAULT_PREFIX
    partitions: int | None = None
    replication: int | None = None

    @classmethod
    def by(cls, settings: Settings) -> "Wanted":
        """Read it from the settings; a partition count nobody asked for yields to the one that is there."""
        asked = settings.origins.get("partitions", "default") != "default"
        return cls(settings.topic_prefix, settings.partitions if asked else None, settings.replication)

    def topics(self) -> dict[str, Topic]:
        """Give every topic by its name on the broker, the memories' changelogs included."""
        ours = {full_name(topic, self.prefix): topic for topic in all_topics()}
        return ours | {memory.name: memory for memory in changelogs(self.prefix)}


@dataclass(frozen=True, slots=True)
class Found:
    """One topic as the broker has it; partitions 0 means that it is missing."""

    name: str
    topic: Topic
    partitions: int = 0
    replication: int = 0
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> bool:
        """Tell whether the broker does not have it."""
        return self.partitions == 0

    @property
    def of_articles(self) -> bool:
        """Tell whether it must have the count of the others: articles, their refusals, what is remembered."""
        remembered = self.topic == MATCHES or self.topic.carries in MEMORIES
        return remembered or self.topic.name.startswith("articles.")

    def differences(self, partitions: int, replication: int | None) -> list[str]:
        """Name every way in which it is not as the table says."""
        if self.missing:
            return [f"{self.name}: missing"]
        lines = []
        if self.partitions != partitions:
            lines.append(f"{self.name}: has {self.partitions} partitions, should have {partitions}")
        if replication is not None and self.replication != replication:
            lines.append(f"{self.name}: has {self.replication} copies, should have {replication}")
        for key, value in self.topic.config().items():
            if self.config.get(key) != value:
                lines.append(f"{self.name}: {key} is {self.config.get(key)}, should be {value}")
        return lines


@asynccontextmanager
async def admin(options: Mapping[str, Any]) -> AsyncIterator[AIOKafkaAdminClient]:
    """Open an admin client on `connection.client_options`. Raises Failure where no broker answers."""
    client = AIOKafkaAdminClient(**options)
    try:
        await client.start()
        yield client
    except (KafkaError, OSError) as error:
        raise unreachable(options, error) from error
    finally:
        await client.close()


def unreachable(options: Mapping[str, Any], error: Exception) -> Failure:
    """Say that Kafka does not do as asked: it is not there, refuses us, or broke off."""
    if isinstance(error, KafkaConnectionError):
        if options.get("security_protocol", "PLAINTEXT") != "PLAINTEXT":
            return Failure(  # a broker that refuses our proof just hangs up
                f"no Kafka at {options['bootstrap_servers']} lets us in. Check the address (--broker), that "
                "it runs, and the TLS and SASL settings (`marsad config show`)."
            )
        return Failure(
            f"no Kafka answers at {options['bootstrap_servers']}. Check the address (--broker) and that it "
            "runs; `marsad broker` starts one on this machine."
        )
    reason = " ".join(str(error).split()) or type(error).__name__
    return Failure(
        f"Kafka at {options['bootstrap_servers']} does not answer as it should ({reason[:300]}). Check the "
        "address (--broker), that it runs, and the TLS and SASL settings (`marsad config show`)."
    )


async def _patient(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask until an answer comes: aiokafka asks any broker it heard of, also one that has just died."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY)


async def look(client: AIOKafkaAdminClient, wanted: Wanted, settings: bool = True) -> list[Found]:
    """Give every topic of ours as the broker has it, in the table's order, without `settings` not those.

    Raises Failure where we may not see them: what is hidden from us is not missing.
    """
    topics = wanted.topics()
    described = await _patient(lambda: client.describe_topics(list(topics)))
    there = {one["topic"]: one["partitions"] for one in described if one["error_code"] == 0}
    hidden = [one["topic"] for one in described if one["error_code"] == TopicAuthorizationFailedError.errno]
    if hidden:
        raise Failure(
            f"the broker does not let us see {', '.join(hidden)}: the user needs Describe on the topics "
            "(docs/security.md has the rights of each component)"
        )
    configs = await _configs(client, list(there)) if settings else {}
    return [
        Found(name, topic, len(there[name]), len(there[name][0]["replicas"]), configs.get(name, {}))
        if there.get(name)
        else Found(name, topic)
        for name, topic in topics.items()
    ]


async def _configs(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    answers = await _patient(lambda: client.describe_configs(resources))
    found = {}
    for answer in answers:
        for resource in answer.to_object()["resources"]:
            entries = resource["config_entries"]
            found[resource["resource_name"]] = {one["config_names"]: one["config_value"] for one in entries}
    return found


def agreed_partitions(found: Sequence[Found], wanted: Wanted) -> int:
    """Give the partition count all our topics should have: the one asked for, else that of those there."""
    if wanted.partitions is not None:
        return wanted.partitions
    return next((one.partitions for one in found if not one.missing), DEFAULT_PARTITIONS)


async def differences(options: Mapping[str, Any], wanted: Wanted) -> list[str]:
    """Compare; give a line for each difference, none where all is as it should be."""
    async with admin(options) as client:
        found = await look(client, wanted)
    return compared(found, wanted)


def compared(found: Sequence[Found], wanted: Wanted) -> list[str]:
    """Give a line for each difference between what was found and what is wanted."""
    partitions = agreed_partitions(found, wanted)
    return [line for one in found for line in one.differences(partitions, wanted.replication)]


async def apply(options: Mapping[str, Any], wanted: Wanted) -> tuple[list[str], list[str]]:
    """Create what is missing and wait until it can be used; give what was created, and what differs still.

    Raises Failure where the broker refuses a topic.
    """
    async with admin(options) as client:
        found = await look(client, wanted)
        partitions = agreed_partitions(found, wanted)
        missing = [one for one in found if one.missing]
        if missing:
            await _create(client, [_new(one, partitions, wanted.replication) for one in missing])
            await _await_leaders(client, [one.name for one in missing], partitions)
    others = [one for one in found if not one.missing]
    left = [line for one in others for line in one.differences(partitions, wanted.replication)]
    return [one.name for one in missing], left


async def create(
    options: Mapping[str, Any], prefix: str, topic: Topic, partitions: int, replication: int | None
) -> str:
    """Create a topic that is not in our table where it is missing; give its name. Raises Failure."""
    name = full_name(topic, prefix)
    async with admin(options) as client:
        if name not in await client.list_topics():
            await _create(client, [_new(Found(name, topic), partitions, replication)])
            await _await_leaders(client, [name], partitions)
    return name


def _new(one: Found, partitions: int, replication: int | None) -> NewTopic:
    copies = BROKER_DEFAULT if replication is None else replication
    # aiokafka takes the broker's default only beside an (empty) assignment; see its NewTopic.__init__.
    assignments: dict[int, list[int]] | None = {} if replication is None else None
    return NewTopic(one.name, partitions, copies, assignments, one.topic.config())


async def _create(client: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    answer = await _patient(lambda: client.create_topics(topics))
    for name, code, message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):  # another `apply` may run at the same moment
            raise Failure(f"the broker refuses topic {name}: {message or for_code(code).__name__}")


async def _await_leaders(client: AIOKafkaAdminClient, names: list[str], partitions: int) -> None:
    """Wait until every partition has a leader: a producer that asks earlier fails or waits."""
    try:
        async with asyncio.timeout(VISIBLE_TIMEOUT):
            while not _all_led(await _patient(lambda: client.describe_topics(names)), partitions):
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Failure(f"topics were created but have no leader after {VISIBLE_TIMEOUT:.0f} s") from None


def _all_led(topics: list[dict[str, Any]], partitions: int) -> bool:
    return all(
        one["error_code"] == 0
        and len(one["partitions"]) >= partitions
        and all(part["leader"] >= 0 for part in one["partitions"])
        for one in topics
    )


async def check_partitions(options: Mapping[str, Any], prefix: str = DEFAULT_PREFIX) -> int:
    """Make sure that every topic is there and those of articles have one partition count; give it.

    A worker calls this before it starts: Faust itself would find a mismatch only at the first write, and
    then drop every record (robinhood/faust#137). Raises Failure that names each topic.
    """
    async with admin(options) as client:
        found = await look(client, Wanted(prefix), settings=False)
    missing = [one.name for one in found if one.missing]
    if missing:
        raise Failure(f"topics are missing: {', '.join(missing)}. Create them with `marsad topics apply`.")
    articles = [one for one in found if one.of_articles]
    counts = {one.partitions for one in articles}
    if len(counts) > 1:
        named = ", ".join(f"{one.name} {one.partitions}" for one in articles)
        raise Failure(
            f"topics must have the same number of partitions, but have: {named}. Records of one article "
            "would meet in different workers. Recreate those that differ, or move to another topic prefix "
            "(MARSAD_TOPIC_PREFIX)."
        )
    return counts.pop()
