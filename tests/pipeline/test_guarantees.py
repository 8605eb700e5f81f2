"""The consumer in docs/guarantees.md does what the page says: each event once, also after kill -9."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from tests.pipeline.workers import PATIENCE

PAGE = Path(__file__).parents[2] / "docs" / "guarantees.md"


def count(file: Path) -> int:
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as database:
        try:
            return int(database.execute("SELECT count(*) FROM events").fetchone()[0])
        except sqlite3.OperationalError:  # before its table is there
            return 0


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command)


async def until_kept(file: Path, wanted: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while count(file) < wanted:
            await asyncio.sleep(0.1)


async def test_its_consumer_keeps_each_event_once(
    kafka: str, prefix: str, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    script, file, topic = (
        tmp_path / "collapse.py",
        tmp_path / "events.sqlite",
        f"{prefix}articles.enriched.v1",
    )
    script.write_text(code)
    command = [sys.executable, str(script), kafka, str(file), topic]
    events = [
        orjson.dumps({"event_id": f"e{number}", "article_id": f"a{number}", "revision": 1})
        for number in range(20)
    ]
    for first, end in ((0, 15), (5, 20)):  # the second time ten of them come again
        running = start(command)
        for event in events[first:end]:
            await producer.send(topic, event)
        await producer.flush()
        await until_kept(file, end)
        running.kill()
        running.wait()
    with closing(sqlite3.connect(file)) as database:
        kept = database.execute("SELECT event_id, event FROM events ORDER BY rowid").fetchall()
    assert sorted(kept) == sorted((f"e{number}", event) for number, event in enumerate(events))
