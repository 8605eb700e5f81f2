"""The spine on a real Kafka: parity with `process`, poison, and a kill -9 in mid-stream."""

import asyncio
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from tests.pipeline import commits, corpus, verifier
from tests.pipeline.audit import everything
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import STAGES, Workers


async def test_what_comes_out_of_kafka_is_what_process_makes(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    await commits.stamp(workers.broker, workers.prefix)
    await send(producer, workers.prefix, corpus.numbered(400))
    workers.start()
    await workers.drained()
    workers.stop()
    found = await everything(workers.broker, workers.prefix, workers.data)
    assert good(found), found
    assert found["events"] > 250
    assert found["repeats"] > 20
    assert found["dead"] > 5


async def test_killed_in_mid_stream_nothing_is_lost_invented_or_changed(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    values = corpus.numbered(600, seed=2)
    workers.start()
    sending = asyncio.create_task(send(producer, workers.prefix, values, pause=0.012))
    for victims in (("normalize",), ("dedupe",), ("tag",), STAGES):
        await asyncio.sleep(2.5)  # somewhere in mid-stream; where exactly does not matter
        for stage in victims:
            workers.kill(stage)
        workers.start(*victims)
    await sending
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found


async def test_the_state_directory_may_be_lost(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    values = corpus.numbered(300, seed=3)
    await send(producer, workers.prefix, values[:150])
    workers.start()
    await workers.drained()
    workers.stop()
    workers.data = tmp_path / "another"
    workers.start()
    await send(producer, workers.prefix, values[150:])
    await workers.drained()
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found


async def test_poison_goes_to_the_dead_letters_with_its_bytes_and_stops_nothing(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    good_value = orjson.dumps(corpus.raw(1))
    poison = {
        b"{not json": "not_json",
        b'["a list"]': "not_object",
        b"": "empty",
        b'{"fetched_at":"2026-11-21T08:00:00Z","url":"https://e.example/1"}': "missing_source_id",
        b'{"source_id":"s","url":"https://e.example/1"}': "missing_fetched_at",
        b'{"source_id":"s","fetched_at":"2026-11-21T08:00:00Z"}': "missing_identity",
        b'{"source_id":"s","fetched_at":"yesterday","url":"https://e.example/1"}': "bad_time",
        b'{"source_id":7,"fetched_at":"2026-11-21T08:00:00Z","url":"https://e.example/1"}': "wrong_type",
    }
    await send(producer, workers.prefix, [*poison, good_value])
    await producer.send_and_wait(f"{workers.prefix}articles.raw.v1", None, key=b"tombstone")
    workers.start()
    await workers.drained()
    logs = await verifier.read_logs(workers.broker, workers.prefix)
    reasons = {record.value: headers["news_dlt_reason"].decode() for _, headers, record in logs.dead}
    assert reasons == {**poison, None: "empty"}
    assert len(logs.enriched) == 1


async def test_a_worker_stops_in_order_on_sigterm(workers: Workers, producer: AIOKafkaProducer) -> None:
    await send(producer, workers.prefix, corpus.numbered(50, seed=4))
    workers.start()
    await workers.drained()
    workers.stop()
    assert [process.returncode for process in workers.running.values()] == [0, 0, 0]
