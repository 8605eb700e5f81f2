"""Records as lines for a terminal: what each kind tells, its colours, how wide."""

import re
import sys

import orjson
import pytest

from events.wire import encode
from marsad.rows import ARTICLE, RELATIONS, layout, row
from marsad.terminal import columns, has_colour, painted
from tests.web.making import FOLLOWED, PAGED, PLAIN, story

ARTICLE_VALUE = orjson.loads(encode(PLAIN))
STORY = orjson.loads(encode(story("s1", title="قصة", articles=12, sources=3, independent_sources=2)))


def test_each_kind_tells_its_own() -> None:
    assert row(ARTICLE_VALUE).split()[:2] == ["\u20682026-11-21", "08:00:00Z\u2069"]
    assert "\u206812a 3s 2i\u2069" in row(STORY)
    assert "critical" in row(orjson.loads(encode(PAGED)))
    assert "active" in row(orjson.loads(encode(FOLLOWED)))
    assert layout({"other": 1}) is None


def test_merged_and_split_stories_say_so() -> None:
    merged = orjson.loads(encode(story("s1", status="merged", merged_into="s2")))
    split = orjson.loads(encode(story("s3", split_from="s1")))
    assert "merged" in row(merged)
    assert "قصة → s2" in row(merged)
    assert "قصة ← s1" in row(split)


@pytest.mark.parametrize("relation", RELATIONS)
def test_relation_has_its_colour_only_where_asked(relation: str) -> None:
    value = {**ARTICLE_VALUE, "relation": relation}
    assert "\x1b" not in row(value)
    coloured = row(value, colour=True)
    assert painted(f"\u2068{relation}\u2069" + " " * (9 - len(relation)), RELATIONS[relation]) in coloured
    assert re.sub("\x1b\\[[0-9]+m", "", coloured) == row(value)


@pytest.mark.parametrize("width", [40, 80, 100, 250])
def test_line_fills_the_terminal_and_no_more(width: int) -> None:
    long = {**ARTICLE_VALUE, "title": "انفجار في بغداد " * 40}
    fixed = sum(one.width + 2 for one in ARTICLE if one.width)
    assert columns(row(long, width)) == max(width, fixed + 20)


def test_hostile_record_is_one_harmless_line() -> None:
    hostile = "\x1b[2J\u202e\nx"
    for kind in (ARTICLE_VALUE, STORY):
        line = row(dict.fromkeys(kind, hostile), 100)
        assert "\x1b" not in line and "\n" not in line and "\u202e" not in line
        assert row({name: {"a": [1]} for name in kind}, 100).count("\n") == 0


@pytest.mark.parametrize(("tty", "variables", "coloured"), [
    (True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False),
])  # fmt: skip
def test_colours_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, tty: bool, variables: dict[str, str], coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: tty)
    assert has_colour() is coloured
