"""What a stage counts. The outcomes are a closed set, each said in one line."""

from collections import Counter

OUTCOMES = {
    "normalized": "a raw record became an article",
    "new": "an article not seen before, and no copy of one",
    "revision": "a known article, changed",
    "copy": "another article with the same text",
    "partial": "an article contained in a longer one, or the reverse",
    "repeat": "a raw record that says nothing new",
    "redelivered": "a record that came a second time from the same origin; decided as at first",
    "dead_letter": "a record that was refused, with its reason",
}


class Counts:
    """Counters of one stage since it started: `news_events_total{stage, outcome}`."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self._counts: Counter[str] = Counter()

    def add(self, outcome: str) -> None:
        """Count one event; a word outside `OUTCOMES` is a bug."""
        if outcome not in OUTCOMES:
            raise ValueError(f"unknown outcome {outcome!r}")
        self._counts[outcome] += 1

    def snapshot(self) -> dict[str, int]:
        """Give the counts by outcome."""
        return dict(self._counts)
