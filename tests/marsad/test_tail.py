"""`marsad tail` on a terminal and into a pipe, from a real Kafka."""

import asyncio
import os
import pty
import sys

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events.wire import encode
from marsad.cli import run
from tests.web.making import PLAIN, story

pytestmark = pytest.mark.kafka


async def send(kafka: str, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"k", partition=0)


async def tail(kafka: str, prefix: str, *arguments: str, terminal: bool) -> str:
    """What it prints, on a terminal of its own or into a pipe."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = (
        "-m",
        "marsad",
        "tail",
        "--broker",
        kafka,
        "--topic-prefix",
        prefix,
        "--from",
        "begin",
        *arguments,
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdout=theirs if terminal else asyncio.subprocess.PIPE,
        env=environment | {"TERM": "xterm-256color", "COLUMNS": "120"},
    )
    os.close(theirs)
    try:
        async with asyncio.timeout(60):
            said, _ = await process.communicate()
        assert process.returncode == 0
        return (os.read(ours, 65_536) if terminal else said).decode()
    finally:
        os.close(ours)
        if process.returncode is None:
            process.kill()


async def test_articles_are_coloured_on_a_terminal_and_json_in_a_pipe(kafka: str, prefix: str) -> None:
    await send(kafka, f"{prefix}articles.enriched.v1", encode(PLAIN))
    shown = await tail(kafka, prefix, "-n", "1", terminal=True)
    assert "\x1b[32m\u2068new\u2069" in shown
    assert "\u2068خبر\u2069" in shown
    piped = await tail(kafka, prefix, "-n", "1", terminal=False)
    assert orjson.loads(piped) == orjson.loads(encode(PLAIN))


async def test_stories_are_followed(kafka: str, prefix: str) -> None:
    grown = story("s1", articles=3, sources=2, independent_sources=2)
    merged = story("s1", status="merged", merged_into="s2")
    await send(kafka, f"{prefix}stories.v1", encode(grown), encode(merged))
    shown = await tail(kafka, prefix, "--stories", "-n", "2", "-o", "table", terminal=True)
    assert [word in shown for word in ("3a 2s 2i", "merged", "→ s2")] == [True, True, True]


def test_two_topics_at_once_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["tail", "news.alerts.v1", "--stories", "--broker", "127.0.0.1:9"]) == 2
    assert "--stories" in capfd.readouterr().err
