"""How the connectors tell of their health: the same four pages as a stage, with figures of their own."""

import asyncio
import platform
import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.feeds.errand import Outcome
from marsad import __version__
from streams.engine.metrics import METRICS as OF_STAGES
from streams.engine.metrics import registry
from streams.engine.probes import HealthAddress, ProbeServer
from streams.engine.vitals import STALE_SECONDS, Verdict

TICK_SECONDS = 1.0

METRICS = {
    "news_build_info": OF_STAGES["news_build_info"],
    "news_feed_polls_total": "feeds polled since the process started, by outcome: fetched, failed",
    "news_feed_articles_total": "articles published since the process started: new or changed ones",
    "news_feed_refused_articles_total": "articles that the broker did not take, because they are too large",
    "news_feed_last_success_timestamp_seconds": "when any feed was last fetched; 0 before the first",
}


class Polling(Collector):
    """Watches the connectors from within their loop and answers for them.

    A feed that fails is that feed's matter, and a broker that is away is waited for: neither speaks
    against the process.
    """

    def __init__(self) -> None:
        self._polls = {"fetched": 0, "failed": 0}
        self._articles = self._refused = 0
        self._last_success = 0.0
        self._ticked = time.monotonic()
        self._reached = False
        self._server = ProbeServer(self)
        self._ticking: asyncio.Task[None] | None = None
        self.metrics = registry(self)

    def start(self, address: HealthAddress) -> str:
        """Listen, begin to tick, and give the address; raises OSError where it is taken."""
        where = self._server.start(address)
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

    def reached(self) -> None:
        """Say that the broker has answered, and that polling begins."""
        self._reached = True

    def polled(self, outcome: Outcome) -> None:
        """Count one poll."""
        self._polls["failed" if outcome.error else "fetched"] += 1
        self._articles += outcome.published
        self._refused += outcome.refused
        if not outcome.error:
            self._last_success = time.time()

    def alive(self) -> Verdict:
        """Answer /livez."""
        silent = time.monotonic() - self._ticked
        return Verdict((f"the loop has not ticked for {silent:.0f} s",) if silent > STALE_SECONDS else ())

    def ready(self) -> Verdict:
        """Answer /readyz."""
        return Verdict(self.alive().reasons + (() if self._reached else ("the broker has not answered yet",)))

    def version(self) -> dict[str, str]:
        """Answer /version."""
        return {"version": __version__, "python": platform.python_version()}

    def collect(self) -> Iterator[Metric]:
        """Give the families, in the order of `METRICS`."""
        build = self.version()
        info = GaugeMetricFamily(*_said("news_build_info"), labels=list(build))
        info.add_metric(list(build.values()), 1)
        polls = CounterMetricFamily(*_said("news_feed_polls_total"), labels=["outcome"])
        for outcome, count in self._polls.items():
            polls.add_metric([outcome], count)
        yield from (info, polls)
        yield CounterMetricFamily(*_said("news_feed_articles_total"), value=self._articles)
        yield CounterMetricFamily(*_said("news_feed_refused_articles_total"), value=self._refused)
        yield GaugeMetricFamily(*_said("news_feed_last_success_timestamp_seconds"), value=self._last_success)


def _said(name: str) -> tuple[str, str]:
    return name, METRICS[name]
