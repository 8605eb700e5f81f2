"""The table of sentences: what each says of dead, wounded and missing, as headline and as text."""

from pathlib import Path

import pytest

from events.article import Count
from streams.tag import tag
from tests.tag.tag_articles import article

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "tolls.tsv").read_text("utf-8").split("\n")[2:]
    if line
]


def written(count: Count | None) -> str:
    if count is None:
        return ""
    if count.exact is not None:
        assert count.min == count.max == count.exact
        return str(count.exact)
    return f"{'' if count.min is None else count.min}..{'' if count.max is None else count.max}"


def test_the_table_has_sentences_and_traps() -> None:
    assert len(ROWS) >= 60
    assert sum(not any(row[1:]) for row in ROWS) >= 20


@pytest.mark.parametrize("field", ["title", "text"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_toll(row: list[str], field: str) -> None:
    sentence, *wanted = row
    toll = tag(article(**{field: sentence})).casualties
    got = (
        ["", "", ""]
        if toll is None
        else [written(count) for count in (toll.killed, toll.injured, toll.missing)]
    )
    assert got == wanted


@pytest.mark.parametrize("row", [row for row in ROWS if any(row[1:])], ids=lambda row: row[0][:40])
def test_each_kind_told_has_its_evidence(row: list[str]) -> None:
    toll = tag(article(text=row[0])).casualties
    assert toll is not None
    assert toll.evidence
    for one in toll.evidence:
        assert row[0][one.start : one.end] == one.surface
        assert one.rule.startswith("casualties:")
