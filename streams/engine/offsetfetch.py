"""How consumers ask what their group has committed, without taking "not me" for "nothing".

Since version 2 of OffsetFetch (KIP-88) a coordinator that has moved or is still loading answers with one
error for the whole group and no partitions. aiokafka 0.14 does not look at it and reads "nothing is
committed": the consumer begins at the start of the log. Other clients had the same (Parsely/pykafka#958,
IBM/sarama#3574). Faust is not needed here: the front desk mends its own consumers with it too.
"""

from typing import Any

from aiokafka.consumer import group_coordinator
from aiokafka.protocol.commit import OffsetFetchRequest, OffsetFetchRequest_v1


class FetchByPartition(OffsetFetchRequest):  # type: ignore[misc]  # aiokafka ships no types
    """Asks in version 1, where the error stands at each partition, and aiokafka looks at it."""

    def prepare(self, versions: Any) -> Any:
        """Give the request as it goes out, whatever later versions the broker knows."""
        return self.build(OffsetFetchRequest_v1)


def mend() -> None:
    """Let all consumers of this process ask so."""
    group_coordinator.OffsetFetchRequest = FetchByPartition
