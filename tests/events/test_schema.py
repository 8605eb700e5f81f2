"""The schemas are valid, take what we write, and refuse what we never write."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from events.article import (
    Article,
    Casualties,
    Change,
    Count,
    Dateline,
    DedupedArticle,
    EnrichedArticle,
    Evidence,
    Fingerprint,
    Heading,
    Named,
    OtherToll,
    Place,
    Quote,
    RawArticle,
    RelatesTo,
    Removed,
    StoryCounts,
    Topic,
)  # fmt: skip
from events.rejected import Rejected
from events.repeat import Repeat
from events.schema import DEAD_LETTER, RECORDS, names, schema
from events.story import Story
from events.wire import raw_article, to_dict

NOW = "2026-11-21T08:00:00.000Z"
SEEN = Evidence(field="text", start=0, end=8, surface="الموصل", rule="gazetteer")
RAW = RawArticle(source_id="sample-ar", url="https://sample.example/1", fetched_at=NOW)
ENRICHED = EnrichedArticle(
    article_id="a1", source_id="sample-ar", title="عنوان", text="الموصل والنص", lang="ar", dir="rtl",
    headings=(Heading(text="الموصل", start=0, end=6),), dateline=Dateline(raw="بغداد/ واع:", agency="واع"),
    removed=(Removed(kind="read_also", text="اقرأ أيضاً"),), quotes=(Quote(text="نص", start=1, end=3),),
    published_at=NOW, published_source="feed", fetched_at=NOW, revision=2, relation="revision",
    relates_to=RelatesTo(
        article_id="a1", revision=1, similarity=0.93, reasons=("same_address",),
        changes=(Change(kind="figure", before="3", after="5"),),
    ),
    story_id="s1", first_seen_at=NOW,
    story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=NOW), event_id="e1",
    topics=(Topic(id="medtop:20000053", label="act of terror", label_ar=None, score=0.8, evidence=(SEEN,)),),
    places=(
        Place(id="geonames:99072", name="Mosul", name_ar="الموصل", country="IQ", lat=36.335, lon=43.12,
              score=1, evidence=(SEEN,)),
    ),
    organisations=(Named(id=None, name="x", name_ar=None, role=None, score=0.5, evidence=()),), people=(),
    casualties=Casualties(killed=Count(min=5, max=5, exact=5), injured=Count(min=9), evidence=(SEEN,)),
    casualties_other=(OtherToll(role="background", killed=Count(max=3), evidence=()),), rules_version="1",
)  # fmt: skip
SAMPLES: dict[str, dict[str, Any]] = {
    "RawArticle": to_dict(RAW),
    "EnrichedArticle": to_dict(ENRICHED),
    "DedupedArticle": {
        name: value for name, value in to_dict(ENRICHED).items() if name in DedupedArticle.__struct_fields__
    },
    "Article": to_dict(
        Article(
            article_id="a1", source_id="s", title="", text="نص", lang="ar", dir="rtl", published_at=NOW,
            published_source="fetched", fetched_at=NOW, shard="ar",
            fingerprint=Fingerprint(version="1", exact="e", body="b", title="t", sketch="", words=1),
        )
    ),
    "Story": to_dict(
        Story(story_id="s1", title="ع", lang="ar", articles=2, sources=2, independent_sources=1,
              first_seen_at=NOW, last_changed_at=NOW, last_article_id="a1")
    ),
    "Repeat": to_dict(
        Repeat(article_id="a1", revision=1, source_id="s", url=None, fetched_at=NOW, reasons=("same_text",))
    ),
}  # fmt: skip


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name), format_checker=FormatChecker())


@pytest.mark.parametrize("name", names())
def test_is_valid_by_its_metaschema_and_whole(name: str) -> None:
    document = schema(name)
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"urn:marsad:schema:{name}:1"
    refs = repr(document).split("'$ref': '#/$defs/")[1:]
    assert {ref.split("'")[0] for ref in refs} <= document.get("$defs", {}).keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_takes_what_we_write(name: str) -> None:
    validator(name).validate(SAMPLES[name])


@pytest.mark.parametrize("name", SAMPLES)
def test_is_open(name: str) -> None:
    validator(name).validate(SAMPLES[name] | {"a_field_of_next_year": {"x": 1}})


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"RawArticle"}))
def test_output_records_hold_every_field(name: str) -> None:
    for field in SAMPLES[name]:
        missing = {key: value for key, value in SAMPLES[name].items() if key != field}
        with pytest.raises(ValidationError, match=f"'{field}' is a required property"):
            validator(name).validate(missing)


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "score above one": lambda event: event["places"][0].update(score=1.01),
    "similarity below zero": lambda event: event["relates_to"].update(similarity=-0.1),
    "offset below zero": lambda event: event["places"][0]["evidence"][0].update(start=-1),
    "unknown relation": lambda event: event.update(relation="twin"),
    "unknown direction": lambda event: event.update(dir="up"),
    "title null": lambda event: event.update(title=None),
    "lists null": lambda event: event.update(people=None),
    "time without zone": lambda event: event.update(fetched_at="yesterday"),
    "revision zero": lambda event: event.update(revision=0),
    "toll as text": lambda event: event["casualties"]["killed"].update(exact="5"),
    "a part incomplete": lambda event: event["dateline"].pop("place"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_refuses_what_we_never_write(fault: str) -> None:
    event = to_dict(ENRICHED)
    WRONG[fault](event)
    checker = FormatChecker()
    checker.checks("date-time")(lambda text: not isinstance(text, str) or text.endswith("Z"))
    with pytest.raises(ValidationError):
        Draft202012Validator(schema("EnrichedArticle"), format_checker=checker).validate(event)


JSON_VALUES = st.none() | st.text(max_size=3) | st.integers(0, 3) | st.just([]) | st.just(["x"])
RAW_FIELDS = sorted(RawArticle.__struct_fields__)


@given(st.dictionaries(st.sampled_from(RAW_FIELDS), JSON_VALUES), st.booleans())
def test_raw_schema_says_what_the_gate_does(fields: dict[str, Any], whole: bool) -> None:
    """Times apart, where `format` is only a note: the gate takes a record where the schema does."""
    document = (to_dict(RAW) if whole else {}) | fields
    document["fetched_at"] = NOW
    try:
        raw_article(document)
        taken = True
    except Rejected:
        taken = False
    assert taken == Draft202012Validator(schema("RawArticle")).is_valid(document)


def test_every_record_on_a_topic_has_a_schema() -> None:
    assert names() == (*(record.__name__ for record in RECORDS), DEAD_LETTER)
    with pytest.raises(KeyError):
        schema("Nonsense")


def test_schemas_do_not_share_state() -> None:
    schema("Story")["properties"].clear()
    assert schema("Story")["properties"]
    assert msgspec.json.schema(Story)["$defs"]["Story"]["properties"]
