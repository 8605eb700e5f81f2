"""Golden pairs: one quirk of real feeds each. Adding a pair of files is all it takes."""

import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from events.wire import encode, raw_article, to_dict
from streams.normalize import normalize
from streams.text.display import display

PAIRS = Path(__file__).parent.parent / "golden" / "normalize"
CASES = sorted(path.name.removesuffix(".in.json") for path in PAIRS.glob("*.in.json"))


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PAIRS / name).read_text("utf-8"))
    return document


@pytest.mark.parametrize("case", CASES)
def test_pair(case: str) -> None:
    given, wanted = read(f"{case}.in.json"), read(f"{case}.out.json")
    article = to_dict(normalize(raw_article(given)))
    assert {field: article[field] for field in wanted} == wanted


@pytest.mark.parametrize("case", CASES)
def test_what_holds_for_every_pair(case: str) -> None:
    article = normalize(raw_article(read(f"{case}.in.json")))
    encode(article)
    assert article.text == display(article.text)
    assert article.title == display(article.title)
    for part in (*article.headings, *article.quotes):
        assert article.text[part.start : part.end] == part.text
    for heading in article.headings:
        assert heading.text in article.text.split("\n")


def test_every_pair_is_whole() -> None:
    names = {path.name for path in PAIRS.iterdir()}
    assert names == {f"{case}.{side}.json" for case in CASES for side in ("in", "out")}
    assert len(CASES) >= 80


def test_every_entry_of_the_tables_says_where_it_comes_from() -> None:
    tables = resources.files("streams.normalize")
    phrases = tomllib.loads(tables.joinpath("phrases.toml").read_text("utf-8"))
    for entry in [*phrases["phrase"], *phrases["pattern"], phrases["share"]]:
        assert entry["source"].startswith(("seen in ", "own, 2026-11"))
    agencies = tomllib.loads(tables.joinpath("agencies.toml").read_text("utf-8"))["agency"]
    assert all(entry["source"] and entry["as"] for entry in agencies)
