"""What is there, through today's rules: superseding events into `enriched` and `current`.

One partition after the other, since an article's events lie in one. Every decision of `enriched` (an
article's revision from one raw record) is tagged again from its own fields, in log order, and written where
one byte differs; articles that `enriched` holds no longer are taken from `current`. `current` gets what is
highest, and only where it is not already there: so a run that was killed is finished by the next, and one
more writes nothing. docs/retag.md says what readers see.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from connectors.publish import Publisher, Record
from events import topics
from events.rejected import Rejected
from marsad.accounting import read_until
from marsad.errors import Failure
from marsad.lag import topic_partitions
from marsad.superseding import Change, Report, Survey, read_again
from marsad.topmost import Topmost

Say = Callable[[str], None]
BATCH = 200
"""Events between two acknowledgements; a few MB, and what a killed run may have to do again."""
TELL_EVERY = 5_000
READING = {
    "enable_auto_commit": False,
    "max_partition_fetch_bytes": 16 << 20,
    "auto_offset_reset": "earliest",
}


class Retag:
    """One run over all partitions. Without a publisher it is a dry run; `since` is a time in wire form."""

    def __init__(
        self, client: Mapping[str, Any], prefix: str, publisher: Publisher | None, say: Say, since: str = ""
    ) -> None:
        self._client = client
        self._publisher = publisher
        self._say = say
        self._since = since
        self._enriched = topics.full_name(topics.ENRICHED, prefix)
        self._current = topics.full_name(topics.CURRENT, prefix)
        self.report = Report()

    async def run(self) -> Report:
        """Go through all partitions; raises `LookupError` where a topic is missing."""
        here = await topic_partitions(self._client, self._enriched)
        there = await topic_partitions(self._client, self._current)
        if len(here) != len(there):
            raise Failure(
                f"{self._enriched} has {len(here)} partitions and {self._current} has {len(there)}: an "
                "article's events would lie apart; `marsad topics check` tells more"
            )
        # "earliest": should retention cut the log while we read, reading goes on at what is left.
        options = {**READING, **self._client}
        consumer, tail = AIOKafkaConsumer(**options), AIOKafkaConsumer(**options)
        try:
            await consumer.start()
            await tail.start()
            for enriched, current in zip(here, there, strict=True):
                await self._partition(consumer, tail, enriched, current)
        finally:
            await consumer.stop()
            await tail.stop()
        return self.report

    async def _partition(
        self,
        consumer: AIOKafkaConsumer,
        tail: AIOKafkaConsumer,
        enriched: TopicPartition,
        current: TopicPartition,
    ) -> None:
        survey = Survey()
        bounds = await _bounds(consumer, enriched)
        async for record in self._read(consumer, enriched, bounds, f"looking at {enriched.partition}"):
            survey.note_enriched(record)
        topmost = Topmost(tail, current, self._publisher)
        # Begun after the end of `enriched` was taken: what is newer there is newer here too.
        whole = await topmost.begin()
        batch: list[Change] = []
        async for record in self._read(consumer, enriched, bounds, f"tagging {enriched.partition}"):
            if survey.wanted(record):
                await self._judge(record, survey.is_top(record), topmost, batch)
        async for record in self._read(consumer, current, whole, f"only in current, {current.partition}"):
            if topmost.is_last(record) and survey.below(record):
                await self._judge(record, True, topmost, batch)
        await self._write(batch, topmost)

    async def _judge(self, record: Any, top: bool, topmost: Topmost, batch: list[Change]) -> None:
        try:
            change = read_again(record)
        except Rejected as rejected:
            self.report.unreadable += 1
            self._say(f"{record.topic}/{record.partition}/{record.offset}: {rejected}")
            return
        if change.fetched_at < self._since:
            return
        change.to_current = top and topmost.lacks(change)
        self.report.count(change)
        if change.differs or change.to_current:
            batch.append(change)
        if len(batch) >= BATCH:
            await self._write(batch, topmost)

    async def _write(self, batch: list[Change], topmost: Topmost) -> None:
        if self._publisher is not None and batch:
            superseding = [_record(change) for change in batch if change.differs]
            await self._all_written(self._enriched, superseding)
            highest = await topmost.still_highest([change for change in batch if change.to_current])
            await self._all_written(self._current, [_record(change) for change in highest])
            await topmost.settle()
        batch.clear()

    async def _all_written(self, topic: str, records: list[Record]) -> None:
        assert self._publisher is not None  # noqa: S101 - the caller has asked
        if await self._publisher.publish(topic, records):
            raise Failure(f"{topic} refuses a record as too large; `marsad topics check` shows its settings")

    async def _read(
        self, consumer: AIOKafkaConsumer, tp: TopicPartition, bounds: tuple[int, int], doing: str
    ) -> AsyncIterator[Any]:
        """Give the records of a partition, tombstones apart, and say now and then how far it is."""
        begin, end = bounds
        consumer.assign([tp])
        consumer.seek(tp, begin)
        told = begin
        async for record in read_until(consumer, tp, end):
            if record.offset - told >= TELL_EVERY:
                told = record.offset
                self._say(
                    f"{doing}: {told - begin} of {end - begin} records, {self.report.superseded} differ"
                )
            if record.value is not None:
                yield record


async def _bounds(consumer: AIOKafkaConsumer, tp: TopicPartition) -> tuple[int, int]:
    return (await consumer.beginning_offsets([tp]))[tp], (await consumer.end_offsets([tp]))[tp]


def _record(change: Change) -> Record:
    return Record(change.article_id.encode(), change.data, change.headers)
