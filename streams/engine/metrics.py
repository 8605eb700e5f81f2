"""What a stage tells about itself at /metrics: a closed set, each explained here in one line.

Low cardinality on purpose: stage, outcome, reason, topic, partition; never an address, a feed or an id.
"""

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from events.rejected import REASONS

METRICS = {
    "news_build_info": "always 1; its labels say which Marsad, rules and Python this is",
    "news_events_total": "records handled since the process started, by outcome",
    "news_dead_letters_total": "records refused since the process started, by reason",
    "news_stage_duration_seconds": "time one record took in this stage, without waiting for the broker",
    "news_stage_wait_seconds": "age of a record, by its time stamp, when all it caused was durable",
    "news_end_to_end_latency_seconds": "stage tag alone: from fetched by a connector to enriched and durable",
    "news_window_depth": "records whose outputs the broker has not acknowledged yet",
    "news_backlog_records": "records in a held partition not durable yet; absent while the broker is away",
    "news_memories": "partitions whose memory this worker holds, rebuilt and in use",
    "news_rules": "alert rules in force in this worker",
    "news_rules_failed": "alert rules that were reported and skipped since the process started",
    "news_recovering": "1 while a worker rebuilds its memory from the changelog; dedupe and alert alone",
    "news_state_entries": "entries those memories hold; levels off when the windows are full",
    "news_assignments_total": "times the group gave this worker partitions: at its start, at each rebalance",
    "news_heap_blocks": "memory blocks the interpreter holds; grows for ever where something is never let go",
    "news_alive": "1 where /livez says yes",
    "news_ready": "1 where /readyz says yes",
}
"""Beside these stand `process_*` of prometheus_client: memory, CPU, start time, open files."""

OUTCOMES = {
    "normalized": "a raw record became an article",
    "new": "an article not seen before, and no copy of one",
    "revision": "a known article, changed",
    "copy": "another article with the same text",
    "partial": "an article contained in a longer one, or the reverse",
    "repeat": "a raw record that says nothing new",
    "redelivered": "a record that came a second time from the same origin; decided as at first",
    "matched": "an article that a rule found",
    "unmatched": "an article that no rule found, or none was to look at",
    "paged": "a match that became an alert",
    "grouped": "a match that says nothing new of its group",
    "throttled": "a match that would page, but its rule has paged as often as it may",
    "waiting": "a match of a window that does not hold enough yet",
    "dead_letter": "a record that was refused, with its reason",
}

OF_STAGE = {
    "normalize": ("normalized", "dead_letter"),
    "dedupe": ("new", "revision", "copy", "partial", "repeat", "redelivered", "dead_letter"),
    "tag": ("new", "revision", "copy", "partial", "dead_letter"),
    "alert": (
        "matched",
        "unmatched",
        "paged",
        "grouped",
        "throttled",
        "waiting",
        "redelivered",
        "dead_letter",
    ),
}
"""Which outcomes a stage can have; each is told from the start, as 0: a rate needs its first point."""

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0)


class Durations:
    """A histogram of seconds; `bounds` are the upper ends of its buckets, the last one is open."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._buckets = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._buckets[bisect_left(self._bounds, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> tuple[list[tuple[str, float]], float]:
        """Give the buckets as Prometheus wants them, each with all below it, and the sum."""
        total, rows = 0, []
        for bound, count in zip([*map(str, self._bounds), "+Inf"], list(self._buckets), strict=True):
            total += count
            rows.append((bound, float(total)))
        return rows, self.total


class Counts:
    """Counters of one stage since it started; read by another thread, so no dict ever changes its size."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.outcomes = dict.fromkeys(OF_STAGE.get(stage, OUTCOMES), 0)
        self.reasons: dict[str, int] = dict.fromkeys(REASONS, 0)
        self.duration = Durations(FAST)
        self.wait = Durations(SLOW)
        self.end_to_end = Durations(SLOW)

    def add(self, outcome: str) -> None:
        """Count one event; a word outside `OF_STAGE` is a bug."""
        if outcome not in self.outcomes:
            raise ValueError(f"unknown outcome {outcome!r}")
        self.outcomes[outcome] += 1

    def refuse(self, reason: str) -> None:
        """Count why a record was refused; its outcome is counted beside it."""
        self.reasons[reason] += 1

    @property
    def handled(self) -> int:
        """Events counted so far."""
        return sum(self.outcomes.values())

    def snapshot(self) -> dict[str, int]:
        """Give the counts by outcome, without those that never came."""
        return {outcome: count for outcome, count in self.outcomes.items() if count}


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read off at a scrape, beside the counters."""

    depth: int
    alive: bool
    ready: bool
    backlog: Mapping[tuple[str, int], int] | None = None
    memories: int | None = None
    rules: int | None = None
    rules_failed: int | None = None
    entries: int | None = None
    recovering: int | None = None
    assignments: int = 0


class StageCollector(Collector):
    """Turns counts and a reading into Prometheus' families, in the order of `METRICS`."""

    def __init__(self, counts: Counts, build: Mapping[str, str], read: Callable[[], Reading]) -> None:
        self._counts = counts
        self._build = build
        self._read = read

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        info = GaugeMetricFamily(*_said("news_build_info"), labels=list(self._build))
        info.add_metric(list(self._build.values()), 1)
        yield info
        yield self._counter("news_events_total", "outcome", self._counts.outcomes)
        yield self._counter("news_dead_letters_total", "reason", self._counts.reasons)
        yield self._histogram("news_stage_duration_seconds", self._counts.duration)
        yield self._histogram("news_stage_wait_seconds", self._counts.wait)
        if self._counts.stage == "tag":
            yield self._histogram("news_end_to_end_latency_seconds", self._counts.end_to_end)
        reading = self._read()
        assignments = CounterMetricFamily(*_said("news_assignments_total"), labels=["stage"])
        assignments.add_metric([self._counts.stage], reading.assignments)
        yield assignments
        yield from self._gauges(reading)

    def _counter(self, name: str, label: str, counts: Mapping[str, int]) -> Metric:
        family = CounterMetricFamily(*_said(name), labels=["stage", label])
        for word, count in counts.items():
            family.add_metric([self._counts.stage, word], count)
        return family

    def _histogram(self, name: str, durations: Durations) -> Metric:
        family = HistogramMetricFamily(*_said(name), labels=["stage"])
        buckets, total = durations.cumulated()
        family.add_metric([self._counts.stage], buckets, total)
        return family

    def _gauges(self, reading: Reading) -> Iterator[Metric]:
        single = {
            "news_window_depth": reading.depth,
            "news_memories": reading.memories,
            "news_rules": reading.rules,
            "news_rules_failed": reading.rules_failed,
            "news_recovering": reading.recovering,
            "news_state_entries": reading.entries,
            "news_heap_blocks": sys.getallocatedblocks(),
            "news_alive": int(reading.alive),
            "news_ready": int(reading.ready),
        }
        for name, value in single.items():
            if value is not None:
                family = GaugeMetricFamily(*_said(name), labels=["stage"])
                family.add_metric([self._counts.stage], value)
                yield family
        if reading.backlog is not None:
            backlog = GaugeMetricFamily(
                *_said("news_backlog_records"), labels=["stage", "topic", "partition"]
            )
            for (topic, partition), count in reading.backlog.items():
                backlog.add_metric([self._counts.stage, topic, str(partition)], count)
            yield backlog


def _said(name: str) -> tuple[str, str]:
    return name, METRICS[name]


def registry(collector: Collector) -> CollectorRegistry:
    """Give a registry of this stage alone, with the process's own figures."""
    made = CollectorRegistry()
    made.register(collector)
    ProcessCollector(registry=made)
    return made
