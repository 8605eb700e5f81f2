"""The AsyncAPI document: every topic with its key, policy, headers and record, for people and tools.

AsyncAPI 3.1.0 with Kafka bindings 0.5.0 (asyncapi/bindings, kafka/README.md), from the topic table
and the schemas, so it cannot say anything else than the code does.
"""

from typing import Any

from events.schema import DEAD_LETTER, RECORDS, components
from events.topics import CONSUMED, DEAD_LETTER_SUFFIX, DEFAULT_PARTITIONS, DEFAULT_PREFIX, PUBLIC, RAW, Topic
from events.wire import ORDER_HEADER, ORIGIN_HEADER, SUPERSEDED_HEADER, SUPERSEDES_HEADER

Node = dict[str, Any]

ASYNCAPI = "3.1.0"
BINDING = "0.5.0"
ENVELOPE = "CloudEventsHeaders"
LISTS = frozenset({"cleanup.policy"})
NUMBERS = frozenset({"retention.ms", "delete.retention.ms", "max.message.bytes"})
DESCRIBED = frozenset(record.__name__ for record in RECORDS)


def asyncapi(
    version: str,
    prefix: str = DEFAULT_PREFIX,
    partitions: int = DEFAULT_PARTITIONS,
    broker: str = "localhost:9092",
) -> Node:
    """Give the document for these topics: `version` of Marsad, topic prefix, partitions of article topics."""
    topics = [topic for topic in PUBLIC if topic.carries in DESCRIBED]
    topics += [topic.dead_letters() for topic in CONSUMED]
    return {
        "asyncapi": ASYNCAPI,
        "info": _info(version),
        "defaultContentType": "application/json",
        "servers": {"kafka": {"host": broker, "protocol": "kafka", "description": "Any Kafka 3 or 4."}},
        "channels": {_id(topic): _channel(topic, prefix, partitions) for topic in topics},
        "operations": {_id(topic): _operation(topic) for topic in topics},
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _info(version: str) -> Node:
    return {
        "title": "Marsad",
        "version": version,
        "description": "News feeds in, normalized, deduplicated and tagged events out. Values are plain JSON "
        "objects, UTF-8 unescaped; the envelope is CloudEvents 1.0 in binary mode. Producers must "
        "partition by murmur2 of the key.",
        "license": {"name": "GPL-3.0-or-later", "url": "https://www.gnu.org/licenses/gpl-3.0.html"},
    }


def _id(topic: Topic) -> str:
    """Give the name of a topic in this document: no dots, which a JSON pointer's readers stumble over."""
    return topic.name.replace(".", "_")


def _message_name(topic: Topic) -> str:
    return "DeadLetter" if topic.name.endswith(DEAD_LETTER_SUFFIX) else topic.carries


def _channel(topic: Topic, prefix: str, partitions: int) -> Node:
    message = _message_name(topic)
    binding = {
        "topic": prefix + topic.name,
        "partitions": partitions,
        "topicConfiguration": {name: _setting(name, value) for name, value in topic.config().items()},
        "bindingVersion": BINDING,
    }
    return {
        "address": prefix + topic.name,
        "description": f"Key: {topic.key}. Carries: {topic.carries}.",
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": binding},
    }


def _setting(name: str, value: str) -> list[str] | int | str:
    if name in LISTS:
        return value.split(",")
    return int(value) if name in NUMBERS else value


def _operation(topic: Topic) -> Node:
    """Say what Marsad does: it receives raw articles (from anyone's connector) and sends all else."""
    return {
        "action": "receive" if topic == RAW else "send",
        "channel": {"$ref": f"#/channels/{_id(topic)}"},
        "messages": [{"$ref": f"#/channels/{_id(topic)}/messages/{_message_name(topic)}"}],
    }


def _messages() -> Node:
    records = {name: _message(name, ENVELOPE, {"$ref": f"#/components/schemas/{name}"}) for name in DESCRIBED}
    dead = _message("DeadLetter", DEAD_LETTER, {"description": "The refused record, byte for byte."})
    dead |= {"contentType": "application/octet-stream"}
    return {name: records[name] for name in sorted(records)} | {"DeadLetter": dead}


def _message(name: str, headers: str, payload: Node) -> Node:
    return {
        "name": name,
        "contentType": "application/json",
        "headers": {"$ref": f"#/components/schemas/{headers}"},
        "payload": payload,
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": BINDING}},
    }


def _schemas() -> Node:
    parts = components("#/components/schemas/{name}") | {ENVELOPE: envelope()}
    return {name: parts[name] for name in sorted(parts)}


def envelope() -> Node:
    """Give the schema of the headers on every record of ours (raw ones may come without)."""
    text = {"type": "string"}
    fields = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": text,
        "ce_type": {"type": "string", "pattern": r"^marsad\.[A-Za-z]+\.v[0-9]+$"},
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": text,
        "ce_dataschema": {"type": "string", "pattern": r"^urn:marsad:schema:[A-Za-z]+:[0-9]+$"},
        "content-type": {"const": "application/json"},
        ORIGIN_HEADER: {"type": "string", "description": "TOPIC/PARTITION/OFFSET of the raw record."},
        ORDER_HEADER: {
            "type": "string",
            "description": "TOPIC/PARTITION/OFFSET/MILLISECONDS of the normalized record.",
        },
        SUPERSEDED_HEADER: {"type": "string", "description": "A later revision is known already."},
        SUPERSEDES_HEADER: {"type": "string", "description": "event_id of the event that retag replaced."},
    }
    return {"title": ENVELOPE, "type": "object", "properties": fields}
