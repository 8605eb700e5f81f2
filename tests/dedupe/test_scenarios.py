"""Golden scenarios: articles in the order they come, and what each of them is.

A pair `tests/golden/dedupe/<case>.in.json` and `.out.json` is a scenario; adding a pair is all it takes. Each
line of `out` holds only what the case is about:

    outcome         new, revision, copy, partial, repeat
    of              number of the article it relates to, or repeats (its article's id)
    article, relates_to, repeat, story    fields that must have these values
    changes         the kinds of changes of a revision, in order; `change`: one of them, whole
    has_reason      a reason among those given
    story_event, merged, left             fields of the story's event, of the one that became part of it, and
                                          of the one that the article left
    own_story, same_story                 founds a story; belongs to the story of article N
"""

import json
from pathlib import Path
from typing import Any

import pytest

from events.wire import to_dict
from streams.dedupe import Decision, Index
from tests.dedupe.dedupe_articles import article, see

GOLDEN = Path(__file__).parent.parent / "golden" / "dedupe"
CASES = sorted(path.name.removesuffix(".in.json") for path in GOLDEN.glob("*.in.json"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES)
def test_scenario(case: str) -> None:
    given = json.loads((GOLDEN / f"{case}.in.json").read_text(encoding="utf-8"))
    expected = json.loads((GOLDEN / f"{case}.out.json").read_text(encoding="utf-8"))
    decisions = see(Index(), *(article(**fields) for fields in given))
    assert len(expected) == len(decisions)
    for number, (want, got) in enumerate(zip(expected, decisions, strict=True)):
        assert {"number": number, **seen(want, got, decisions)} == {"number": number, **want}


def seen(want: dict[str, Any], got: Decision, decisions: list[Decision]) -> dict[str, Any]:
    """What `got` shows of the things that `want` asks about, in the same form."""
    made = got.article
    parts = {"article": made, "repeat": got.repeat, "story": made and made.story}
    parts |= {"story_event": got.story, "merged": got.merged, "left": got.left}
    parts["relates_to"] = made and made.relates_to
    shown: dict[str, Any] = {"outcome": got.outcome}
    for name in parts.keys() & want.keys():
        values = to_dict(parts[name])
        shown[name] = {field: values[field] for field in want[name]}
    if "of" in want:
        shown["of"] = next(
            n for n, d in enumerate(decisions) if d.article and d.article.article_id == target(got)
        )
    if "changes" in want:
        shown["changes"] = [change.kind for change in made.relates_to.changes]
    if "change" in want:
        changes = to_dict(made.relates_to)["changes"]
        shown["change"] = want["change"] if want["change"] in changes else changes
    if "has_reason" in want:
        reasons = made.relates_to.reasons
        shown["has_reason"] = want["has_reason"] if want["has_reason"] in reasons else reasons
    if "same_story" in want:
        stories = [d.article.story_id if d.article else None for d in decisions]
        shown["same_story"] = stories.index(made.story_id)
    if "own_story" in want:
        shown["own_story"] = made.story.articles == 1
    return shown


def target(got: Decision) -> str:
    if got.repeat is not None:
        return got.repeat.article_id
    assert got.article is not None
    assert got.article.relates_to is not None
    return got.article.relates_to.article_id
