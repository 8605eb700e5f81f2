"""Strimzi's KafkaTopic and KafkaUser from our own tables: events/topics.py and marsad/access.py.

`marsad topics strimzi` prints them; k8s/components/strimzi holds them as the defaults make them.
"""

import re
from collections.abc import Iterator
from typing import Any

from events import topics
from marsad.access import COMPONENTS, Component, Grant, grants

API = "kafka.strimzi.io/v1"
CLUSTER = "marsad"
"""Name of the Kafka resource that the topics and users belong to."""
REPLICAS = 3
Object = dict[str, Any]


def kafka_topics(prefix: str, partitions: int, replicas: int, cluster: str = CLUSTER) -> Iterator[Object]:
    """Give a KafkaTopic for every topic of ours, changelogs and dead letters included."""
    for topic in (*topics.all_topics(), *topics.changelogs(prefix)):
        name = topics.full_name(topic, prefix)
        in_sync = {"min.insync.replicas": str(replicas - 1)} if replicas > 1 else {}
        spec = {
            "topicName": name, "partitions": partitions, "replicas": replicas,
            "config": topic.config() | in_sync,
        }  # fmt: skip
        yield _object("KafkaTopic", name, cluster, spec)


def kafka_users(prefix: str, cluster: str = CLUSTER) -> Iterator[Object]:
    """Give a KafkaUser for every component, with SCRAM-SHA-512 and its rights alone."""
    for component in COMPONENTS.values():
        spec = {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": [_acl(one) for one in grants(component, prefix)]},
        }
        yield _object("KafkaUser", user(component), cluster, spec)


def user(component: Component) -> str:
    """Give the name of a component's user: that of its workload in k8s/."""
    return f"marsad-{component.name}"


def _acl(grant: Grant) -> Object:
    resource = {"type": grant.resource, "name": grant.name, "patternType": grant.pattern}
    return {"resource": resource, "operations": list(grant.operations), "host": "*"}


def _object(kind: str, name: str, cluster: str, spec: Object) -> Object:
    return {
        "apiVersion": API,
        "kind": kind,
        "metadata": {
            "name": re.sub(r"[^a-z0-9.-]", "-", name.lower()),
            "labels": {"strimzi.io/cluster": cluster},
        },
        "spec": spec,
    }


def rights(prefix: str = topics.DEFAULT_PREFIX) -> str:
    """Give the table of docs/security.md: a line for each component and each kind of right."""
    lines = ["| component | topics it writes | topics it reads | and |", "| --- | --- | --- | --- |"]
    for component in COMPONENTS.values():
        granted = grants(component, prefix)
        cells = (
            _names(granted, "topic", "Write"), _names(granted, "topic", "Read"), "; ".join(_rest(granted))
        )  # fmt: skip
        lines.append(f"| `{user(component)}`: {component.does} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _names(granted: tuple[Grant, ...], resource: str, operation: str) -> str:
    found = [_name(one) for one in granted if one.resource == resource and operation in one.operations]
    return ", ".join(found) or "none"


def _rest(granted: tuple[Grant, ...]) -> Iterator[str]:
    for operation in ("Create", "DescribeConfigs", "Describe"):
        found = [_name(one) for one in granted if one.resource == "topic" and operation in one.operations]
        if found:
            yield f"{operation} {', '.join(found)}"
    for one in granted:
        if one.resource == "group":
            yield f"{', '.join(one.operations)} group {_name(one)}"


def _name(grant: Grant) -> str:
    return f"`{grant.name}{'*' if grant.pattern == 'prefix' else ''}`"
