"""`current` while a tag worker writes it too: an older state never stays on top.

Kafka has no compare-and-set. So what a run writes is held against what came meanwhile: before the write,
where it costs nothing, and after it, where the log has put everything in order. A newer revision that our
record was put on top of is written once more.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from connectors.publish import Publisher, Record
from events.rejected import Rejected
from marsad.accounting import read_until
from marsad.superseding import Change, identity


class Topmost:
    """One partition of `current`: the last record of each article, followed as it grows."""

    def __init__(self, consumer: AIOKafkaConsumer, tp: TopicPartition, publisher: Publisher | None) -> None:
        self._consumer = consumer
        self._tp = tp
        self._publisher = publisher
        self._last: dict[str, tuple[int, bytes, int]] = {}
        self._high: dict[str, tuple[int, Any]] = {}

    async def begin(self) -> tuple[int, int]:
        """Read all that is there; give its bounds."""
        self._consumer.assign([self._tp])
        begin = (await self._consumer.beginning_offsets([self._tp]))[self._tp]
        self._consumer.seek(self._tp, begin)
        await self._follow()
        self._high.clear()
        return begin, await self._consumer.position(self._tp)

    async def _follow(self) -> None:
        end = (await self._consumer.end_offsets([self._tp]))[self._tp]
        async for record in read_until(self._consumer, self._tp, end):
            try:
                article_id, revision = identity(record)
            except Rejected:
                continue
            self._last[article_id] = (revision, _digest(record.value), record.offset)
            if revision >= self._high.get(article_id, (0, None))[0]:
                self._high[article_id] = (revision, record)

    def is_last(self, record: Any) -> bool:
        """Tell whether a record was the last of its article when we began."""
        try:
            article_id, _ = identity(record)
        except Rejected:
            return True
        return self._last[article_id][2] == int(record.offset)

    def lacks(self, change: Change) -> bool:
        """Tell whether this event should stand on top and does not."""
        revision, digest, _ = self._last.get(change.article_id, (0, b"", 0))
        return revision <= change.revision and digest != _digest(change.data)

    async def still_highest(self, changes: Sequence[Change]) -> list[Change]:
        """Leave out what a newer revision has overtaken meanwhile."""
        if not changes:
            return []
        await self._follow()
        return [one for one in changes if self._last.get(one.article_id, (0, b"", 0))[0] <= one.revision]

    async def settle(self) -> None:
        """Look at what came with our records; what they buried is written again."""
        assert self._publisher is not None  # noqa: S101 - only a run that writes settles
        while True:
            await self._follow()
            buried = [
                record for key, (revision, record) in self._high.items() if self._last[key][0] < revision
            ]
            if not buried:
                break
            again = [Record(record.key, record.value, tuple(record.headers)) for record in buried]
            await self._publisher.publish(self._tp.topic, again)
        self._high.clear()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
