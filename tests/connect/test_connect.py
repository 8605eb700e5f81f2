"""Kafka Connect 4.3.0 itself reads our log: into a file as it is, and as typed records by the schema file."""

import asyncio
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from events.connect import connect_schema
from events.schema import RECORDS
from events.wire import encode
from marsad.kafka.jars import Jar, classpath
from marsad.kafka.java import find_java
from marsad.settings import cache_dir
from tests.alerts.making import altered, event

TABLE = Path(__file__).parent / "jars.tsv"
SECONDS = 600
TYPED = "value.converter.schemas.enable=true\nvalue.converter.schema.content={schema}"
PLAIN = "value.converter.schemas.enable=false"


def jars() -> list[Path]:
    """The broker's jars and Connect's, in the broker's cache, by their pinned hashes."""
    rows = (line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#"))
    more = tuple(Jar(name, int(size), sha256) for name, size, sha256 in rows)
    return classpath(cache_dir()) + classpath(cache_dir(), jars=more)


def escaped(text: str) -> str:
    """For a Java properties file, which older readers take for Latin 1."""
    return text.replace("\\", "\\\\").encode("ascii", "backslashreplace").decode()


class Connect:
    """A ConnectStandalone with one FileStreamSink over the enriched topic."""

    def __init__(self, broker: str, prefix: str, folder: Path, converter: str) -> None:
        self.folder, self.out = folder, folder / "out.txt"
        (folder / "worker.properties").write_text(
            f"bootstrap.servers={broker}\nkey.converter=org.apache.kafka.connect.storage.StringConverter\n"
            f"value.converter=org.apache.kafka.connect.json.JsonConverter\n{escaped(converter)}\n"
            f"offset.storage.file.filename={folder / 'offsets'}\nlisteners=http://127.0.0.1:0\n"
            "plugin.discovery=service_load\noffset.flush.interval.ms=500\nconsumer.auto.offset.reset=earliest\n"
        )
        (folder / "sink.properties").write_text(
            "name=marsad\nconnector.class=org.apache.kafka.connect.file.FileStreamSinkConnector\ntasks.max=1\n"
            f"topics={prefix}articles.enriched.v1\nfile={self.out}\nerrors.tolerance=none\n"
        )

    def start(self) -> None:
        path = os.pathsep.join(map(str, jars()))
        command = [str(find_java().path), "-Xmx256m", "-cp", path,
                   "org.apache.kafka.connect.cli.ConnectStandalone", "worker.properties",
                   "sink.properties"]  # fmt: skip
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    async def lines(self, count: int) -> list[str]:
        """What it has written, once there is so much."""
        async with asyncio.timeout(SECONDS):
            while True:
                assert self.process.poll() is None, (self.folder / "log").read_text()[-3_000:]
                found = self.out.read_text().splitlines() if self.out.exists() else []
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.3)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
async def filled(kafka: str, prefix: str) -> AsyncIterator[list[bytes]]:
    """Two events on the enriched topic, one with everything that can be null or absent."""
    bare = altered(event(), event_id="bare", casualties=None, dateline=None, relates_to=None, agency=None)
    values = [encode(event()), encode(bare)]
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await producer.start()
    for value in values:
        await producer.send_and_wait(f"{prefix}articles.enriched.v1", value, key=b"k")
    await producer.stop()
    yield values


@pytest.mark.parametrize("typed", [False, True], ids=["plain", "typed"])
async def test_connect_reads_our_log(
    kafka: str, prefix: str, filled: list[bytes], tmp_path: Path, typed: bool
) -> None:
    schema = orjson.dumps(connect_schema("EnrichedArticle")).decode()
    connect = Connect(kafka, prefix, tmp_path, TYPED.format(schema=schema) if typed else PLAIN)
    await asyncio.to_thread(connect.start)
    try:
        first, second = await connect.lines(len(filled))
    finally:
        await asyncio.to_thread(connect.stop)
    event_id = orjson.loads(filled[0])["event_id"]
    assert f"event_id={event_id}" in first
    assert "title=انفجار وسط بغداد" in first
    assert "event_id=bare" in second
    if typed:
        assert first.startswith("Struct{")
        assert "killed=Struct{min=3,max=3,exact=3}" in first
        assert "revision=1," in first
        assert "casualties=" not in second.replace("casualties_other", "")
    else:
        assert first.startswith("{")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_has_a_connect_schema(record: Any) -> None:
    made = connect_schema(record.__name__)
    assert [one["field"] for one in made["fields"]] == list(record.__struct_fields__)
    assert {"field": "schema_version", "type": "int64", "optional": False} in made[
        "fields"
    ] or record.__name__ == ("RawArticle")


def test_the_table_of_jars_is_whole() -> None:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert all(len(row) == 3 and len(row[2]) == hashlib.sha256().digest_size * 2 for row in rows)
    assert {name.split(":")[1] for name, _, _ in rows} >= {"connect-runtime", "connect-file", "connect-json"}
