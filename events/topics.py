"""Every topic in one table: name, key, policy and what it carries. Broker auto-creation stays off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Policy = Literal["delete", "compact"]

DAY_MS = 24 * 60 * 60 * 1000
MIB = 1024 * 1024

MAX_RAW_BYTES = 4 * MIB
"""Largest raw record we accept; article bodies are a few kB, pages a few hundred."""
MAX_ARTICLE_BYTES = 8 * MIB
"""Largest record of the later topics: an article with its evidence outgrows its raw form."""
MAX_DEAD_BYTES = MAX_ARTICLE_BYTES + MIB
"""Dead letters take whatever the pipeline refused, with its headers."""

DEAD_LETTER_SUFFIX = ".dlt"
DEFAULT_PREFIX = "news."
DEFAULT_PARTITIONS = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, without its prefix: how it is keyed, kept and read."""

    name: str
    key: str
    policy: Policy
    carries: str
    retention_days: int | None = None
    max_bytes: int = MAX_ARTICLE_BYTES
    extra: tuple[tuple[str, str], ...] = field(default=())

    def config(self) -> dict[str, str]:
        """Give the topic's settings as Kafka names them, without replication."""
        settings = {"cleanup.policy": self.policy, "max.message.bytes": str(self.max_bytes)}
        if self.retention_days is not None:
            settings["retention.ms"] = str(self.retention_days * DAY_MS)
        if self.policy == "compact":
            # A bootstrapping reader has a week to see a tombstone; Kafka's default is one day.
            settings["delete.retention.ms"] = str(7 * DAY_MS)
        return settings | dict(self.extra)

    def dead_letters(self) -> "Topic":
        """Give the dead-letter topic that belongs to this one."""
        return Topic(
            name=self.name + DEAD_LETTER_SUFFIX,
            key="as source",
            policy="delete",
            carries="the refused record, byte for byte",
            retention_days=30,
            max_bytes=MAX_DEAD_BYTES,
        )


RAW = Topic("articles.raw.v1", "article_id", "delete", "RawArticle", 7, MAX_RAW_BYTES)
NORMALIZED = Topic("articles.normalized.v1", "shard", "delete", "Article", 7)
DEDUPED = Topic("articles.deduped.v1", "article_id", "delete", "DedupedArticle", 7)
ENRICHED = Topic("articles.enriched.v1", "article_id", "delete", "EnrichedArticle", 30)
CURRENT = Topic("articles.current.v1", "article_id", "compact", "EnrichedArticle")
REPEATS = Topic("articles.repeats.v1", "article_id", "delete", "Repeat", 7)
STORIES = Topic("stories.v1", "story_id", "compact", "Story")
FEEDS = Topic(
    # A list that is read again years later must not bring back what was removed meanwhile.
    "feeds.v1", "feed_id", "compact", "Feed", extra=(("delete.retention.ms", str(5 * 365 * DAY_MS)),),
)  # fmt: skip
FEED_STATE = Topic("feeds.state.v1", "feed_id", "compact", "memory of a feed, for connectors alone")
"""Partitioned by the host of the feed, not by its key: one host is one worker's (docs/feeds.md)."""
FEED_EVENTS = Topic("feeds.events.v1", "feed_id", "delete", "FeedEvent", 30)
ALERTS = Topic("alerts.v1", "rule id + group key", "delete", "Alert", 30)
RULES = Topic("alerts.rules.v1", "rule_id", "compact", "Rule")
MATCHES = Topic("alerts.matches.v1", "rule_id", "delete", "Match", 7)
"""Where all matches of a rule meet in one order: one story stands in several partitions of `enriched`."""
HANDLED = Topic("dlt.handled.v1", "position of the dead letter", "delete", "HandledLetter", 31)
"""Kept a day longer than the dead letters: a note is written after its letter, and must outlive it."""

PUBLIC: tuple[Topic, ...] = (
    RAW, NORMALIZED, DEDUPED, ENRICHED, CURRENT, REPEATS, STORIES, FEEDS, FEED_STATE, FEED_EVENTS,
    ALERTS, RULES, MATCHES, HANDLED,
)  # fmt: skip

READS: Mapping[str, Topic] = MappingProxyType({"normalize": RAW, "dedupe": NORMALIZED, "tag": DEDUPED})
"""Each stage and the topic it reads, in the order in which records pass."""

LATEST: Mapping[str, Topic] = MappingProxyType({"dedupe": STORIES, "tag": CURRENT})
"""Stages that write a compacted topic whose last record of a key has to be the latest, and the topic."""

ALERT_READS: tuple[Topic, ...] = (ENRICHED, MATCHES)
"""What the alert stage reads. It runs beside the others, where there are rules."""

CONSUMED: tuple[Topic, ...] = (*READS.values(), *ALERT_READS, ALERTS)
"""The topics that a stage or a sink of ours reads, and that can therefore have dead letters."""


def read_by(stage: str) -> tuple[Topic, ...]:
    """Give the topics that a stage reads; raises `KeyError` for another name."""
    return ALERT_READS if stage == "alert" else (READS[stage],)


def app_id(stage: str, prefix: str = DEFAULT_PREFIX) -> str:
    """Give the consumer group of a stage: `marsad-dedupe`; another prefix is another pipeline."""
    return f"marsad-{stage}" if prefix == DEFAULT_PREFIX else f"{prefix}marsad-{stage}"


@lru_cache
def changelog(prefix: str = DEFAULT_PREFIX) -> Topic:
    """Give the dedupe memory's changelog: compact only, so that retention can never trim state.

    Its name is whole already (`full_name` adds no prefix): Faust's rule, group, table, `changelog`.
    """
    return _changelog(f"{app_id('dedupe', prefix)}-articles-changelog", "dedupe memory")


@lru_cache
def alert_changelog(prefix: str = DEFAULT_PREFIX) -> Topic:
    """Give the changelog of the alerts' memory; its name is whole already, as dedupe's."""
    return _changelog(f"{app_id('alert', prefix)}-matches-changelog", "alert memory")


def changelogs(prefix: str = DEFAULT_PREFIX) -> tuple[Topic, ...]:
    """Give every changelog of ours."""
    return changelog(prefix), alert_changelog(prefix)


def _changelog(name: str, carries: str) -> Topic:
    extra = (("segment.ms", str(6 * 60 * 60 * 1000)), ("min.cleanable.dirty.ratio", "0.3"))
    return Topic(name, "table key", "compact", carries, extra=extra)


def all_topics() -> tuple[Topic, ...]:
    """Give every prefixed topic, dead letters included; the changelogs stand apart (`changelogs`)."""
    return PUBLIC + tuple(topic.dead_letters() for topic in CONSUMED)


@lru_cache
def full_name(topic: Topic, prefix: str) -> str:
    """Give the name on the broker: `news.` + `articles.raw.v1`; a changelog's name is whole already."""
    return topic.name if topic in changelogs(prefix) else prefix + topic.name
