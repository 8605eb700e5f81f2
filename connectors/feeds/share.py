"""How connectors share the feeds: by shards of hosts, and a consumer group that says whose a shard is.

A shard is a partition number of the feeds topic: the hash of a feed's host (`hosts.shard_of`), so that all
feeds of a host are one worker's and its pace is kept over all of them. The group reads nothing; Kafka's own
membership protocol hands each number to exactly one worker, and on to another within about ten seconds of
a death.

A worker that was stopped for a while (SIGSTOP, a suspended laptop) may not know yet that it has lost its
shards. So every few seconds it commits its place to the group, which the broker refuses to a member that
is out; where that has not succeeded for as long as a session lasts, no poll begins.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

log = logging.getLogger(__name__)

SESSION_SECONDS = 10.0
_CONFIRM_SECONDS = 3.0
_RETRY = 1.0
Hand = Callable[[frozenset[int]], Awaitable[None]]


class Share(ConsumerRebalanceListener):  # type: ignore[misc]
    """Membership of the group; `taken` and `given` are told of shards that come and go.

    `given` returns when nothing of these shards runs any more: until then nobody else gets them.
    """

    def __init__(self, client: Mapping[str, Any], topic: str, group: str, taken: Hand, given: Hand) -> None:
        self._client, self._topic, self._group = dict(client), topic, group
        self._taken, self._given = taken, given
        self._confirmed_at = float("-inf")
        self._changed = asyncio.Event()
        self.shards: frozenset[int] = frozenset()

    def confirmed(self) -> bool:
        """Tell whether the group has lately confirmed that our shards are ours."""
        return time.monotonic() - self._confirmed_at < SESSION_SECONDS

    async def run(self) -> None:
        """Be a member until cancelled; then leave, so that others need not wait for our session to end."""
        consumer = await self._started()
        try:
            consumer.subscribe([self._topic], listener=self)
            while True:
                await self._confirm(consumer)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _CONFIRM_SECONDS)
                self._changed.clear()
        finally:
            await consumer.stop()

    async def _started(self) -> AIOKafkaConsumer:
        while True:
            consumer = AIOKafkaConsumer(
                group_id=self._group,
                enable_auto_commit=False,
                session_timeout_ms=int(SESSION_SECONDS * 1000),
                heartbeat_interval_ms=int(_CONFIRM_SECONDS * 1000),
                max_poll_interval_ms=60_000,
                rebalance_timeout_ms=20_000,
                auto_offset_reset="latest",
                **self._client,
            )
            try:
                await consumer.start()
                return consumer
            except (KafkaError, OSError) as error:
                await consumer.stop()
                log.warning("the group of connectors cannot be joined yet (%s)", type(error).__name__)
                await asyncio.sleep(_RETRY)

    async def _confirm(self, consumer: AIOKafkaConsumer) -> None:
        """Ask the broker, in the only way that it answers honestly, whether we are still in."""
        asked_at = time.monotonic()
        try:
            assigned = consumer.assignment()
            consumer.pause(*assigned)
            await consumer.getmany(timeout_ms=0)  # the sign of life that max.poll.interval asks for
            if places := dict.fromkeys(assigned, 0):
                await consumer.commit(places)
                self._confirmed_at = asked_at
        except (KafkaError, OSError, IllegalStateError) as error:
            log.info("membership not confirmed: %s", type(error).__name__)
            await asyncio.sleep(_RETRY)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Give everything back before others get it (aiokafka calls this before it joins anew)."""
        self._confirmed_at = float("-inf")
        gone, self.shards = self.shards, frozenset()
        if gone:
            await self._given(gone)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Take what the group gives us."""
        self.shards = frozenset(tp.partition for tp in assigned)
        self._confirmed_at = time.monotonic()
        self._changed.set()
        if self.shards:
            await self._taken(self.shards)
