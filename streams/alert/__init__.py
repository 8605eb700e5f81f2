"""EnrichedArticle -> Match (which rules find it) and (memory, Match) -> Alert (whether anybody is told).

Two steps, because articles of one story stand in several partitions of the enriched log: matches are keyed by
rule, so that all of a rule meet in one place and in one order. docs/alerts.md tells how to write rules.
"""

from streams.alert.faults import Fault, Place, QueryError
from streams.alert.memory import AlertIndex, AlertSettings, Decision
from streams.alert.rules import RuleFile, read_rules, versioned
from streams.alert.ruleset import Failure, RuleSet
from streams.changes import Changes

__all__ = [
    "AlertIndex", "AlertSettings", "Changes", "Decision", "Failure", "Fault", "Place", "QueryError",
    "RuleFile", "RuleSet", "read_rules", "versioned",
]  # fmt: skip
