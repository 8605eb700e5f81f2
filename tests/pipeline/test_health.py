"""/livez, /readyz, /metrics and /version of real workers on a real Kafka."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from marsad import __version__
from marsad.polling import METRICS
from streams.engine.backlog import Backlog
from tests.pipeline import corpus
from tests.pipeline.feeding import send
from tests.pipeline.workers import PATIENCE, STAGES, Workers


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


@pytest.fixture
def told(workers: Workers) -> Workers:
    workers.env["MARSAD_HEALTH_PORT"] = "0"
    return workers


async def address(workers: Workers, log: str, stage: str) -> str:
    """Where the stage says that its health is."""
    async with asyncio.timeout(PATIENCE):
        while not (said := re.search(rf"health of stage {stage} at (http://\S+)/", workers.log(log))):
            await asyncio.sleep(0.1)
    return said[1]


async def until(http: aiohttp.ClientSession, url: str, status: int, seconds: float = PATIENCE) -> str:
    async with asyncio.timeout(seconds):
        while True:
            async with http.get(url) as answer:
                if answer.status == status:
                    return await answer.text()
            await asyncio.sleep(0.2)


async def figures(http: aiohttp.ClientSession, where: str) -> dict[str, dict[str, float]]:
    async with http.get(where + "/metrics") as answer:
        assert answer.status == 200
        families = list(text_string_to_metric_families(await answer.text()))
    found: dict[str, dict[str, float]] = {}
    for sample in (sample for family in families for sample in family.samples):
        found.setdefault(sample.name, {})[sample.labels.get("outcome", sample.labels.get("reason", ""))] = (
            sample.value
        )
    return found


async def test_a_stage_says_that_it_is_well_and_what_it_did(
    told: Workers, producer: AIOKafkaProducer, http: aiohttp.ClientSession
) -> None:
    values = corpus.numbered(120, seed=11)
    await send(producer, told.prefix, [*values, b"poison"])
    told.start()
    await told.drained()
    where = {stage: await address(told, stage, stage) for stage in STAGES}
    for stage in STAGES:
        assert await until(http, where[stage] + "/livez", 200) == "ok\n"
        assert await until(http, where[stage] + "/readyz", 200) == "ok\n"
        async with http.get(where[stage] + "/version") as answer:
            said = await answer.json()
        assert (said["stage"], said["version"]) == (stage, __version__)
    seen = {stage: await figures(http, where[stage]) for stage in STAGES}
    assert sum(seen["normalize"]["news_events_total"].values()) == 121
    assert seen["normalize"]["news_events_total"]["dead_letter"] == sum(
        seen["normalize"]["news_dead_letters_total"].values()
    )
    passed = seen["dedupe"]["news_events_total"]
    assert seen["normalize"]["news_events_total"]["normalized"] == sum(passed.values())
    assert sum(seen["tag"]["news_events_total"].values()) == sum(passed.values()) - passed["repeat"]
    assert seen["dedupe"]["news_memories"][""] >= 1
    assert seen["tag"]["news_window_depth"][""] == 0


async def test_a_stage_that_was_stopped_in_order_does_not_listen_any_more(
    told: Workers, http: aiohttp.ClientSession
) -> None:
    told.start("tag")
    where = await address(told, "tag", "tag")
    await until(http, where + "/readyz", 200)
    told.running["tag"].send_signal(signal.SIGTERM)
    await asyncio.to_thread(told.running["tag"].wait, PATIENCE)
    assert told.running["tag"].returncode == 0
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(where + "/livez")


async def test_all_stages_in_one_command_each_have_a_port(told: Workers, http: aiohttp.ClientSession) -> None:
    told.start("all")
    where = [await address(told, "all", stage) for stage in STAGES]
    assert len(set(where)) == 3
    for one in where:
        await until(http, one + "/readyz", 200)


async def test_a_taken_port_is_named_and_ends_the_worker(told: Workers) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told.env["MARSAD_HEALTH_PORT"] = str(port)
    try:
        told.start("tag")
        code = await asyncio.to_thread(told.running["tag"].wait, PATIENCE)
    finally:
        server.close()
        await server.wait_closed()
    assert code == 1
    assert f"--health-port {port}" in told.log("tag")
    assert "Traceback" not in told.log("tag")


async def test_the_backlog_is_what_can_be_read_not_what_offsets_say(kafka: str, prefix: str) -> None:
    topic = f"{prefix}articles.raw.v1"
    client = {"bootstrap_servers": kafka}
    sender = AIOKafkaProducer(**client, transactional_id=f"{prefix}sender")
    await sender.start()
    async with sender.transaction():
        for number in range(3):
            await sender.send(topic, b"%d" % number, partition=0)
    await sender.stop()
    backlog = Backlog(client)
    try:
        # Offset 3 is the transaction's marker: nobody ever reads it, so nobody commits past it.
        assert await backlog.ask({(topic, 0): 0, (topic, 1): 0}) == {(topic, 0): 4, (topic, 1): 0}
        assert await backlog.ask({(topic, 0): 2, (topic, 1): 0}) == {(topic, 0): 2, (topic, 1): 0}
        assert await backlog.ask({(topic, 0): 3, (topic, 1): 0}) == {(topic, 0): 0, (topic, 1): 0}
    finally:
        await backlog.close()


async def test_without_a_broker_there_is_no_answer_and_no_error() -> None:
    backlog = Backlog({"bootstrap_servers": "127.0.0.1:1", "request_timeout_ms": 1000})
    assert await backlog.ask({("t", 0): 0}) is None
    await backlog.close()


def start_connectors(workers: Workers) -> None:
    workers.data.mkdir(parents=True)
    command = [sys.executable, "-m", "marsad", "connectors", "--broker", workers.broker]
    command += ["--topic-prefix", workers.prefix, "--data", str(workers.data)]
    with (workers.data / "connectors.log").open("wb") as log:
        workers.running["connectors"] = subprocess.Popen(command, stderr=log, env=workers.env)


async def test_the_connectors_say_what_they_polled(told: Workers, http: aiohttp.ClientSession) -> None:
    start_connectors(told)
    async with asyncio.timeout(PATIENCE):
        while not (said := re.search(r"connectors at (http://\S+)/", told.log("connectors"))):
            await asyncio.sleep(0.1)
        await until(http, said[1] + "/readyz", 200)
        while (found := await figures(http, said[1]))["news_feed_polls_total"]["fetched"] < 4:
            await asyncio.sleep(0.2)
    assert found["news_feed_polls_total"]["failed"] == 0
    assert found["news_feed_articles_total"][""] > 10
    assert found["news_feed_last_success_timestamp_seconds"][""] > 1.7e9
    assert {name for name in found if name.startswith("news_")} == set(METRICS)
    assert await until(http, said[1] + "/livez", 200) == "ok\n"
