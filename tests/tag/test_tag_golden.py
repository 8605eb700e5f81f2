"""Golden pairs: tests/golden/tag/<case>.in.json is an article, .out.json what the case is about."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.wire import to_dict
from streams.tag import tag
from tests.tag.tag_articles import article

CASES = sorted((Path(__file__).parents[1] / "golden" / "tag").glob("*.in.json"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.removesuffix(".in.json"))
def test_golden(case: Path) -> None:
    given = json.loads(case.read_text("utf-8"))
    wanted = json.loads(case.with_name(case.name.replace(".in.", ".out.")).read_text("utf-8"))
    got = to_dict(tag(article(**given)))
    assert {field: told(got[field], wanted[field]) for field in wanted} == wanted


def told(got: Any, wanted: Any) -> Any:
    """Reduce `got` to the keys that `wanted` speaks of; lists keep their length and order."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        return {key: told(got.get(key), wanted[key]) for key in wanted}
    if isinstance(got, list) and isinstance(wanted, list) and len(got) == len(wanted):
        return [told(one, other) for one, other in zip(got, wanted, strict=True)]
    return got
