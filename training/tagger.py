"""Trains a CRF for places, and measures it beside the rules: `python -m training.tagger ANERCORP [MODEL]`.

Needs the extra `[crf]` (python-crfsuite). The first four fifths of the sentences train, the last fifth is
judged: entities of type LOC, exact words. MODEL: where to write the weights; they stay with who trains them
(docs/tagger.md).
"""

import gzip
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from events.article import DedupedArticle, StoryCounts
from streams.tag import lexicon, tag
from streams.tag.leaning import stem
from streams.text.fold import match

TRAINING_SHARE = 0.8
ROUNDS = 60
SENTENCES_AN_ARTICLE = 12
"""The corpus has sentences without articles; the rules read whole ones, so a few are given at once."""
TIME = "2026-11-20T08:00:00.000Z"

Spans = set[tuple[int, int, int]]
"""Sentence, first word, end."""


class Sentence(NamedTuple):
    """Words and their BIO tags."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def sentences(file: Path) -> list[Sentence]:
    """Read the corpus: a word and its tag a line, sentences parted by an empty line."""
    found = []
    for block in gzip.decompress(file.read_bytes()).decode("utf-8").split("\n\n"):
        pairs = [line.rsplit(" ", 1) for line in block.splitlines() if " " in line]
        if pairs:
            found.append(Sentence(tuple(word for word, _ in pairs), tuple(tag for _, tag in pairs)))
    return found


def features(sentence: Sentence) -> list[list[str]]:
    """Give what the machine sees of each word: itself, its ends, its neighbours, whether it is listed."""
    folded = [match(word) or word for word in sentence.words]
    shapes = [[*_shape(word)] for word in folded]
    return [
        [
            *shapes[at],
            f"-1={folded[at - 1] if at else '^'}", f"-2={folded[at - 2] if at > 1 else '^'}",
            f"+1={folded[at + 1] if at + 1 < len(folded) else '$'}",
            *(f"-1{one}" for one in (shapes[at - 1] if at else ()) if one.startswith("is")),
            *(f"+1{one}" for one in (shapes[at + 1] if at + 1 < len(folded) else ()) if one.startswith("is")),
        ]
        for at in range(len(folded))
    ]  # fmt: skip


def _shape(word: str) -> Iterator[str]:
    bare = stem(word)
    yield f"w={word}"
    yield f"s={bare}"
    for size in (2, 3):
        yield f"<{word[:size]}"
        yield f">{word[-size:]}"
    for hit in lexicon().find(word):
        if hit.end == len(word):
            yield from (f"is{kind}" for kind in sorted(hit.kinds))


def located(tags: Sequence[str], number: int) -> Spans:
    """Give the spans tagged LOC."""
    spans: Spans = set()
    start = None
    for at, one in enumerate((*tags, "O")):
        if start is not None and one != "I-LOC":
            spans.add((number, start, at))
            start = None
        if one == "B-LOC":
            start = at
    return spans


def by_rules(given: Sequence[Sentence]) -> Spans:
    """Give the places that the rules find, a handful of sentences read as one article."""
    spans: Spans = set()
    for first in range(0, len(given), SENTENCES_AN_ARTICLE):
        part = given[first : first + SENTENCES_AN_ARTICLE]
        text = "\n".join(" ".join(sentence.words) for sentence in part)
        owners: list[tuple[int, int, int, int]] = []
        at = 0
        for number, sentence in enumerate(part, first):
            for position, word in enumerate(sentence.words):
                owners.append((at, at + len(word), number, position))
                at += len(word) + 1
        for place in tag(_article(text)).places:
            for one in place.evidence:
                inside = [owner for owner in owners if owner[0] < one.end and owner[1] > one.start]
                if inside:
                    spans.add((inside[0][2], inside[0][3], inside[-1][3] + 1))
    return spans


def listed(given: Sequence[Sentence]) -> Spans:
    """Give every span that our table has a place for, context or not: what could be shown with an id."""
    spans: Spans = set()
    for number, sentence in enumerate(given):
        starts, line = {}, ""
        for position, word in enumerate(sentence.words):
            starts[len(line)] = position
            line += match(word) + " "
        ends = {start - 1: position for start, position in starts.items()} | {
            len(line) - 1: len(sentence.words)
        }
        for hit in lexicon().find(line.strip()):
            start = hit.start - len(hit.clitic)
            if "place" in hit.kinds and start in starts and hit.end in ends:
                spans.add((number, starts[start], ends[hit.end]))
    return spans


def _article(text: str) -> DedupedArticle:
    return DedupedArticle(
        article_id="a", source_id="s", title="", text=text, lang="ar", dir="rtl", published_at=TIME,
        published_source="feed", fetched_at=TIME, first_seen_at=TIME, revision=1, relation="new",
        story_id="s", story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=TIME),
    )  # fmt: skip


def trained(given: Sequence[Sentence], model: Path) -> Any:
    """Train on sentences, write the weights to `model`, and give the tagger."""
    import pycrfsuite  # noqa: PLC0415  (the extra [crf])

    trainer = pycrfsuite.Trainer(verbose=False)
    for sentence in given:
        places = [one if one.endswith("LOC") else "O" for one in sentence.tags]
        trainer.append(features(sentence), places)
    trainer.set_params({"c1": 0.1, "c2": 0.05, "max_iterations": ROUNDS, "feature.minfreq": 2})
    trainer.train(str(model))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    return tagger


def told(name: str, got: Spans, gold: Spans) -> None:
    """Print precision, recall and F1."""
    right = len(got & gold)
    precision, recall = right / max(1, len(got)), right / max(1, len(gold))
    f1 = 2 * right / max(1, len(got) + len(gold))
    sys.stdout.write(f"{name:<21} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}\n")


def main() -> None:
    """Train, and print both beside each other on sentences that neither has seen."""
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m training.tagger ANERCORP [MODEL]; ANERCORP is the corpus' directory")
    corpus = [one for file in sorted(Path(sys.argv[1]).glob("*.gz")) for one in sentences(file)]
    cut = round(len(corpus) * TRAINING_SHARE)
    unseen = corpus[cut:]
    gold = set().union(*(located(sentence.tags, number) for number, sentence in enumerate(unseen)))
    rules = by_rules(unseen)
    told("rules", rules, gold)
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as directory:
        model = Path(sys.argv[2]) if len(sys.argv) == 3 else Path(directory) / "places.crf"
        tagger = trained(corpus[:cut], model)
        tags = [tagger.tag(features(sentence)) for sentence in unseen]
    crf: Spans = set().union(*(located(one, number) for number, one in enumerate(tags)))
    told("crf", crf, gold)
    known = listed(unseen)
    told("crf, listed", crf & known, gold)
    told("rules or crf, listed", rules | (crf & known), gold)
    told("rules and crf", rules & crf, gold)


if __name__ == "__main__":
    main()
