"""Rules over articles that are given, not streamed: for test cases and backtests."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from events.alert import Alert, Rule
from events.article import EnrichedArticle
from streams.alert.memory import AlertIndex
from streams.alert.ruleset import Failure, RuleSet


@dataclass(slots=True)
class Tally:
    """What became of one rule's matches."""

    matches: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


class Trial:
    """One memory and one set of rules; takes events in the order in which they came."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = RuleSet(rules)
        self._index = AlertIndex()
        self.tallies: dict[str, Tally] = {rule.rule_id: Tally() for rule in self._rules}
        self.failures: dict[str, Failure] = {}

    def take(self, event: EnrichedArticle) -> list[Alert]:
        """Give the alerts that `event` causes."""
        matches, failures = self._rules.match(event)
        self.failures |= {failure.rule_id: failure for failure in failures}
        alerts = []
        for match in matches:
            decision = self._index.decide(match)
            self._index.apply(decision.changes)
            tally = self.tallies[match.rule_id]
            if decision.redelivered:
                continue
            tally.matches += 1
            tally.outcomes[decision.outcome] += 1
            if decision.alert is not None:
                alerts.append(decision.alert)
        return alerts
