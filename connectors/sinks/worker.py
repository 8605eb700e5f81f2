"""The loop of one sink: alerts from its own consumer group to one receiver, committed when done with.

An alert is done with when its receiver has it, when the sink does not want it,
or when it stands among the dead
letters. Alerts of one rule and group go one after the other,
all others side by side. kill -9 at any moment loses
none: what was not committed comes again, with the same id.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from aiokafka.errors import KafkaError

from connectors.committed import committed
from connectors.publish import Publisher, Record
from connectors.sinks.courier import Courier, Given
from connectors.sinks.progress import Progress
from events.alert import Alert
from events.deadletter import reason_headers
from events.rejected import Rejected
from events.times import parse_instant
from events.topics import ALERTS, app_id, full_name
from events.wire import decode

log = logging.getLogger("marsad.sinks")

AT_ONCE = 64
"""Alerts of a partition that are taken before the first of them is done with."""
POLL_MS = 500
SESSION_MS = 6_000
OUTCOMES = ("delivered", "passed_over", "dead_letter")
FOR_SINK = "news_for_sink"
"""On a dead letter, and so on its replay: the only sink that is to take it."""


class SinkWorker:
    """Runs one sink; `client` holds aiokafka's connection settings."""

    def __init__(self, client: Mapping[str, Any], prefix: str, courier: Courier) -> None:
        self._client = dict(client)
        self._courier = courier
        self.name = courier.sink.name
        self.group = app_id(f"sink-{courier.sink.name}", prefix)
        self._topic = full_name(ALERTS, prefix)
        self._dead = full_name(ALERTS.dead_letters(), prefix)
        self._progress: dict[TopicPartition, Progress] = {}
        self._committed: dict[TopicPartition, tuple[int, str]] = {}
        self._known: set[TopicPartition] = set()
        self._generation = 0
        self._tasks: dict[tuple[TopicPartition, int], asyncio.Task[None]] = {}
        self._last_of: dict[bytes, asyncio.Task[None]] = {}
        self.counts = Counter(dict.fromkeys(OUTCOMES, 0))
        self.joined = False

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; a broker that is away is waited for."""
        async with Publisher(self._client) as self._publisher:
            while not stop.is_set():
                try:
                    await self._session(stop)
                except (KafkaError, OSError) as error:
                    log.warning("sink %s: broker away (%s)", self._courier.sink.shown, type(error).__name__)
                    await asyncio.sleep(2)

    async def _session(self, stop: asyncio.Event) -> None:
        consumer = AIOKafkaConsumer(
            group_id=self.group, enable_auto_commit=False, auto_offset_reset="earliest",
            session_timeout_ms=SESSION_MS, heartbeat_interval_ms=SESSION_MS // 3, **self._client,
        )  # fmt: skip
        consumer.subscribe([self._topic], listener=_Listener(self, consumer))
        await consumer.start()
        try:
            while not stop.is_set():
                await self._step(consumer, stop)
                self.joined = True
        finally:
            self.joined = False
            await self._drop()
            await self._commit(consumer)
            await consumer.stop()

    async def _step(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        generation = self._generation
        full = {tp for tp, progress in self._progress.items() if progress.waiting >= AT_ONCE}
        held = consumer.assignment()
        # Asked for even when all is full: a consumer that does not ask is taken for dead.
        consumer.pause(*(full & held))
        consumer.resume(*(held - full))
        batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=AT_ONCE)
        if self._generation != generation or not batches.keys() <= self._known:
            # aiokafka hands records out while it still tells us of a rebalance: nothing of them is begun.
            await self._start_over(consumer, stop)
            return
        for tp, records in batches.items():
            for record in records:
                self._begin(tp, record)
        await self._commit(consumer)

    async def _start_over(self, consumer: AIOKafkaConsumer, stop: asyncio.Event) -> None:
        """Go to where each partition was done with, once that is known."""
        while not stop.is_set() and not consumer.assignment() <= self._known:
            await asyncio.sleep(0.05)
        for tp in consumer.assignment() & self._known:
            if tp in self._progress:
                consumer.seek(tp, self._progress[tp].commit()[0])
            else:
                await consumer.seek_to_beginning(tp)

    def _begin(self, tp: TopicPartition, record: Any) -> None:
        progress = self._progress.setdefault(tp, Progress(record.offset))
        if not progress.begin(record.offset):
            return
        key = record.key or b""
        task = asyncio.create_task(self._one(tp, record, self._last_of.get(key)))
        self._tasks[tp, record.offset] = self._last_of[key] = task
        task.add_done_callback(lambda done: self._ended(tp, record.offset, key, done))

    def _ended(self, tp: TopicPartition, offset: int, key: bytes, task: "asyncio.Task[None]") -> None:
        self._tasks.pop((tp, offset), None)
        if self._last_of.get(key) is task:
            del self._last_of[key]
        if not task.cancelled() and task.exception() is not None:
            # Not done with: it holds the committed offset, and comes again after a restart.
            log.error(
                "sink %s: a bug met offset %d", self._courier.sink.shown, offset, exc_info=task.exception()
            )

    async def _one(self, tp: TopicPartition, record: Any, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        outcome = await self._handled(record)
        self.counts[outcome] += 1
        if tp in self._progress:
            self._progress[tp].finish(record.offset)

    async def _handled(self, record: Any) -> str:
        """Do with an alert what is to be done; give one word for the counts."""
        sink, headers = self._courier.sink, dict(record.headers)
        if headers.get(FOR_SINK, sink.name.encode()) != sink.name.encode():
            return "passed_over"
        try:
            alert = decode(record.value, Alert)
        except Rejected as rejected:
            await self._bury(record, rejected, 1)
            return "dead_letter"
        if not sink.wants(alert):
            return "passed_over"
        age = self._courier.clock() - max(record.timestamp, _held_until_ms(alert)) / 1000
        if age > sink.max_age_hours * 3600:
            await self._bury(
                record, Rejected("too_old", f"{age / 3600:.0f} h, more than {sink.max_age_hours:g}"), 0
            )
            return "dead_letter"
        given: Given = await self._courier.deliver(alert)
        if given.reason is None:
            log.info("sink %s: delivered %s", sink.shown, alert.alert_id, extra={"alert_id": alert.alert_id})
            return "delivered"
        await self._bury(record, Rejected("undeliverable", given.reason), given.attempts)
        return "dead_letter"

    async def _bury(self, record: Any, error: Rejected, attempts: int) -> None:
        sink = self._courier.sink
        log.error("sink %s: %s/%d/%d goes to the dead letters: %s", sink.shown, record.topic,
        record.partition,
                  record.offset, error)  # fmt: skip
        where = (record.topic, record.partition, record.offset, record.timestamp)
        headers = reason_headers(where, f"sink-{sink.name}", error, attempts)
        headers[FOR_SINK] = sink.name
        kept = tuple((name, value) for name, value in record.headers if name != FOR_SINK)
        more = tuple((name, text.encode("utf-8", "replace")) for name, text in headers.items())
        await self._publisher.publish(self._dead, [Record(record.key, record.value, kept + more)])

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        wanted = {tp: progress.commit() for tp, progress in self._progress.items()}
        changed = {tp: OffsetAndMetadata(*at) for tp, at in wanted.items() if self._committed.get(tp) != at}
        if not changed:
            return
        try:
            await consumer.commit(changed)
            self._committed |= {tp: wanted[tp] for tp in changed}
        except KafkaError as error:
            # A rebalance is running, or the broker is away: what is not committed comes again.
            log.info("sink %s: not committed (%s)", self._courier.sink.shown, type(error).__name__)

    async def _drop(self) -> None:
        """Break off what is under way; it comes again, here or elsewhere, with the same id."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def taken_away(self, consumer: AIOKafkaConsumer) -> None:
        """Let all partitions go, with what is done with committed."""
        await self._drop()
        await self._commit(consumer)
        self._progress.clear()
        self._committed.clear()
        self._known.clear()
        self._generation += 1

    async def given(self, partitions: set[TopicPartition]) -> None:
        """Read how far each partition was done with."""
        while True:
            try:
                offsets = await committed(self._client, self.group)
                break
            except (KafkaError, OSError) as error:
                log.info("sink %s: progress not read (%s)", self._courier.sink.shown, type(error).__name__)
                await asyncio.sleep(1)
        for tp in partitions:
            if tp in offsets:
                self._progress[tp] = Progress(offsets[tp].offset, offsets[tp].metadata or "")
        self._known = set(partitions)
        self._generation += 1


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(self, worker: SinkWorker, consumer: AIOKafkaConsumer) -> None:
        self._worker, self._consumer = worker, consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._worker.taken_away(self._consumer)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._worker.given(assigned)


def _held_until_ms(alert: Alert) -> float:
    return parse_instant(alert.deliver_after).timestamp() * 1000 if alert.deliver_after else 0.0
