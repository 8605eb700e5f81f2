"""The AsyncAPI document is valid by its published schema and says what the topic table says."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft7Validator

from events.asyncapi import asyncapi
from events.schema import RECORDS
from events.topics import CURRENT, ENRICHED, PUBLIC

PUBLISHED = Path(__file__).parent / "published" / "asyncapi-3.1.0.json.gz"
DOCUMENT = asyncapi("0.1.0")


@pytest.fixture(scope="module")
def published() -> Draft7Validator:
    return Draft7Validator(orjson.loads(gzip.decompress(PUBLISHED.read_bytes())))


def resolve(pointer: str) -> Any:
    node: Any = DOCUMENT
    for part in pointer.removeprefix("#/").split("/"):
        node = node[part]
    return node


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for value in node.values() for ref in references(value)]
    return [ref for value in node for ref in references(value)] if isinstance(node, list) else []


def test_valid_by_the_published_schema(published: Draft7Validator) -> None:
    assert [error.message for error in published.iter_errors(DOCUMENT)] == []


def test_published_schema_knows_kafka_bindings(published: Draft7Validator) -> None:
    """So that the test above is one: a wrong binding is found."""
    wrong = asyncapi("0.1.0", partitions=0)
    assert list(published.iter_errors(wrong))


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert found
    for pointer in found:
        assert resolve(pointer)


def test_every_topic_with_a_record_is_there() -> None:
    described = {record.__name__ for record in RECORDS}
    addresses = {channel["address"] for channel in DOCUMENT["channels"].values()}
    assert {f"news.{topic.name}" for topic in PUBLIC if topic.carries in described} <= addresses
    assert "news.articles.raw.v1.dlt" in addresses


def test_bindings_are_the_topics_settings() -> None:
    channels = asyncapi("0.1.0", prefix="lab.", partitions=3)["channels"]
    log = channels[ENRICHED.name.replace(".", "_")]["bindings"]["kafka"]
    assert (log["topic"], log["partitions"]) == ("lab.articles.enriched.v1", 3)
    assert log["topicConfiguration"]["retention.ms"] == 30 * 24 * 60 * 60 * 1000
    current = channels[CURRENT.name.replace(".", "_")]["bindings"]["kafka"]
    assert current["topicConfiguration"]["cleanup.policy"] == ["compact"]


def test_only_raw_articles_are_received() -> None:
    received = [name for name, node in DOCUMENT["operations"].items() if node["action"] == "receive"]
    assert received == ["articles_raw_v1"]
