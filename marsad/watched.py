"""What connectors, sinks and the exporter of lag share: the four pages of a stage, for a loop of our own."""

import asyncio
import platform
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from marsad import __version__
from marsad.errors import Failure
from streams.engine.metrics import METRICS as OF_STAGES
from streams.engine.metrics import registry
from streams.engine.probes import HealthAddress, ProbeServer
from streams.engine.vitals import STALE_SECONDS, Verdict

TICK_SECONDS = 1.0
BUILD = {"news_build_info": OF_STAGES["news_build_info"]}


class Watched(Collector):
    """A loop that is watched from within: it ticks, and has or has not reached the broker."""

    def __init__(self) -> None:
        self._ticked = time.monotonic()
        self._reached: Callable[[], bool] = lambda: False
        self._server = ProbeServer(self)
        self._ticking: asyncio.Task[None] | None = None
        self.metrics = registry(self)

    def start(self, address: HealthAddress) -> str:
        """Listen, begin to tick, and give the address. Raises Failure where it is taken."""
        try:
            where = self._server.start(address)
        except OSError as error:
            raise Failure(f"--health-port {address.port}: {error.strerror or error}") from error
        self._ticking = asyncio.create_task(self._tick())
        return where

    async def stop(self) -> None:
        """Stop listening."""
        if self._ticking is not None:
            self._ticking.cancel()
        await asyncio.to_thread(self._server.stop)

    async def _tick(self) -> None:
        while True:
            self._ticked = time.monotonic()
            await asyncio.sleep(TICK_SECONDS)

    def reached(self, whether: Callable[[], bool] = lambda: True) -> None:
        """Say that the broker has answered, or whom to ask whether it does."""
        self._reached = whether

    def alive(self) -> Verdict:
        """Answer /livez."""
        silent = time.monotonic() - self._ticked
        return Verdict((f"the loop has not ticked for {silent:.0f} s",) if silent > STALE_SECONDS else ())

    def ready(self) -> Verdict:
        """Answer /readyz."""
        return Verdict(
            self.alive().reasons + (() if self._reached() else ("the broker does not answer yet",))
        )

    def version(self) -> dict[str, str]:
        """Answer /version."""
        return {"version": __version__, "python": platform.python_version()}

    def build_info(self) -> Metric:
        """Give the family that says which program this is."""
        build = self.version()
        info = GaugeMetricFamily("news_build_info", BUILD["news_build_info"], labels=list(build))
        info.add_metric(list(build.values()), 1)
        return info

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        yield self.build_info()


@asynccontextmanager
async def telling(
    watched: Watched, address: HealthAddress | None, whose: str, say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Answer for `watched` within the block, where an address is named; raises Failure where it is taken."""
    try:
        if address is not None:
            say(f"health of {whose} at {watched.start(address)}")
        yield
    finally:
        await watched.stop()
