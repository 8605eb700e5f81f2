"""The rules in force, followed on their compacted topic: read to its end before the first article, then live.

Every alert worker reads the whole topic, outside any group. A record that is no rule of ours, or a rule that
does not compile, is reported and skipped; the others go on.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from events import topics
from events.alert import Rule
from events.rejected import Rejected
from events.wire import decode
from streams.alert import Failure, QueryError, RuleSet
from streams.engine.failstop import fail_stop

log = logging.getLogger("marsad.engine")

POLL_MS = 500
AT_ONCE = 200
"""Rules taken before the loop gets a turn: compiling one takes a quarter of a millisecond."""


class RulesFollower:
    """Keeps `rules` as the topic has them; `client` holds aiokafka's connection settings."""

    def __init__(self, client: dict[str, Any], prefix: str) -> None:
        self._client = client
        self._topic = topics.full_name(topics.RULES, prefix)
        self._consumer: AIOKafkaConsumer | None = None
        self._task: asyncio.Task[None] | None = None
        self.rules = RuleSet()
        self.failed: dict[str, str] = {}

    async def start(self) -> None:
        """Read all rules there are, then go on in the background."""
        # Named in the constructor and without a group: aiokafka then takes all partitions by itself.
        self._consumer = AIOKafkaConsumer(
            self._topic, enable_auto_commit=False, auto_offset_reset="earliest", **self._client
        )
        await self._consumer.start()
        ends = await self._consumer.end_offsets(list(self._consumer.assignment()))
        await self._read_to(ends)
        log.info("%d alert rules in force", len(self.rules))
        self._task = asyncio.create_task(self._follow())

    async def _read_to(self, ends: dict[TopicPartition, int]) -> None:
        assert self._consumer is not None  # noqa: S101
        for tp in ends:
            await self._consumer.seek_to_beginning(tp)
        while any([await self._consumer.position(tp) < end for tp, end in ends.items()]):
            await self._take(POLL_MS)

    async def _take(self, timeout_ms: int) -> None:
        assert self._consumer is not None  # noqa: S101
        batches = await self._consumer.getmany(timeout_ms=timeout_ms, max_records=AT_ONCE)
        for records in batches.values():
            for record in records:
                self.take(record.key, record.value)
            await asyncio.sleep(0)

    def take(self, key: bytes | None, value: bytes | None) -> None:
        """Take one record of the topic: a rule, or the end of one."""
        rule_id = (key or b"").decode("utf-8", "replace")
        if value is None:
            self.rules.remove(rule_id)
            self.failed.pop(rule_id, None)
            return
        try:
            rule = decode(value, Rule)
            if rule.rule_id != rule_id:
                raise Rejected(
                    "wrong_type", f"its key is {rule_id[:80]!r}, its rule_id {rule.rule_id[:80]!r}"
                )
            self.rules.put(rule)
            self.failed.pop(rule_id, None)
        except (Rejected, QueryError, ValueError, KeyError) as error:
            self.rules.remove(rule_id)
            self.report([Failure(rule_id, str(error))])

    def report(self, failures: Iterable[Failure]) -> None:
        """Say once of each rule that it failed, and how."""
        for failure in failures:
            if self.failed.get(failure.rule_id) != failure.reason:
                log.error("alert rule %r failed and is skipped: %s", failure.rule_id, failure.reason)
            self.failed[failure.rule_id] = failure.reason

    async def _follow(self) -> None:
        try:
            while True:
                try:
                    await self._take(60_000)
                except (KafkaError, OSError) as error:
                    log.warning("the rules cannot be followed for now: %s", type(error).__name__)
                    await asyncio.sleep(1)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            fail_stop("the rules of the alert stage", error)

    async def stop(self) -> None:
        """End following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._consumer is not None:
            await self._consumer.stop()
