"""The whole pipeline with exactly the rights of marsad/access.py, over TLS and SASL; and what they deny."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from events import topics
from marsad.access import COMPONENTS, grants
from marsad.kafka.ports import HOST
from tests.alerts.making import raw
from tests.security.guarded import Guarded, of_components, password, user_of
from tests.security.programs import PATIENCE, Programs
from tests.sinks.receiver import Receiver

PREFIX = topics.DEFAULT_PREFIX
STAGES = ("normalize", "dedupe", "tag", "alert")
RULE = "rules:\n  - {id: blast, query: انفجار, severity: critical}\n"
SINKS = '[[sink]]\nname = "desk"\ntype = "webhook"\nurl = "%s"\nsecret = "whsec_%s"\n'
DENIED = re.compile(r"Principal = (\S+) is Denied operation = (\S+) from host = \S+ on resource = (\S+)")


@pytest.fixture(scope="session")
async def prepared(guarded: Guarded) -> Guarded:
    """The rights written down; nobody has any others."""
    await guarded.allow(of_components(PREFIX))
    return guarded


@pytest.fixture
def programs(prepared: Guarded, tmp_path: Path) -> Iterator[Programs]:
    made = Programs(prepared, tmp_path / "programs", PREFIX)
    yield made
    made.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as made:
        yield made


def denied(guarded: Guarded) -> set[tuple[str, ...]]:
    journal = guarded.kafka.processes[0].node.journal.read_text("utf-8", "replace")
    return set(DENIED.findall(journal))


async def until_printed(programs: Programs, component: str, *command: str, holds: str) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            code, out, _ = await programs.run(component, *command)
            if code == 0 and holds in out:
                return out
            await asyncio.sleep(0.3)


async def test_the_pipeline_needs_no_right_beyond_the_table(
    programs: Programs, tmp_path: Path, receiver: Receiver
) -> None:
    before = denied(programs.guarded)
    code, out, told = await programs.run("topics", "topics", "apply", "--partitions", "2")
    assert code == 0, told
    rules, sinks, own = tmp_path / "rules.yml", tmp_path / "sinks.toml", tmp_path / "own.jsonl"
    rules.write_text(RULE)
    sinks.write_text(SINKS % (receiver.url, "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"))
    own.write_bytes(orjson.dumps(raw()) + b"\n")
    code, _, told = await programs.run("operator", "rules", "apply", str(rules))
    assert code == 0, told
    programs.start("connectors", "connectors")
    for stage in STAGES:
        programs.start(stage, "worker", "--stage", stage)
    programs.start("sinks", "sinks", "--config", str(sinks))
    code, _, told = await programs.run("publisher", "push", str(own))
    assert code == 0, told
    producer = AIOKafkaProducer(**programs.guarded.client(user_of("publisher")))
    async with producer:
        await producer.send_and_wait(f"{PREFIX}articles.raw.v1", b"no json", key=b"poison")

    await until_printed(programs, "operator", "dlt", "list", holds="not_json")
    code, out, told = await programs.run("operator", "dlt", "replay", "--yes")
    assert (code, len(out.splitlines())) == (0, 1), told
    count = ("-n", "10", "--from", "begin")
    events = await until_printed(programs, "operator", "tail", *count, holds='"event_id"')
    assert any(json.loads(line)["title"] for line in events.splitlines())
    try:
        await receiver.got(1, PATIENCE)
    except TimeoutError:
        raise AssertionError({name: programs.log(name) for name in programs.running}) from None
    lags = await until_printed(programs, "lag", "lag", "-o", "json", holds="alert")
    assert {json.loads(line)["stage"] for line in lags.splitlines()} == set(STAGES)
    programs.start("project", "project", "ninjs")
    ninjs = ("tail", f"{PREFIX}articles.ninjs.v1", *count)
    await until_printed(programs, "operator", *ninjs, holds="ninjs-schema")
    programs.start("web", "web", "--port", "0")
    async with asyncio.timeout(PATIENCE):
        while "http://127.0.0.1:" not in programs.log("web"):
            await asyncio.sleep(0.1)
    code, out, told = await programs.run("operator", "feeds", "list")
    assert code == 0, told
    assert all(one.poll() is None for one in programs.running.values())
    assert not {one for one in denied(programs.guarded) - before if one[0].startswith("User:marsad-")}
    logs = "".join(programs.log(name) for name in programs.running)
    assert not [name for name in COMPONENTS if password(user_of(name)) in logs]


@pytest.mark.parametrize("name", COMPONENTS)
async def test_what_a_component_does_not_write_it_cannot(prepared: Guarded, name: str) -> None:
    mine = {grant.name for grant in grants(COMPONENTS[name]) if "Write" in grant.operations}
    names = {topics.full_name(topic, PREFIX) for topic in topics.all_topics()} | {"stranger"}
    producer = AIOKafkaProducer(**prepared.client(user_of(name)), request_timeout_ms=5000)
    async with producer:
        for topic in sorted(names - mine)[:: 4 if mine else 8]:
            with pytest.raises((TopicAuthorizationFailedError, KafkaError)) as refused:
                await producer.send_and_wait(topic, b"{}")
            assert isinstance(refused.value, TopicAuthorizationFailedError)


async def test_nobody_may_anything_without_a_right(prepared: Guarded) -> None:
    nobody = {"bootstrap_servers": prepared.kafka.first_address}  # on the listener asked for readiness
    for client in (prepared.client("stranger"), nobody):
        admin = AIOKafkaAdminClient(**client)
        await admin.start()
        try:
            assert await admin.list_topics() == []
            (found,) = await admin.describe_topics([f"{PREFIX}articles.enriched.v1"])
            assert found["error_code"] == TopicAuthorizationFailedError.errno
            (code, *_) = (await admin.create_topics([NewTopic("mine", 1, 1)])).topic_errors[0][1:]
            assert code == TopicAuthorizationFailedError.errno
        finally:
            await admin.close()


async def test_a_worker_without_its_rights_says_so_and_ends(programs: Programs) -> None:
    where = f"{HOST}:{programs.guarded.sasl}"
    told = await programs.run("publisher", "worker", "--stage", "tag", MARSAD_TOPIC_PREFIX="other.")
    assert told[0] == 1
    assert "docs/security.md" in told[2]
    assert "Traceback" not in told[2]
    assert where not in told[1]
