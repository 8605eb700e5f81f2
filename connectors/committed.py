"""What a group has committed, without mistaking a coordinator's "not me" for "nothing".

Since version 2 of OffsetFetch (KIP-88) a coordinator that has moved or is still loading answers with one
error for the whole group and no partitions. aiokafka 0.14 does not look at it, neither in its consumer nor in
its admin client, and reads "nothing is committed": the consumer begins at the start of the log. Other clients
had the same (Parsely/pykafka#958, IBM/sarama#3574). streams/engine/faustfix.py mends Faust's consumers.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka import OffsetAndMetadata, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.consumer import group_coordinator
from aiokafka.protocol.commit import OffsetFetchRequest, OffsetFetchRequest_v1

COORDINATOR_SECONDS = 30.0
PAUSE = 0.2
OUTSIDE = (
    errors.GroupCoordinatorNotAvailableError,
    errors.NotCoordinatorForGroupError,
    errors.GroupLoadInProgressError,
)
"""On a new cluster the offsets topic is made when the first group asks; later its leader may move or load."""


class FetchByPartition(OffsetFetchRequest):  # type: ignore[misc]  # aiokafka ships no types
    """Asks in version 1, where the error stands at each partition, and aiokafka looks at it."""

    def prepare(self, versions: Any) -> Any:
        """Give the request as it goes out, whatever later versions the broker knows."""
        return self.build(OffsetFetchRequest_v1)


def mend() -> None:
    """Let this process's consumers ask so."""
    group_coordinator.OffsetFetchRequest = FetchByPartition


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
