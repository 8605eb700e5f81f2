"""What a group has committed, as its coordinator says it.

aiokafka's admin client does not look at the error for the whole group, no more than its consumer does
(streams/engine/offsetfetch.py says what comes of it).
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka import OffsetAndMetadata, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.commit import OffsetFetchRequest

COORDINATOR_SECONDS = 30.0
PAUSE = 0.2
OUTSIDE = (
    errors.GroupCoordinatorNotAvailableError,
    errors.NotCoordinatorForGroupError,
    errors.GroupLoadInProgressError,
)
"""On a new cluster the offsets topic is made when the first group asks; later its leader may move or load."""


async def committed(client: Mapping[str, Any], group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    """Give the committed offsets of a group and their metadata, from a coordinator that may be starting.

    Raises KafkaError, and TimeoutError after `COORDINATOR_SECONDS`.
    """
    admin = AIOKafkaAdminClient(**client)
    try:
        await admin.start()
        async with asyncio.timeout(COORDINATOR_SECONDS):
            while (answer := await _asked(admin, group)) is None:
                await asyncio.sleep(PAUSE)
    finally:
        await admin.close()
    return {
        TopicPartition(topic, partition): OffsetAndMetadata(offset, metadata)
        for topic, partitions in answer.topics
        for partition, offset, metadata, _ in partitions
        if offset >= 0
    }


async def _asked(admin: AIOKafkaAdminClient, group: str) -> Any:
    try:
        coordinator = await admin.find_coordinator(group)
        answer = await admin._send_request(OffsetFetchRequest(group, None), coordinator)
        if answer.error_code:
            raise errors.for_code(answer.error_code)(group)
    except OUTSIDE:
        return None
    return answer
