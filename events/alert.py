"""Alerts: what a rule found worth telling a person, and the rules and matches behind it.

    EnrichedArticle --rule--> Match --memory of the rule--> Alert

Labels and annotations are lists of `{name, value}`, not objects: readers with typed columns (Flink SQL,
Kafka Connect) need names that are the same in every record.
"""

from typing import Literal

from events.article import SCHEMA_VERSION, Casualties, Count, Relation, StoryCounts, Value

Severity = Literal["critical", "error", "warning", "info"]
"""The four of PagerDuty's Events API v2, the most urgent first."""

AlertReason = Literal["first", "toll_rises", "withdrawn", "figure", "title", "text", "repeat"]
"""Why it pages: the group's first match, what changed since the last page, or the time that has passed."""

GroupField = Literal["story", "article", "source", "place", "organisation", "topic", "lang"]


class Pair(Value, frozen=True, kw_only=True):
    """A named text: a label or an annotation."""

    name: str
    value: str


class Start(Value, frozen=True, kw_only=True):
    """Where in the enriched log a rule begins to hold."""

    partition: int
    offset: int


class QuietHours(Value, frozen=True, kw_only=True):
    """From when to when (`HH:MM` in `timezone`, over midnight where `start` is later) pages wait.

    `days` are ISO weekdays (1 is Monday) on which the hours begin. Alerts at least as urgent as `except_from`
    do not wait.
    """

    start: str
    end: str
    timezone: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    except_from: Severity | None = None


class Throttle(Value, frozen=True, kw_only=True):
    """At most `pages` pages of one rule in any `window_ms` of event time."""

    pages: int
    window_ms: int


class StoryNeed(Value, frozen=True, kw_only=True):
    """How many new ones of a story's `field` must have come within the rule's window."""

    field: Literal["articles", "sources", "independent_sources"]
    least: int


class Policy(Value, frozen=True, kw_only=True):
    """When matches become pages. Times are milliseconds of event time (`fetched_at`)."""

    group_by: tuple[GroupField, ...] = ("story",)
    again: tuple[AlertReason, ...] = ("toll_rises", "withdrawn")
    count: int = 1
    window_ms: int | None = None
    needs: tuple[StoryNeed, ...] = ()
    repeat_ms: int | None = None
    throttle: Throttle | None = None
    quiet_hours: QuietHours | None = None


class Rule(Value, frozen=True, kw_only=True):
    """A rule as it stands on the compacted topic, key `rule_id`; `version` is a digest of all the rest.

    `starts` says from which record of the enriched log on it holds; it holds for partitions not named from
    their beginning.
    """

    schema_version: int = SCHEMA_VERSION
    rule_id: str
    version: str
    name: str
    query: str
    severity: Severity
    policy: Policy
    labels: tuple[Pair, ...] = ()
    annotations: tuple[Pair, ...] = ()
    starts: tuple[Start, ...] = ()
    applied_at: str


class Toll(Value, frozen=True, kw_only=True):
    """The toll that an article tells, without its evidence."""

    killed: Count | None = None
    injured: Count | None = None
    missing: Count | None = None

    @classmethod
    def of(cls, casualties: Casualties | None) -> "Toll | None":
        """Give the toll of an article's casualties, None where it tells none."""
        if casualties is None:
            return None
        return cls(killed=casualties.killed, injured=casualties.injured, missing=casualties.missing)


class AlertBase(Value, frozen=True, kw_only=True):
    """What a match and its alert both tell: the rule, and the article that it found."""

    schema_version: int = SCHEMA_VERSION
    rule_id: str
    rule_version: str
    rule_name: str
    group_key: str
    severity: Severity
    labels: tuple[Pair, ...]
    annotations: tuple[Pair, ...]
    occurred_at: str
    event_id: str
    article_id: str
    revision: int
    relation: Relation
    story_id: str
    story: StoryCounts
    source_id: str
    source_name: str | None
    title: str
    url: str | None
    lang: str
    published_at: str
    casualties: Toll | None
    terms: tuple[str, ...]
    """Words and phrases of the query that the article holds, as folded."""


class Match(AlertBase, frozen=True, kw_only=True):
    """An article that a rule's query found, before anybody decides whether to page."""

    relates_to: str | None
    """The article that it is a revision, copy or part of."""
    changes: tuple[str, ...]
    policy: Policy


class Alert(AlertBase, frozen=True, kw_only=True):
    """A page. `alert_id` is a digest of all the rest: one id, one sequence of bytes.

    `page` counts the pages of this group; `matches` those the group has had, `suppressed` those since its
    last page that did not page. Nobody is to be told before `deliver_after`.
    """

    alert_id: str
    reason: AlertReason
    page: int
    matches: int
    suppressed: int
    deliver_after: str | None


def names_of(pairs: tuple[Pair, ...]) -> dict[str, str]:
    """Give labels or annotations as a mapping, for what wants one."""
    return {pair.name: pair.value for pair in pairs}


__all__ = [
    "Alert", "AlertBase", "AlertReason", "GroupField", "Match", "Pair", "Policy", "QuietHours", "Rule",
    "Severity", "Start", "StoryNeed", "Throttle", "Toll", "names_of",
]  # fmt: skip
