"""Records that a foreign producer may write: they end like all others, and the lag comes to nothing."""

import time

import orjson
from aiokafka import AIOKafkaProducer, TopicPartition

from marsad.lag import stage_lag
from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import Workers

FORGED = b"elsewhere/0/999"


async def test_foreign_records_end_once_each_with_their_own_origin(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    raw = f"{workers.prefix}articles.raw.v1"
    forged = [("a", b""), ("a", b"2"), ("news_origin", FORGED)]
    await producer.send_and_wait(raw, b"{", key=b"k", headers=forged)
    await producer.send_and_wait(raw, orjson.dumps(corpus.raw(1)), headers=forged)
    long_feed = corpus.raw(2, feed_url="https://e.example/" + "ب" * 1_900_000)
    await producer.send_and_wait(raw, orjson.dumps(long_feed), key=b"\xff")
    await producer.send_and_wait(raw, b"\xef\xbb\xbf" + orjson.dumps(corpus.raw(3)), key=b"bom")
    await _neither_key_nor_value(producer, raw)
    workers.start()
    await workers.drained()
    logs = await verifier.read_logs(workers.broker, workers.prefix)
    found = verifier.check(logs)
    assert good(found), found
    assert (found["events"], found["dead"]) == (3, 2)
    dead = {record.value: record for _, _, record in logs.dead}
    assert dead[None].key is None
    assert list(dead[b"{"].headers[:3]) == forged


async def test_transactions_leave_no_lag_and_lose_nothing(
    workers: Workers, kafka: str, producer: AIOKafkaProducer
) -> None:
    raw = f"{workers.prefix}articles.raw.v1"
    async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=raw) as transactional:
        for number in range(6):
            async with transactional.transaction():
                await transactional.send(raw, orjson.dumps(corpus.raw(number)), partition=number % 2)
    workers.start()
    await workers.drained()
    now_ms = int(time.time() * 1000)
    lag = await stage_lag({"bootstrap_servers": kafka}, workers.prefix, "normalize", now_ms)
    assert (lag.records, lag.seconds) == (0, 0.0)
    # A record behind the last marker: the committed offset is the marker's.
    await send(producer, workers.prefix, [orjson.dumps(corpus.raw(7))])
    await workers.drained()
    found = verifier.check(await verifier.read_logs(kafka, workers.prefix))
    assert good(found), found
    assert found["events"] == 7


async def _neither_key_nor_value(producer: AIOKafkaProducer, topic: str) -> None:
    # Kafka takes such a record, aiokafka's `send` asserts against it; what it calls does not.
    delivery = await producer._message_accumulator.add_message(
        TopicPartition(topic, 0), None, None, 30.0, headers=[]
    )
    await delivery
