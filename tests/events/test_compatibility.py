"""No change but additive ones since the last release; and the check itself finds every other."""

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from events.asyncapi import asyncapi
from events.schema import names, schema
from tests.events.compatibility import breaks, breaks_of_topics
from tests.events.release import latest

OLD = {path.stem: orjson.loads(path.read_bytes()) for path in latest().glob("*.json")}


@pytest.mark.parametrize("name", sorted(OLD.keys() - {"asyncapi"}))
def test_since_the_last_release_schemas_only_grew(name: str) -> None:
    assert name in names(), f"{name} is gone"
    assert breaks(name, OLD[name], schema(name)) == []


def test_since_the_last_release_no_topic_or_header_went() -> None:
    assert breaks_of_topics(OLD["asyncapi"], asyncapi("0.1.0")) == []


MUTANTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a field dropped": lambda s: s["properties"].pop("url"),
    "a field renamed": lambda s: s["properties"].update(link=s["properties"].pop("url")),
    "a field retyped": lambda s: s["properties"]["revision"].update(type="string"),
    "a null where none was": lambda s: s["properties"].update(
        title={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "no longer always there": lambda s: s["required"].remove("story_id"),
    "an enum's value gone": lambda s: s["properties"]["relation"]["enum"].remove("partial"),
    "a part's field gone": lambda s: s["$defs"]["Evidence"]["properties"].pop("surface"),
    "a part's field retyped": lambda s: s["$defs"]["Count"]["properties"].update(exact={"type": "number"}),
    "a list of other things": lambda s: s["properties"]["authors"]["items"].update(type="integer"),
    "a list no list": lambda s: s["properties"].update(topics={"type": "object"}),
    "other limits": lambda s: s["$defs"]["Topic"]["properties"]["score"].update(maximum=100),
    "an id becomes a number": lambda s: s["properties"].update(event_id={"type": "integer"}),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_breaking_change_is_found(mutant: str) -> None:
    changed = copy.deepcopy(schema("EnrichedArticle"))
    MUTANTS[mutant](changed)
    assert breaks("EnrichedArticle", schema("EnrichedArticle"), changed), mutant


GROWTH: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a new field": lambda s: s["properties"].update(mood={"type": "string"}),
    "a new field that is always there": lambda s: (s["properties"].update(mood={"type": "string"}),
    s["required"].append("mood")),
    "a new value of an enum": lambda s: s["properties"]["relation"]["enum"].append("translation"),
    "other words": lambda s: s["properties"]["url"].update(description="An address."),
}  # fmt: skip


@pytest.mark.parametrize("growth", GROWTH)
def test_growth_is_no_break(growth: str) -> None:
    changed = copy.deepcopy(schema("EnrichedArticle"))
    GROWTH[growth](changed)
    assert breaks("EnrichedArticle", schema("EnrichedArticle"), changed) == []


RAW_MUTANTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a field asked for": lambda s: s["required"].append("title"),
    "a null refused": lambda s: s["properties"].update(url={"type": "string"}),
    "a field gone": lambda s: s["properties"].pop("lang"),
    "both identities asked for": lambda s: s["anyOf"].pop(),
}


@pytest.mark.parametrize("mutant", RAW_MUTANTS)
def test_what_others_write_is_held_the_other_way_round(mutant: str) -> None:
    changed = copy.deepcopy(schema("RawArticle"))
    RAW_MUTANTS[mutant](changed)
    assert breaks("RawArticle", schema("RawArticle"), changed), mutant


TOPIC_MUTANTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a topic gone": lambda d: d["channels"].pop("stories_v1"),
    "a topic renamed": lambda d: d["channels"]["stories_v1"].update(address="news.story.v1"),
    "another key": lambda d: d["channels"]["stories_v1"].update(description="Key: title. Carries: Story."),
    "another policy": lambda d: d["channels"]["stories_v1"]["bindings"]["kafka"]["topicConfiguration"].update(
        {"cleanup.policy": ["delete"]}
    ),
    "a header gone": lambda d: d["components"]["schemas"]["CloudEventsHeaders"]["properties"].pop("ce_id"),
}


@pytest.mark.parametrize("mutant", TOPIC_MUTANTS)
def test_changes_of_topics_are_found(mutant: str) -> None:
    changed = copy.deepcopy(asyncapi("0.1.0"))
    TOPIC_MUTANTS[mutant](changed)
    assert breaks_of_topics(asyncapi("0.1.0"), changed), mutant
