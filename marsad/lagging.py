"""`marsad lag --serve`: how far behind our groups are, for Prometheus.

What kafka_exporter tells as well has kafka_exporter's names (danielqsj/kafka_exporter, README), so that
dashboards made for it show us too; the lag in seconds, which it does not have, has a name of ours.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiokafka.errors import KafkaError
from prometheus_client.core import GaugeMetricFamily, Metric

from events import topics
from marsad.lag import PartitionLag, groups, lagging, partition_lags
from marsad.watched import BUILD, Watched

log = logging.getLogger("marsad.lag")

EVERY_SECONDS = 15.0
STALE_SECONDS = 60.0

METRICS = {
    **BUILD,
    "kafka_topic_partition_current_offset": "end of a partition: the offset its next record will have",
    "kafka_topic_partition_oldest_offset": "beginning of a partition: the oldest offset still there",
    "kafka_consumergroup_current_offset": "what a group has committed; absent where it never did",
    "kafka_consumergroup_lag": "records a group has not committed; those that can be read, not offsets",
    "kafka_consumergroup_lag_sum": "the same over all partitions of a topic",
    "news_consumergroup_lag_seconds": "age of the oldest record that a group has not committed, 0 where none",
}
PARTITION = ["topic", "partition"]
GROUP = ["consumergroup", "topic", "partition"]


class Lagging(Watched):
    """Measures the stages and sinks every `every` seconds; figures are absent while the broker is away."""

    def __init__(self, client: Mapping[str, Any], prefix: str, every: float = EVERY_SECONDS) -> None:
        super().__init__()
        self._client, self._prefix, self._every = client, prefix, every
        self._found: Sequence[PartitionLag] = ()
        self._at = 0.0
        self.reached(lambda: self._fresh)

    @property
    def _fresh(self) -> bool:
        return time.monotonic() - self._at < STALE_SECONDS and bool(self._found)

    async def run(self, stop: asyncio.Event) -> None:
        """Measure until `stop`."""
        while not stop.is_set():
            try:
                self._found = await self._measured()
                self._at = time.monotonic()
            except (KafkaError, LookupError, OSError, TimeoutError) as error:
                log.warning("the lag cannot be asked for: %s: %s", type(error).__name__, error)
            try:
                await asyncio.wait_for(stop.wait(), self._every)
            except TimeoutError:
                continue

    async def _measured(self) -> list[PartitionLag]:
        found: list[PartitionLag] = []
        for stage in await lagging(self._client, self._prefix):
            names = [topics.full_name(topic, self._prefix) for topic in topics.read_by(stage)]
            found += await partition_lags(self._client, topics.app_id(stage, self._prefix), names)
        alerts = topics.full_name(topics.ALERTS, self._prefix)
        for group in await groups(self._client, topics.app_id("sink-", self._prefix)):
            found += await partition_lags(self._client, group, [alerts])
        return found

    def collect(self) -> Iterator[Metric]:
        """Give the families, in the order of `METRICS`."""
        yield self.build_info()
        if not self._fresh:
            return
        found, now = self._found, int(time.time() * 1000)
        parts = {(one.topic, str(one.partition)): one for one in found}
        yield _family(
            "kafka_topic_partition_current_offset", PARTITION, {at: one.end for at, one in parts.items()}
        )
        yield _family(
            "kafka_topic_partition_oldest_offset", PARTITION, {at: one.begin for at, one in parts.items()}
        )
        stands = {_place(one): one.committed for one in found if one.committed is not None}
        yield _family("kafka_consumergroup_current_offset", GROUP, stands)
        yield _family("kafka_consumergroup_lag", GROUP, {_place(one): one.records for one in found})
        yield _family("kafka_consumergroup_lag_sum", GROUP[:2], _summed(found))
        yield _family(
            "news_consumergroup_lag_seconds", GROUP, {_place(one): one.seconds(now) for one in found}
        )


def _place(one: PartitionLag) -> tuple[str, ...]:
    return one.group, one.topic, str(one.partition)


def _summed(found: Sequence[PartitionLag]) -> dict[tuple[str, ...], float]:
    sums: dict[tuple[str, ...], float] = {}
    for one in found:
        sums[one.group, one.topic] = sums.get((one.group, one.topic), 0) + one.records
    return sums


def _family(name: str, labels: list[str], values: Mapping[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(name, METRICS[name], labels=labels)
    for place, value in values.items():
        family.add_metric(list(place), value)
    return family
