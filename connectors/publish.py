"""RawArticle -> Kafka: written once the broker says so, and not called written before.

One idempotent producer with acks from all replicas. While the broker is away everything waits and is
sent again; what was acknowledged is not. Many may publish at the same time: what they give meanwhile goes
out together in the next round, so that ten thousand feeds do not wait for each other one by one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    RecordTooLargeError,
    TopicAuthorizationFailedError,
)

from events.article import RawArticle
from events.identity import article_id
from events.topics import MAX_ARTICLE_BYTES
from events.wire import Headers, cloud_headers, encode

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Records in flight; each batch of so many is acknowledged before the next begins."""
_REQUEST_MS = 30_000
_TOPIC_TRIES = 8
_TOO_LARGE = (MessageSizeTooLargeError, RecordTooLargeError)
_LONGEST_PAUSE = 15.0


class BrokerAway(Exception):
    """The broker did not come back within the patience that was asked for."""


class NoTopic(Exception):
    """The topic is not there, or not ours to write; says which and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it goes out; a value of None ends its key on a compacted topic."""

    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    """Where it goes; None: where murmur2 of its key says."""


@dataclass(slots=True, eq=False)
class _Order:
    """What one caller wants written: `waiting` is still to be acknowledged, in order."""

    topic: str
    waiting: deque[tuple[int, Record]]
    done: "asyncio.Future[list[int]]"
    too_large: list[int] = field(default_factory=list)


_Item = tuple[_Order, int, Record]


def raw_record(article: RawArticle, data: bytes | None = None) -> Record:
    """Give the record of a raw article; `data` are its bytes where they are given and not ours to write."""
    value = encode(article) if data is None else data
    return Record(article_id(article).encode(), value, cloud_headers(article, value))


class Publisher:
    """Publishes records and waits for every acknowledgement; the records of one call in order.

    `client` are the connection options of aiokafka (`bootstrap_servers`, TLS, SASL). `patience` is how many
    seconds the broker may be away before `BrokerAway`; None waits for ever.
    """

    def __init__(self, client: Mapping[str, Any], patience: float | None = None) -> None:
        self.client = dict(client)
        self._patience = patience
        self._producer: AIOKafkaProducer | None = None
        self._orders: deque[_Order] = deque()
        self._rounds: asyncio.Task[None] | None = None
        self._topics: dict[str, int] = {}
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)
        await self._drop()

    async def publish(self, topic: str, records: Sequence[Record]) -> list[int]:
        """Write `records`, in order; give the positions of those that the broker finds too large.

        Returns when every other record is acknowledged; a caller that is cancelled cannot know how many
        were. Raises `BrokerAway`, `NoTopic`.
        """
        if not records:
            return []
        order = _Order(topic, deque(enumerate(records)), asyncio.get_running_loop().create_future())
        self._orders.append(order)
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._deliver_all())
        return await order.done

    async def partitions(self, topic: str) -> int:
        """Give how many partitions a topic has. Raises `BrokerAway`, `NoTopic`."""
        while True:
            try:
                await self._found(await self._connected(), topic)
                return self._topics[topic]
            except (KafkaError, OSError) as error:
                raise self._away(error) from error

    async def _deliver_all(self) -> None:
        try:
            while self._orders:
                await self._deliver(self._round())
        except asyncio.CancelledError as error:
            self._fail(list(self._orders), error)
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the callers are told, and nobody else)
            self._fail(list(self._orders), error)

    def _round(self) -> list[_Item]:
        """Take what fits into one round, first come first served; of a long order its next part."""
        for order in [one for one in self._orders if one.done.done()]:
            self._orders.remove(order)  # its caller has left
        taken: list[_Item] = []
        for order in self._orders:
            taken += [
                (order, number, record) for number, record in islice(order.waiting, AT_ONCE - len(taken))
            ]
            if len(taken) >= AT_ONCE:
                break
        return taken

    async def _deliver(self, waiting: list[_Item]) -> None:
        pause, began = 0.5, asyncio.get_running_loop().time()
        while waiting:
            reason = "did not acknowledge"
            try:
                producer = await self._connected()
                waiting = await self._with_topic(producer, waiting)
                outcomes = await _send(producer, waiting)
                waiting = self._settle(outcomes)
                if not waiting:
                    return
            except (KafkaError, OSError) as error:
                reason = type(error).__name__
            await self._drop()
            if self._patience is not None and asyncio.get_running_loop().time() - began > self._patience:
                raise self._away(reason)
            log.warning("broker away (%s): %d records wait, next try in %.1f s", reason, len(waiting), pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _with_topic(self, producer: AIOKafkaProducer, items: list[_Item]) -> list[_Item]:
        """Give the items whose topic is there; the others' callers are told."""
        for topic in {order.topic for order, _, _ in items}:
            try:
                await self._found(producer, topic)
            except NoTopic as error:
                self._fail([order for order, _, _ in items if order.topic == topic], error)
        return [item for item in items if not item[0].done.done()]

    def _settle(self, outcomes: list[tuple[_Item, object]]) -> list[_Item]:
        """Tell the callers what came of their records; give the items that have to be sent again."""
        again: list[_Item] = []
        for (order, number, record), outcome in outcomes:
            if isinstance(outcome, TopicAuthorizationFailedError):
                self._fail([order], NoTopic(f"{order.topic} may not be written by us"))
            elif isinstance(outcome, KafkaError | OSError) and not isinstance(outcome, _TOO_LARGE):
                again.append((order, number, record))
            elif isinstance(outcome, BaseException) and not isinstance(outcome, _TOO_LARGE):
                self._fail([order], outcome)
            else:
                if isinstance(outcome, _TOO_LARGE):
                    order.too_large.append(number)
                order.waiting.remove((number, record))
        self._end_those_that_are_through()
        return [item for item in again if not item[0].done.done()]

    def _end_those_that_are_through(self) -> None:
        for order in [one for one in self._orders if not one.waiting]:
            self._orders.remove(order)
            if not order.done.done():
                order.done.set_result(sorted(order.too_large))

    def _fail(self, orders: list[_Order], error: BaseException) -> None:
        for order in orders:
            if order in self._orders:
                self._orders.remove(order)
            if not order.done.done():
                if isinstance(error, asyncio.CancelledError):
                    order.done.cancel()
                else:
                    order.done.set_exception(error)

    def _away(self, why: object) -> BrokerAway:
        reason = why if isinstance(why, str) else type(why).__name__
        return BrokerAway(f"the broker at {self.client['bootstrap_servers']} does not answer ({reason})")

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            return self._producer or await self._started()

    async def _started(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_request_size=MAX_ARTICLE_BYTES,
            max_batch_size=1 << 18,
            request_timeout_ms=_REQUEST_MS,
            **self.client,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer
        return producer

    async def _found(self, producer: AIOKafkaProducer, topic: str) -> None:
        """Make sure that the topic is there; aiokafka would wait half a minute for one that is not."""
        for _ in range(_TOPIC_TRIES):
            if topic in self._topics:
                return
            cluster = await producer.client.fetch_all_metadata()
            self._topics = {name: len(cluster.partitions_for_topic(name) or ()) for name in cluster.topics()}
            if topic not in self._topics:
                await asyncio.sleep(0.5)  # one that was just created may take a moment to be seen
        raise NoTopic(f"{topic} is not on the broker; `marsad topics apply` creates it")

    async def cluster(self) -> str:
        """Give the id of the cluster; raises `BrokerAway`."""
        admin = AIOKafkaAdminClient(**self.client)
        try:
            await admin.start()
            return str((await admin.describe_cluster()).get("cluster_id"))
        except (KafkaError, OSError) as error:
            raise self._away(error) from error
        finally:
            await admin.close()

    async def _drop(self) -> None:
        """Let the producer go: after a failed delivery an idempotent one cannot be trusted to go on."""
        producer, self._producer = self._producer, None
        self._topics = {}
        if producer is None:
            return
        try:
            async with asyncio.timeout(10):
                await producer.stop()
        except (KafkaError, OSError, TimeoutError) as error:
            log.info("the producer did not end well: %s", type(error).__name__)


async def _send(producer: AIOKafkaProducer, items: list[_Item]) -> list[tuple[_Item, object]]:
    """Send all, await all; give what came of each: an exception where it was not acknowledged."""
    sent: list[tuple[_Item, Any]] = []
    outcomes: list[tuple[_Item, object]] = []
    broken: Exception | None = None
    for item in items:
        try:
            if broken:
                raise broken  # what comes after a record that failed must not overtake it
            sent.append((item, await _begun(producer, item[0].topic, item[2])))
        except (*_TOO_LARGE, TopicAuthorizationFailedError) as error:
            outcomes.append((item, error))
        except (KafkaError, OSError) as error:
            broken = error
            outcomes.append((item, error))
    results = await asyncio.gather(*(future for _, future in sent), return_exceptions=True)
    return [*zip((item for item, _ in sent), results, strict=True), *outcomes]


async def _begun(producer: AIOKafkaProducer, topic: str, record: Record) -> Any:
    return await producer.send(
        topic, record.value, key=record.key, partition=record.partition, headers=list(record.headers)
    )
