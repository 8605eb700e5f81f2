"""RawArticle -> Kafka: written once the broker says so, and not called written before.

One idempotent producer with acks from all replicas. While the broker is away everything waits and is
sent again; what was acknowledged is not.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """One record as it goes out."""

    key: bytes
    value: bytes
    headers: Headers = ()


def raw_record(article: RawArticle, data: bytes | None = None) -> Record:
    """Give the record of a raw article; `data` are its bytes where they are given and not ours to write."""
    value = encode(article) if data is None else data
    return Record(article_id(article).encode(), value, cloud_headers(article, value))


class Publisher:
    """Publishes records in order and waits for every acknowledgement.

    `client` are the connection options of aiokafka (`bootstrap_servers`, TLS, SASL). `patience` is how many
    seconds the broker may be away before `BrokerAway`; None waits for ever.
    """

    def __init__(self, client: Mapping[str, Any], patience: float | None = None) -> None:
        self._client = dict(client)
        self._patience = patience
        self._producer: AIOKafkaProducer | None = None
        self._sending = asyncio.Lock()
        self._topics: set[str] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._drop()

    async def publish(self, topic: str, records: Sequence[Record]) -> list[int]:
        """Write `records`, in order; give the positions of those that the broker finds too large.

        Returns when every other record is acknowledged. Raises `BrokerAway`, `NoTopic`.
        """
        too_large: list[int] = []
        async with self._sending:
            for start in range(0, len(records), AT_ONCE):
                await self._deliver(topic, list(enumerate(records))[start : start + AT_ONCE], too_large)
        return too_large

    async def _deliver(self, topic: str, waiting: list[tuple[int, Record]], too_large: list[int]) -> None:
        pause, began = 0.5, asyncio.get_running_loop().time()
        while waiting:
            try:
                producer = await self._connected()
                await self._found(producer, topic)
                waiting = await _send(producer, topic, waiting, too_large)
                if not waiting:
                    return
                reason = "did not acknowledge"
            except TopicAuthorizationFailedError as error:
                raise NoTopic(f"{topic} may not be written by us") from error
            except (KafkaError, OSError) as error:
                reason = type(error).__name__
            await self._drop()
            if self._patience is not None and asyncio.get_running_loop().time() - began > self._patience:
                raise BrokerAway(
                    f"the broker at {self._client['bootstrap_servers']} does not answer ({reason})"
                )
            log.warning("broker away (%s): %d records wait, next try in %.1f s", reason, len(waiting), pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                max_request_size=MAX_ARTICLE_BYTES,
                max_batch_size=1 << 18,
                request_timeout_ms=_REQUEST_MS,
                **self._client,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _found(self, producer: AIOKafkaProducer, topic: str) -> None:
        """Make sure that the topic is there; aiokafka would wait half a minute for one that is not."""
        for _ in range(_TOPIC_TRIES):
            if topic in self._topics:
                return
            self._topics = set((await producer.client.fetch_all_metadata()).topics())
            if topic not in self._topics:
                await asyncio.sleep(0.5)  # one that was just created may take a moment to be seen
        raise NoTopic(f"{topic} is not on the broker; `marsad topics apply` creates it")

    async def cluster(self) -> str:
        """Give the id of the cluster; raises `BrokerAway`."""
        admin = AIOKafkaAdminClient(**self._client)
        try:
            await admin.start()
            return str((await admin.describe_cluster()).get("cluster_id"))
        except (KafkaError, OSError) as error:
            raise BrokerAway(f"the broker at {self._client['bootstrap_servers']} does not answer") from error
        finally:
            await admin.close()

    async def _drop(self) -> None:
        """Let the producer go: after a failed delivery an idempotent one cannot be trusted to go on."""
        producer, self._producer = self._producer, None
        self._topics = set()
        if producer is None:
            return
        try:
            async with asyncio.timeout(10):
                await producer.stop()
        except (KafkaError, OSError, TimeoutError) as error:
            log.info("the producer did not end well: %s", type(error).__name__)


async def _send(
    producer: AIOKafkaProducer, topic: str, waiting: list[tuple[int, Record]], too_large: list[int]
) -> list[tuple[int, Record]]:
    """Send all, await all; give those that were not acknowledged, in order."""
    sent: list[tuple[int, Record, asyncio.Future[Any]]] = []
    unsent: list[tuple[int, Record]] = []
    for position, (number, record) in enumerate(waiting):
        try:
            future = await producer.send(topic, record.value, key=record.key, headers=list(record.headers))
        except _TOO_LARGE:
            too_large.append(number)
        except TopicAuthorizationFailedError:
            raise
        except (KafkaError, OSError):
            unsent = waiting[position:]
            break
        else:
            sent.append((number, record, future))
    outcomes = await asyncio.gather(*(future for _, _, future in sent), return_exceptions=True)
    again: list[tuple[int, Record]] = []
    for (number, record, _), outcome in zip(sent, outcomes, strict=True):
        if isinstance(outcome, _TOO_LARGE):
            too_large.append(number)
        elif isinstance(outcome, TopicAuthorizationFailedError):
            raise outcome
        elif isinstance(outcome, KafkaError | OSError):
            again.append((number, record))
        elif isinstance(outcome, BaseException):
            raise outcome
    return again + unsent
