"""Hostile texts: bounded work, no exception, evidence that fits a record."""

import pytest

from events.wire import encode
from streams.tag import tag
from tests.tag.tag_articles import article

HOSTILE = {
    "places": "بغداد ",
    "cues": "قتل 5 ",
    "numbers": "خمسة وعشرون و",
    "ranks": "اللواء محمد الجبوري ",
    "kashida": "ـ",
    "stops": "قتل خمسة.\n",
    "roles": "رئيس ",
    "marks": "ب\u064b\u064b",
    "isolates": "\u2067بغداد",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_is_read_in_part(name: str) -> None:
    piece = HOSTILE[name]
    event = tag(article(title=piece, text=piece * (1_000_000 // len(piece))))
    assert len(encode(event)) < 8_000_000
    ends = [one.end for place in event.places for one in place.evidence if one.field == "text"]
    assert max(ends, default=0) <= 100_000


def test_every_mention_of_a_long_article_is_evidence() -> None:
    event = tag(article(text="وصل الوفد إلى بغداد ثم عاد. " * 500))
    assert len(event.places[0].evidence) == 500
