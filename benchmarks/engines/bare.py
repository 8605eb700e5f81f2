"""A peer: the loop that people write with confluent-kafka, one process a stage.

`python -m benchmarks.engines.bare STAGE BROKER PREFIX FOLDER [--empty]`. At least once: outputs and changelog
are flushed and checked, then the offsets are committed, every `COMMIT_SECONDS`. Reads in batches
(`Consumer.consume`), produces without waiting, keeps no state on disk. librdkafka's settings by its own
pages: `linger.ms` is "the single most important" one (librdkafka, INTRODUCTION.md, Performance); larger
batches, lz4 and a fetch of at least 100 kB by Confluent's page on throughput
(docs.confluent.io/cloud/current/client-apps/optimizing/throughput). `acks=all` stays, as with ours.
"""

import signal
import sys
import time
from typing import Any

from confluent_kafka import Consumer, KafkaError, Message, Producer

from benchmarks.engines.hops import Record, hop
from events.topics import READS, app_id, changelog, full_name

COMMIT_SECONDS = 5.0
BATCH = 500
FAST_PRODUCER: dict[str, Any] = {
    "linger.ms": 50,
    "batch.size": 200_000,
    "compression.type": "lz4",
    "queue.buffering.max.messages": 1_000_000,
    "queue.buffering.max.kbytes": 1_000_000,
    "message.max.bytes": 9 << 20,
    "acks": "all",
}
FAST_CONSUMER: dict[str, Any] = {"fetch.min.bytes": 100_000, "queued.min.messages": 100_000}


def run(stage: str, broker: str, prefix: str, empty: bool) -> None:
    """Loop until SIGTERM."""
    work, log = hop(stage, prefix, empty), changelog(prefix).name
    producer = Producer({"bootstrap.servers": broker, "partitioner": "murmur2_random", **FAST_PRODUCER})
    consumer = Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": app_id(stage, prefix),
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            **FAST_CONSUMER,
        }
    )
    consumer.subscribe([full_name(READS[stage], prefix)])
    stopped, due, done = [False], time.monotonic() + COMMIT_SECONDS, 0
    signal.signal(signal.SIGTERM, lambda *_: stopped.__setitem__(0, True))
    while not stopped[0]:
        for message in consumer.consume(BATCH, 0.1):
            made, kept = work(record_of(message))
            for one in made:
                producer.produce(
                    one.topic, one.value, one.key, headers=list(one.headers), on_delivery=delivered
                )
            for key, value in kept:
                producer.produce(log, value, key, partition=message.partition(), on_delivery=delivered)
            done += 1
        producer.poll(0)
        if done and time.monotonic() > due:
            producer.flush()
            consumer.commit(asynchronous=False)
            due, done = time.monotonic() + COMMIT_SECONDS, 0
    producer.flush()
    consumer.close()


def record_of(message: Message) -> Record:
    """Read a message as our own value."""
    topic, value = message.topic(), message.value()
    if message.error() or topic is None or value is None:
        sys.exit(f"not read: {message.error()}")
    position = f"{topic}/{message.partition()}/{message.offset()}"
    headers = tuple((name, bytes(text or b"")) for name, text in message.headers() or [])
    return Record(topic, message.key() or b"", value, headers, position)


def delivered(error: KafkaError | None, message: Message) -> None:
    """End where a record was not delivered, so that nothing is committed past it."""
    if error is not None:
        sys.exit(f"not delivered: {error}")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3], "--empty" in sys.argv)
