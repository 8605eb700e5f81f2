"""How long one silent partition may keep the others waiting.

aiokafka has one fetch under way to a broker at a time, and leaves out of it each partition whose last
records nobody has taken yet; after `prefetch_backoff` (0.1 s) it sends it without them. If the
partitions in it are silent, as those of the smaller languages are, the broker holds it for
`fetch_max_wait_ms`, Faust's 1.5 s, and what arrives for the busy partition in the meantime waits. A stage
that is late once by a tenth of a second then stays late: the records that came meanwhile make it late again.
Seen as a steady 1.2 to 1.9 s between two stages at 50 articles a second (benchmarks/engines/latency.py).
"""

from typing import Any

from faust.transport.drivers import aiokafka as driver

LEFT_OUT_SECONDS = 1.0
"""How long records may lie untaken before the others are asked for without their partition."""
LONGEST_FETCH_MS = 500
"""How long the broker may hold a fetch that finds nothing; aiokafka's own default, and the Java client's."""


class PromptConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread, with these two instead of its own; neither is a setting of Faust's."""

    async def on_start(self) -> None:
        """Start, and tell the fetcher, which there is only now, to be patient."""
        await super().on_start()
        fetcher: Any = self._ensure_consumer()._fetcher
        fetcher._prefetch_backoff = LEFT_OUT_SECONDS

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = LONGEST_FETCH_MS
        return consumer
