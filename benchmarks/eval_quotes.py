"""How right quotations, agencies and urgency are: `python -m benchmarks.eval_quotes` (part of `make eval`).

Our own labelled texts in tests/tag/labelled (quotes.jsonl, marks.jsonl), through normalize and tag as
articles go. Baseline in the same run: everything between quotation marks is speech, and nobody is named.
"""

import re
from typing import Any

import msgspec
import orjson

from benchmarks.eval_tags import Score
from benchmarks.labelled import OWN
from benchmarks.tag import article
from events.article import EnrichedArticle
from events.wire import raw_article
from streams.normalize import normalize
from streams.tag import tag

_BETWEEN_MARKS = re.compile('[«“"]([^«»“”"\n]+)[»”"]')
_TIME = "2026-11-20T08:00:00.000Z"


def labelled(name: str) -> list[dict[str, Any]]:
    """Give our labelled texts of one kind."""
    return [orjson.loads(line) for line in (OWN / name).read_bytes().splitlines()]


def event(label: dict[str, Any]) -> EnrichedArticle:
    """Give the event of a labelled text, through the stages that read one article at a time."""
    raw = {"source_id": "example", "item_id": "1", "fetched_at": _TIME, "lang": label.get("lang", "ar")}
    text = {"title": label.get("title", ""), "content_text": label.get("text", "")}
    plain = normalize(raw_article(raw | text))
    made = article(0, plain.title, plain.text, plain.lang)
    return tag(msgspec.structs.replace(made, quotes=plain.quotes, agency=plain.agency))


def _bare(text: str) -> str:
    return text.strip(" ،,.")


def count(score: Score, got: list[Any], wanted: list[Any]) -> None:
    """Count what was given against what was wanted, each at most once."""
    left = list(wanted)
    right = 0
    for one in got:
        if one in left:
            left.remove(one)
            right += 1
    score.add(right, len(got) - right, len(left))


def quotations() -> dict[str, Score]:
    """Score quotations, those with a speaker by quotation and speaker, and the baseline."""
    scores = {"quotations": Score(), "... and who speaks": Score(), "every pair of marks": Score()}
    for label in labelled("quotes.jsonl"):
        found, wanted = event(label).quotes, label["quotes"]
        texts = [_bare(one["text"]) for one in wanted]
        count(scores["quotations"], [_bare(one.text) for one in found], texts)
        count(
            scores["... and who speaks"],
            [
                (_bare(one.text), True)
                for one in found
                if one.speaker and _named(one.speaker, wanted, one.text)
            ]
            + [
                (one.text, False)
                for one in found
                if one.speaker and not _named(one.speaker, wanted, one.text)
            ],
            [(_bare(one["text"]), True) for one in wanted if one["speaker"]],
        )
        plain = [_bare(one) for one in _BETWEEN_MARKS.findall(label["text"])]
        count(scores["every pair of marks"], plain, texts)
    return scores


def _named(speaker: str, wanted: list[dict[str, str]], text: str) -> bool:
    """Tell whether the speaker is the label's, with or without title and office."""
    names = [one["speaker"] for one in wanted if _bare(one["text"]) == _bare(text)]
    return any(name and speaker.endswith(name) for name in names)


def marks() -> dict[str, Score]:
    """Score agencies and urgency."""
    scores = {"agency": Score(), "urgency": Score()}
    for label in labelled("marks.jsonl"):
        made = event(label)
        urgency = made.urgency.level if made.urgency else None
        for name, got in (("agency", made.agency), ("urgency", urgency)):
            count(scores[name], [got] if got else [], [label[name]] if label.get(name) else [])
    return scores


def main() -> None:
    """Print all scores."""
    print("own texts, quotations, agencies, urgency:")
    for name, score in (quotations() | marks()).items():
        print(f"  {name:20} {score}")


if __name__ == "__main__":
    main()
