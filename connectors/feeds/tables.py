"""What connectors share in Kafka: who is subscribed (the feeds topic), and what is remembered of each feed.

The memory of a feed lies in the state topic, in the partition of its host's shard, so whoever owns the
shard finds there all it needs and nothing else. Both topics are compacted logs: reading one to its end
gives the table, and reading on gives what others wrote meanwhile.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeAlias

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from connectors.feeds.state import VERSION, Memory

log = logging.getLogger(__name__)

KafkaRecord: TypeAlias = Any  # aiokafka.ConsumerRecord; the package ships no types
_FETCH_BYTES = 16 << 20
_WAIT_MS = 200
_RETRY = 1.0
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Memory)


def written(memory: Memory) -> bytes:
    """Give the bytes of a memory as they stand in the state topic."""
    return _ENCODER.encode(memory)


def read(data: bytes | None, feed_url: str) -> tuple[Memory, str | None]:
    """Give the memory that bytes of the state topic hold, and in words what was wrong with them."""
    fresh = Memory(feed_url=feed_url)
    if not data:
        return fresh, None
    try:
        memory = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return fresh, "what was remembered of this feed cannot be read; everything counts as new"
    if memory.version != VERSION:
        return (
            fresh,
            f"what is remembered of this feed has version {memory.version}; everything counts as new",
        )
    return memory, None


class Log:
    """One topic, read from its beginning and without a group."""

    def __init__(self, client: Mapping[str, Any], topic: str, partitions: int) -> None:
        self._client = dict(client)
        self._parts = [TopicPartition(topic, number) for number in range(partitions)]
        self._consumer: AIOKafkaConsumer | None = None
        self._followed: dict[TopicPartition, int] = {}

    async def stop(self) -> None:
        """Let the connection go."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def to_end(self, partition: int, since: int) -> AsyncIterator[KafkaRecord]:
        """Give the records of a partition from offset `since` up to where it ends now."""
        tp, consumer = self._parts[partition], await self._started()
        consumer.assign([tp])
        end = (await consumer.end_offsets([tp]))[tp]
        consumer.seek(tp, max(since, (await consumer.beginning_offsets([tp]))[tp]))
        while await consumer.position(tp) < end:
            for record in (await consumer.getmany(tp, timeout_ms=_WAIT_MS)).get(tp, []):
                yield record

    async def follow(self, caught_up: asyncio.Event) -> AsyncIterator[KafkaRecord]:
        """Give the records of all partitions for ever; `caught_up` is set at what is their end now.

        Called again after an error it goes on where it was.
        """
        consumer = await self._started()
        consumer.assign(self._parts)
        ends = await consumer.end_offsets(self._parts)
        for tp, begin in (await consumer.beginning_offsets(self._parts)).items():
            consumer.seek(tp, max(begin, self._followed.get(tp, 0)))
        while True:
            if not caught_up.is_set() and not [
                tp for tp, end in ends.items() if await consumer.position(tp) < end
            ]:
                caught_up.set()
            batches = await consumer.getmany(timeout_ms=_WAIT_MS if not caught_up.is_set() else 1_000)
            for tp, batch in batches.items():
                for record in batch:
                    self._followed[tp] = record.offset + 1
                    yield record

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                enable_auto_commit=False, max_partition_fetch_bytes=_FETCH_BYTES, **self._client
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer


class Memories:
    """The state topic's table: the bytes of each feed's memory, by shard."""

    def __init__(self, log_: Log) -> None:
        self._log = log_
        self._shards: dict[int, dict[str, bytes]] = {}
        self._reached: dict[int, int] = {}
        self._reading = asyncio.Lock()

    async def stop(self) -> None:
        """Let the connection go."""
        await self._log.stop()

    async def load(self, shard: int) -> None:
        """Bring the table of a shard up to date with the log; waits while the broker is away."""
        async with self._reading:
            while True:
                try:
                    table = self._shards.setdefault(shard, {})
                    async for record in self._log.to_end(shard, self._reached.get(shard, 0)):
                        _apply(table, record)
                        self._reached[shard] = record.offset + 1
                    return
                except (KafkaError, OSError) as error:
                    log.warning("state of shard %d cannot be read yet (%s)", shard, type(error).__name__)
                    await asyncio.sleep(_RETRY)

    def forget(self, shard: int) -> None:
        """Drop the table of a shard that is somebody else's."""
        self._shards.pop(shard, None)
        self._reached.pop(shard, None)

    def get(self, shard: int, feed_id: str) -> bytes | None:
        """Give the bytes of a feed's memory, None where there are none."""
        return self._shards.get(shard, {}).get(feed_id)

    def put(self, shard: int, feed_id: str, data: bytes | None) -> None:
        """Note what has been written to the topic."""
        table = self._shards.setdefault(shard, {})
        if data is None:
            table.pop(feed_id, None)
        else:
            table[feed_id] = data

    def items(self, shard: int) -> list[tuple[str, bytes]]:
        """Give what is remembered in a shard."""
        return list(self._shards.get(shard, {}).items())


def _apply(table: dict[str, bytes], record: KafkaRecord) -> None:
    feed_id = (record.key or b"").decode("utf-8", "replace")
    if record.value:
        table[feed_id] = record.value
    else:
        table.pop(feed_id, None)
