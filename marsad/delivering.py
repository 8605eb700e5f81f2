"""How `marsad sinks` tells of its health, and of what became of the alerts."""

from collections.abc import Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, Metric

from connectors.sinks.worker import SinkWorker
from marsad.watched import BUILD, Watched

METRICS = {
    **BUILD,
    "news_alerts_sent_total": "alerts a sink is done with since the process started, by outcome: delivered, "
    "passed_over (not for this sink), dead_letter (refused by its receiver, or too old)",
}


class Delivering(Watched):
    """Answers for all sinks of a process; a receiver that is away speaks against none of them."""

    def __init__(self, workers: Sequence[SinkWorker]) -> None:
        super().__init__()
        self._workers = workers
        self.reached(lambda: all(worker.joined for worker in workers))

    def collect(self) -> Iterator[Metric]:
        """Give the families, in the order of `METRICS`."""
        name = "news_alerts_sent_total"
        sent = CounterMetricFamily(name, METRICS[name], labels=["sink", "outcome"])
        for worker in self._workers:
            for outcome, count in worker.counts.items():
                sent.add_metric([worker.name, outcome], count)
        yield from (self.build_info(), sent)
