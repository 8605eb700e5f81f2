"""How the connectors tell of their health: the same four pages as a stage, with figures of their own."""

import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from connectors.feeds.errand import Outcome
from events.feed import KINDS
from marsad.watched import BUILD, Watched

METRICS = {
    **BUILD,
    "news_feed_polls_total": "feeds polled since the process started, by outcome: fetched, failed",
    "news_feed_articles_total": "articles published since the process started: new or changed ones",
    "news_feed_refused_articles_total": "articles that the broker did not take, because they are too large",
    "news_feed_events_total": "what changed with a feed since the process started: fell silent, moved, ...",
    "news_feed_last_success_timestamp_seconds": "when any feed was last fetched; 0 before the first",
}


class Polling(Watched):
    """Watches the connectors from within their loop and answers for them.

    A feed that fails is that feed's matter, and a broker that is away is waited for: neither speaks
    against the process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._polls = {"fetched": 0, "failed": 0}
        self._articles = self._refused = 0
        self._events = dict.fromkeys(KINDS, 0)
        self._last_success = 0.0

    def polled(self, outcome: Outcome) -> None:
        """Count one poll."""
        self._polls["failed" if outcome.error else "fetched"] += 1
        self._articles += outcome.published
        self._refused += outcome.refused
        for kind in outcome.told:
            self._events[kind] += 1
        if not outcome.error:
            self._last_success = time.time()

    def collect(self) -> Iterator[Metric]:
        """Give the families, in the order of `METRICS`."""
        polls = CounterMetricFamily(*_said("news_feed_polls_total"), labels=["outcome"])
        for outcome, count in self._polls.items():
            polls.add_metric([outcome], count)
        events = CounterMetricFamily(*_said("news_feed_events_total"), labels=["kind"])
        for kind, count in self._events.items():
            events.add_metric([kind], count)
        yield from (self.build_info(), polls)
        yield CounterMetricFamily(*_said("news_feed_articles_total"), value=self._articles)
        yield CounterMetricFamily(*_said("news_feed_refused_articles_total"), value=self._refused)
        yield events
        yield GaugeMetricFamily(*_said("news_feed_last_success_timestamp_seconds"), value=self._last_success)


def _said(name: str) -> tuple[str, str]:
    return name, METRICS[name]
