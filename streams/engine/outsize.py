"""Dead letters that are larger than their topic takes, which a compressed batch can carry all the same.

Kafka measures a batch as it comes over the wire, so a foreign producer that compresses can write a raw
record of any size. Refused it must be, and its dead letter must get through, or its partition stands still
for ever. So it goes out compressed as well; what is too large even then is cut, and says so.
"""

import asyncio
from dataclasses import replace
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordTooLargeError

from events import topics
from events.wire import ENVELOPE_BYTES
from streams.engine.records import Outgoing

LARGEST = topics.MAX_DEAD_BYTES - ENVELOPE_BYTES
"""Bytes of a record that the engine's own producer sends as it is."""
WHOLE_BYTES = 16 * topics.MIB
"""Bytes of a record that is still sent whole."""
KEPT_BYTES = topics.MIB
"""How much of a value is kept where it must be cut."""
TRUNCATED_HEADER = "news_dlt_truncated"
"""The length in bytes that the value had."""


def size(record: Outgoing) -> int:
    """Give the bytes of key, value and headers."""
    headers = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def cut(record: Outgoing) -> Outgoing:
    """Give the beginning of `record`, with the header that says how long it was."""
    value = record.value or b""
    told = (TRUNCATED_HEADER, str(len(value)).encode())
    return replace(record, value=value[:KEPT_BYTES], headers=(*record.headers, told))


class OutsizeProducer:
    """Delivers one record at a time, compressed, in a thread with a loop and a producer of its own.

    aiokafka compresses within its loop, at its slowest level: some texts take ten seconds a megabyte.
    """

    def __init__(self, client: dict[str, Any], request_seconds: float) -> None:
        self._client = client
        self._request_ms = round(request_seconds * 1000)
        self._turn = asyncio.Lock()

    async def send(self, record: Outgoing) -> Any:
        """Deliver `record`, cut only where it is too large even so; give the broker's answer."""
        async with self._turn:
            return await asyncio.to_thread(lambda: asyncio.run(self._delivered(record)))

    async def _delivered(self, record: Outgoing) -> Any:
        if size(record) > WHOLE_BYTES:
            return await self._sent(cut(record))
        try:
            return await self._sent(record)
        except (MessageSizeTooLargeError, RecordTooLargeError):
            return await self._sent(cut(record))

    async def _sent(self, record: Outgoing) -> Any:
        async with AIOKafkaProducer(
            acks="all",
            enable_idempotence=True,
            compression_type="gzip",
            max_request_size=2 * WHOLE_BYTES,
            request_timeout_ms=self._request_ms,
            **self._client,
        ) as producer:
            return await producer.send_and_wait(
                record.topic, record.value, record.key, record.partition, headers=list(record.headers)
            )
