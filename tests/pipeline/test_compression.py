"""Workers told to compress: the same events come out, and what lies in Kafka's own files is compressed."""

import struct
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from events import topics
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import Workers

AFTER_THE_LENGTH = 9
"""Bytes from a batch's length to its attributes: leader epoch, magic, checksum (Kafka's format 2)."""
CODECS = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}


def codecs(log: bytes) -> set[str]:
    """Give the codecs of all batches in a file of Kafka's log."""
    found, at = set(), 0
    while at < len(log):
        length, attributes = struct.unpack_from(f">8x i {AFTER_THE_LENGTH}x h", log, at)
        found.add(CODECS[attributes & 7])
        at += 12 + length
    return found


@pytest.fixture
def files(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's Kafka has its logs."""
    return tmp_path_factory.getbasetemp()


async def test_the_same_events_come_out_compressed(
    workers: Workers, producer: AIOKafkaProducer, files: Path
) -> None:
    workers.env["MARSAD_COMPRESSION"] = "zstd"
    await send(producer, workers.prefix, corpus.numbered(60, seed=9))
    workers.start()
    await workers.drained()
    workers.stop()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found
    for topic in (topics.NORMALIZED, topics.DEDUPED, topics.ENRICHED, topics.CURRENT):
        logs = files.rglob(f"{topics.full_name(topic, workers.prefix)}-*/*.log")
        assert set().union(*(codecs(log.read_bytes()) for log in logs)) == {"zstd"}
