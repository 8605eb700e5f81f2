"""Delivery for real: a loopback receiver, a real Kafka, workers that are killed in mid-delivery."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from standardwebhooks.webhooks import Webhook

from connectors.committed import committed
from connectors.sinks.attempt import Delivered, Later, Never
from connectors.sinks.courier import Courier, Given
from connectors.sinks.post import Poster
from events.alert import Alert
from events.times import wire_time
from events.wire import cloud_headers, encode
from tests.pipeline.verifier import read_topic
from tests.sinks.making import SECRET, alert, sink
from tests.sinks.receiver import Receiver

WAIT_SECONDS = 600
LOOPBACK = frozenset({"127.0.0.1"})


def once(statuses: dict[int, int]) -> Any:
    """Answer the n-th request so, any other with 202."""
    return lambda number: (statuses.get(number, 202), 0.0)


async def test_a_receiver_that_is_away_is_tried_again_with_the_same_id() -> None:
    made = alert()
    async with Receiver(once({0: 503, 1: 500})) as receiver, Poster(LOOPBACK) as poster:
        given = await Courier(sink(receiver.url), poster, dice=lambda: 0.0).deliver(made)
        assert given == Given(None, 3)
        assert {headers["webhook-id"] for headers, _ in receiver.seen} == {made.alert_id}
        assert len({body for _, body in receiver.seen}) == 1
        for headers, body in receiver.seen:
            Webhook(SECRET).verify(body, headers)


async def test_a_refusal_is_not_asked_again_and_a_redirect_is_one() -> None:
    async with Receiver(once({0: 400, 1: 302})) as receiver, Poster(LOOPBACK) as poster:
        receiver.headers = {"Location": "http://127.0.0.1/elsewhere"}
        courier = Courier(sink(receiver.url), poster)
        assert await courier.deliver(alert()) == Given("HTTP 400 Bad Request", 1)
        assert await courier.deliver(alert()) == Given("HTTP 302 Found", 1)
        assert len(receiver.seen) == 2


async def test_given_up_after_its_hours() -> None:
    times = iter([0.0, 0.0, 0.0, 1e6, 1e6, 1e6])
    async with Receiver(lambda n: (503, 0.0)) as receiver, Poster(LOOPBACK) as poster:
        given = await Courier(sink(receiver.url), poster, clock=lambda: next(times, 1e6)).deliver(alert())
        assert given.reason == "given up after 1 attempts: HTTP 503 Service Unavailable"


async def test_quiet_hours_are_waited_for() -> None:
    from datetime import UTC, datetime, timedelta

    soon = wire_time(datetime.now(UTC) + timedelta(seconds=1.5))
    async with Receiver() as receiver, Poster(LOOPBACK) as poster:
        delivering = asyncio.create_task(
            Courier(sink(receiver.url), poster).deliver(alert(deliver_after=soon))
        )
        await delivering
        stamp = int(receiver.seen[0][0]["webhook-timestamp"])
        assert wire_time(datetime.fromtimestamp(stamp + 1, UTC)) >= soon


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"]
)
async def test_private_addresses_are_never_dialled(host: str) -> None:
    async with Receiver() as receiver, Poster() as poster:
        outcome = await Courier(sink(f"http://{host}:{receiver.port}/"), poster).attempt(alert())
        assert isinstance(outcome, Never | Later), outcome
        if host != "[::1]":  # a machine without IPv6 may not get that far
            assert isinstance(outcome, Never)
            assert "is not reached without leave" in outcome.reason
        assert not receiver.seen


async def test_apprise_tells_and_has_the_same_guard() -> None:
    async with Receiver() as receiver, Poster() as poster:
        chat = sink(type="apprise", secrets=(f"json://127.0.0.1:{receiver.port}/",))
        assert isinstance(await Courier(chat, poster).attempt(alert()), Never)
        assert not receiver.seen
        assert isinstance(await Courier(chat, poster, LOOPBACK).attempt(alert()), Delivered)
        told = orjson.loads(receiver.seen[0][1])
        assert told["title"] == "انفجار وسط بغداد: 3 قتلى"
        assert told["type"] == "failure"
        wrong = sink(type="apprise", secrets=("nonsense://x",))
        assert isinstance(await Courier(wrong, poster, LOOPBACK).attempt(alert()), Never)


class Sinks:
    """A `marsad sinks` process on a sinks file."""

    def __init__(self, broker: str, prefix: str, folder: Path) -> None:
        self.broker, self.prefix, self.folder = broker, prefix, folder
        self.file = folder / "sinks.toml"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = [
            "sinks",
            "--broker",
            self.broker,
            "--topic-prefix",
            self.prefix,
            "--config",
            str(self.file),
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "marsad", *arguments], stderr=log,
                env={**os.environ, "MARSAD_ALLOW_PRIVATE_HOSTS": "127.0.0.1"},
            )  # fmt: skip

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(40)

    def write(self, *tables: str) -> None:
        self.file.write_text("\n".join(tables))


def hook(url: str, name: str = "desk", **more: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[sink]]\nname = "{name}"\ntype = "webhook"\nurl = "{url}"\nsecret = "{SECRET}"\n{lines}'


@pytest.fixture
def sinks(kafka: str, prefix: str, tmp_path: Path) -> Iterator[Sinks]:
    made = Sinks(kafka, prefix, tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


@pytest.fixture
async def send(kafka: str, prefix: str) -> AsyncIterator[Any]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await producer.start()

    async def written(*alerts: Alert, key: str = "") -> None:
        for one in alerts:
            data = encode(one)
            headers = list(cloud_headers(one, data))
            await producer.send_and_wait(
                f"{prefix}alerts.v1", data, key=(key or one.event_id).encode(), headers=headers
            )

    yield written
    await producer.stop()


async def done_with(sinks: Sinks) -> int:
    """How many alerts stand before the committed offsets."""
    offsets = await committed({"bootstrap_servers": sinks.broker}, f"{sinks.prefix}marsad-sink-desk")
    return sum(meta.offset for meta in offsets.values())


async def test_killed_in_mid_delivery_none_is_lost(sinks: Sinks, send: Any) -> None:
    """The receiver fails at times and is slow; the worker is killed twice; every alert arrives."""
    alerts = [alert(number) for number in range(40)]
    flaky = Receiver(lambda n: (503 if n % 9 == 4 else 202, 0.05 if n % 5 else 0.4))
    async with flaky as receiver:
        sinks.write(hook(receiver.url))
        await send(*alerts)
        for after in (5, 50):
            sinks.start()
            await receiver.got(after)
            sinks.kill()
        sinks.start()
        wanted = {one.alert_id for one in alerts}
        async with asyncio.timeout(WAIT_SECONDS):
            while {headers["webhook-id"] for headers, _ in receiver.seen} != wanted:
                await asyncio.sleep(0.1)
        bodies: dict[str, set[bytes]] = {}
        for headers, body in receiver.seen:
            Webhook(SECRET).verify(body, headers)
            bodies.setdefault(headers["webhook-id"], set()).add(body)
        assert all(len(found) == 1 for found in bodies.values())
        async with asyncio.timeout(WAIT_SECONDS):
            while await done_with(sinks) < len(alerts):
                await asyncio.sleep(0.2)
        assert sinks.stop() == 0


async def test_each_sink_for_itself_and_what_is_refused_is_a_dead_letter(sinks: Sinks, send: Any) -> None:
    async with Receiver() as good, Receiver(lambda n: (400, 0.0)) as bad:
        sinks.write(
            hook(good.url), hook(bad.url, "refusing"), hook(good.url, "none-wanted", rules='["other"]'),
            hook("http://10.0.0.1/", "private"),
        )  # fmt: skip
        sinks.start()
        await send(alert(1), key="k")
        await good.got(1)
        async with asyncio.timeout(WAIT_SECONDS):
            while len(dead := await read_topic(sinks.broker, f"{sinks.prefix}alerts.v1.dlt")) < 2:
                await asyncio.sleep(0.2)
        told = {dict(one.headers)["news_dlt_stage"].decode(): dict(one.headers) for one in dead}
        assert told.keys() == {"sink-refusing", "sink-private"}
        assert told["sink-refusing"]["news_dlt_reason"] == b"undeliverable"
        assert told["sink-refusing"]["news_dlt_error_message"] == b"HTTP 400 Bad Request"
        assert b"MARSAD_ALLOW_PRIVATE_HOSTS" in told["sink-private"]["news_dlt_error_message"]
        assert all((one.key, one.value) == (b"k", encode(alert(1))) for one in dead)
        assert len(good.seen) == 1
        log = (sinks.folder / "log").read_text()
        assert SECRET not in log and str(bad.port) not in log
