"""What each stage makes of a record: outputs, their order, keys and headers."""

from typing import Any

import orjson
import pytest

from events.rejected import Rejected
from events.wire import SUPERSEDED_HEADER
from streams.engine.records import Incoming, Outgoing
from streams.engine.steps import NormalizeStep, TagStep
from streams.stages import Index, dedupe, normalize
from tests.pipeline.corpus import raw

PREFIX = "news."


def incoming(topic: str, document: dict[str, Any], *headers: tuple[str, bytes]) -> Incoming:
    return Incoming(PREFIX + topic, 3, 17, 1_795_000_000_000, b"key", orjson.dumps(document), headers)


def headers(record: Outgoing) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def test_a_normalized_article_goes_to_its_language_and_names_its_origin() -> None:
    handled = await NormalizeStep(PREFIX).handle(incoming("articles.raw.v1", raw(1)))
    (record,) = handled.outgoing
    assert (record.topic, record.key) == ("news.articles.normalized.v1", b"ar")
    assert headers(record)["news_origin"] == "news.articles.raw.v1/3/17"
    assert headers(record)["content-type"] == "application/json"


async def test_the_origin_of_a_raw_record_is_its_position_whatever_its_headers_say() -> None:
    forged = incoming("articles.raw.v1", raw(1), ("news_origin", b"news.articles.raw.v1/0/0"))
    (record,) = (await NormalizeStep(PREFIX).handle(forged)).outgoing
    assert headers(record)["news_origin"] == "news.articles.raw.v1/3/17"


async def test_current_gets_the_bytes_of_enriched() -> None:
    article = dedupe(Index(), normalize(raw(1)))
    assert article is not None
    enriched, current = (await TagStep(PREFIX).handle(incoming("articles.deduped.v1", article))).outgoing
    assert (enriched.topic, current.topic) == ("news.articles.enriched.v1", "news.articles.current.v1")
    assert (enriched.key, enriched.value) == (current.key, current.value)
    assert enriched.key == article["article_id"].encode()


async def test_the_place_in_the_order_that_counts_goes_with_the_article() -> None:
    article = dedupe(Index(), normalize(raw(1)))
    assert article is not None
    order = ("news_order", b"news.articles.normalized.v1/0/5/1795000000000")
    for record in (await TagStep(PREFIX).handle(incoming("articles.deduped.v1", article, order))).outgoing:
        assert order in record.headers


async def test_a_superseded_revision_is_told_but_does_not_become_current() -> None:
    article = dedupe(Index(), normalize(raw(1)))
    assert article is not None
    late = incoming("articles.deduped.v1", article, (SUPERSEDED_HEADER, b"1"))
    assert [r.topic for r in (await TagStep(PREFIX).handle(late)).outgoing] == ["news.articles.enriched.v1"]


async def test_a_record_that_does_not_fit_is_refused_with_its_reason() -> None:
    with pytest.raises(Rejected) as refused:
        await TagStep(PREFIX).handle(incoming("articles.deduped.v1", {"title": "no id"}))
    assert refused.value.reason == "wrong_type"


async def test_a_time_that_is_none_is_refused_and_not_found_out_at_the_acknowledgement() -> None:
    article = dedupe(Index(), normalize(raw(1)))
    assert article is not None
    with pytest.raises(Rejected) as refused:
        await TagStep(PREFIX).handle(incoming("articles.deduped.v1", article | {"fetched_at": "yesterday"}))
    assert refused.value.reason == "bad_time"
