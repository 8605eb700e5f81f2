"""The stages on plain JSON values: each refuses what is not its record, and never breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from events.rejected import Rejected
from streams.stages import Index, dedupe, normalize, tag
from tests.pipeline.corpus import raw

STAGES: list[Callable[[Any], Any]] = [normalize, lambda value: dedupe(Index(), value), tag]


@pytest.mark.parametrize("stage", STAGES, ids=["normalize", "dedupe", "tag"])
@pytest.mark.parametrize("value", [None, [], "text", 5, {}, {"title": "a"}], ids=repr)
def test_what_is_no_record_is_refused(stage: Callable[[Any], Any], value: Any) -> None:
    with pytest.raises(Rejected):
        stage(value)


@pytest.mark.parametrize("field", ["source_id", "item_id", "url", "title", "published_raw"])
def test_half_of_a_surrogate_pair_is_no_text(field: str) -> None:
    with pytest.raises(Rejected) as refused:
        normalize(raw(1) | {field: "https://a.example/\ud800"})
    assert refused.value.reason == "not_json"


def test_a_repeat_is_none_and_nothing_given_is_changed() -> None:
    index, article = Index(), normalize(raw(1))
    before = dict(article)
    first = dedupe(index, article)
    assert first is not None and first["relation"] == "new"
    assert dedupe(index, article) is None
    assert article == before
    assert tag(first)["article_id"] == first["article_id"]
