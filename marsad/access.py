"""Who may do what on the broker: one table, from which docs, Strimzi's users and the tests' ACLs all come.

Least privilege: a component may write only what it makes. What is allowed here and denied there shows in
tests/security, which runs the whole pipeline with exactly these rights and no others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from events import topics
from events.topics import Topic
from marsad.projecting import PROJECTIONS

Resource = Literal["topic", "group"]
Pattern = Literal["literal", "prefix"]
Operation = Literal["Read", "Write", "Create", "Describe", "DescribeConfigs"]
Step = Literal["normalize", "dedupe", "tag", "alert"]


@dataclass(frozen=True, slots=True)
class Grant:
    """One rule: these operations on what has this name, or whose name begins with it."""

    resource: Resource
    pattern: Pattern
    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """What one program reads and writes; topics without their prefix, as in events/topics.py.

    `group` is the end of its consumer group's name; `groups` says that it looks at everybody's.
    """

    name: str
    does: str
    reads: tuple[Topic, ...] = ()
    writes: tuple[Topic, ...] = ()
    group: str | None = None
    many_groups: bool = False
    memory: bool = False
    groups: bool = False
    creates: bool = False
    reads_all: bool = False
    makes: tuple[Topic, ...] = ()
    """Topics that it creates by itself, and writes."""


def _stage(name: Step, does: str, writes: tuple[Topic, ...], memory: bool = False) -> Component:
    read = topics.read_by(name)
    also = (topics.RULES,) if name == "alert" else tuple(filter(None, (topics.LATEST.get(name),)))
    refused = tuple(topic.dead_letters() for topic in read)
    return Component(name, does, (*read, *also), (*writes, *refused), name, memory=memory)


COMPONENTS: Mapping[str, Component] = MappingProxyType({
    one.name: one
    for one in (
        Component("topics", "`topics apply`, list, check", creates=True),
        Component(
            "connectors", "polls feeds", (topics.FEEDS, topics.FEED_STATE),
            (topics.RAW, topics.FEEDS, topics.FEED_STATE, topics.FEED_EVENTS), "connectors",
        ),
        _stage("normalize", "raw to normalized", (topics.NORMALIZED,)),
        _stage(
            "dedupe", "normalized to deduped", (topics.DEDUPED, topics.REPEATS, topics.STORIES), memory=True
        ),
        _stage("tag", "deduped to enriched", (topics.ENRICHED, topics.CURRENT)),
        _stage("alert", "enriched to alerts", (topics.MATCHES, topics.ALERTS), memory=True),
        Component(
            "sinks", "alerts to their receivers", (topics.ALERTS,), (topics.ALERTS.dead_letters(),),
            "sink-", many_groups=True,
        ),
        Component("web", "the page", (*topics.CONSUMED, topics.STORIES, topics.FEEDS), groups=True),
        Component("lag", "`lag`, also as an exporter", topics.CONSUMED, groups=True),
        Component(
            "project", "`project`: enriched events in other formats", (topics.ENRICHED,),
            group="project-", many_groups=True, makes=tuple(one.topic for one in PROJECTIONS.values()),
        ),
        Component("publisher", "`push`: raw articles of your own", (), (topics.RAW,)),
        Component(
            "operator", "`dlt`, `retag`, `rules`, `feeds`, `tail`, `trace`, `lag` by hand", (),
            (
                *topics.CONSUMED, topics.HANDLED, topics.CURRENT, topics.FEEDS, topics.FEED_STATE,
                topics.RULES,
            ),
            groups=True, reads_all=True,
        ),
    )
})  # fmt: skip


def grants(component: Component, prefix: str = topics.DEFAULT_PREFIX) -> tuple[Grant, ...]:
    """Give all that `component` may; whatever is not here is denied."""
    return (*_over_all(component, prefix), *_on_topics(component, prefix), *_on_groups(component, prefix))


def _over_all(component: Component, prefix: str) -> Iterator[Grant]:
    operations: tuple[Operation, ...] = ("Describe",)  # to see that all topics are there before it starts
    if component.creates:
        operations = ("Create", "Describe", "DescribeConfigs")
    elif component.reads_all:
        operations = ("Describe", "Read")
    yield Grant("topic", "prefix", prefix, operations)
    for changelog in topics.changelogs(prefix):
        if component.memory and changelog.name.startswith(topics.app_id(component.name, prefix)):
            # Its age limit for deletions is asked for before a memory on disk is trusted.
            yield Grant("topic", "literal", changelog.name, ("DescribeConfigs", "Read", "Write"))
        elif not changelog.name.startswith(prefix):
            yield Grant("topic", "literal", changelog.name, operations)


def _on_topics(component: Component, prefix: str) -> Iterator[Grant]:
    for topic in dict.fromkeys((*component.reads, *component.writes)):
        rights: list[Operation] = []
        if topic in component.reads:
            rights.append("Read")
        if topic in component.writes:
            rights.append("Write")
        yield Grant("topic", "literal", topics.full_name(topic, prefix), tuple(rights))
    for topic in component.makes:
        yield Grant("topic", "literal", topics.full_name(topic, prefix), ("Create", "Write"))


def _on_groups(component: Component, prefix: str) -> Iterator[Grant]:
    if component.group is not None:
        name = topics.app_id(component.group, prefix)
        yield Grant("group", "prefix" if component.many_groups else "literal", name, ("Read",))
    if component.groups:
        yield Grant("group", "prefix", topics.app_id("", prefix), ("Describe",))
