"""Makes `streams/tag/data/topic_model.tsv`: `python -m training.topics ANT_CORPUS_DIRECTORY > FILE`.

A linear support vector machine for each top-level topic against the rest (dual coordinate descent, Hsieh et
al. 2008, squared hinge loss), over the single words of an article. Only additions, multiplications,
divisions and square roots are used, in a fixed order, which IEEE 754 fixes to the last bit; logarithms are
rounded before use; so every machine writes the same bytes. Sections that are no topic (local news, society,
international news, miscellany) are counter-examples. docs/topics.md says why this set may be trained on.
"""

import gzip
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from streams.tag.leaning import SCALE, SPREAD_SCALE, stem
from streams.text.fold import match

SECTIONS = {
    "culture": "medtop:01000000",
    "economy": "medtop:04000000",
    "politic": "medtop:11000000",
    "technology": "medtop:13000000",
    "sport": "medtop:15000000",
}
"""What a publisher's section says of the topic; the others say nothing sure."""
NAMES = Path(__file__).parent / "names.txt"
"""Kept here and not looked up in our tables, so that a new name there leaves the model as it is."""
LEAST_ARTICLES = 3
"""A word of fewer articles is left out: it would tell of them rather than of a topic."""
MOST_WORDS = 3000
ROUNDS = 10
COST = 1.0
SOURCE = (
    "# Words that lean to a topic, made by training/topics.py: do not edit. Trained on the ANT Corpus v1.1",
    "# (Chouigui, Ben Khiroun, Elayeb 2017; antcorpus.github.io; Apache-2.0); none of its text is here.",
)


class Document(NamedTuple):
    """The stems of an article, those of its headline, and its publisher's section."""

    title: frozenset[str]
    words: frozenset[str]
    section: str


Row = list[tuple[int, float]]


def documents(directory: Path) -> list[Document]:
    """Read the corpus: gzipped JSON lines with `category`, `title` and `text`."""
    found = []
    for file in sorted(directory.glob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines():
            article = json.loads(line)
            title, text = (
                frozenset(map(stem, match(article[key], "ar").split())) for key in ("title", "text")
            )
            found.append(Document(title, title | text, article["category"]))
    return found


def made(corpus: Sequence[Document]) -> str:
    """Give the model's file for these articles; the same articles give the same text."""
    spread = _rarity(corpus)
    weights = _weights(corpus, spread)
    heavy = sorted(spread, key=lambda word: (-max(abs(one[word]) * spread[word] for one in weights), word))
    kept = {word: spread[word] for word in sorted(heavy[:MOST_WORDS])}
    return "\n".join((*SOURCE, *_lines(kept, _weights(corpus, kept)))) + "\n"


def _rarity(corpus: Sequence[Document]) -> dict[str, float]:
    """Give the words that are read and how rare each is; names and figures say nothing of a topic."""
    names = set(NAMES.read_text(encoding="utf-8").split("\n")[1:])
    counts = Counter(word for document in corpus for word in document.words)
    return {
        word: round(math.log(len(corpus) / count), 3)
        for word, count in sorted(counts.items())
        if count >= LEAST_ARTICLES and len(word) > 2 and word.isalpha() and word not in names
    }


def _weights(corpus: Sequence[Document], spread: dict[str, float]) -> list[dict[str, float]]:
    """Train one machine a topic; the bias stands under the empty word."""
    numbers = {word: number for number, word in enumerate((*spread, ""))}
    rows = [_row(document, spread, numbers) for document in corpus]
    trained = []
    for section in SECTIONS:
        signs = [1 if document.section == section else -1 for document in corpus]
        weights = _machine(rows, signs, len(numbers))
        trained.append({word: weights[number] for word, number in numbers.items()})
    return trained


def _row(document: Document, spread: dict[str, float], numbers: dict[str, int]) -> Row:
    values = [
        (numbers[word], spread[word] * (2 if word in document.title else 1))
        for word in sorted(document.words)
        if word in spread
    ]
    total = 0.0
    for _, value in values:  # no sum(): Python 3.12 made it compensate, and the bits would differ
        total += value * value
    norm = math.sqrt(total) or 1.0
    return [*((number, value / norm) for number, value in values), (numbers[""], 1.0)]


def _machine(rows: Sequence[Row], signs: Sequence[int], size: int) -> list[float]:
    """Dual coordinate descent: one step an article, `ROUNDS` times over, in an order of our own."""
    weights, alphas = [0.0] * size, [0.0] * len(rows)
    # A topic of few articles weighs as much against the rest as one of many: half way, by the root.
    rare = math.sqrt(signs.count(-1) / max(1, signs.count(1)))
    penalties = [0.5 / (COST * (rare if sign > 0 else 1.0)) for sign in signs]
    curvature = [_square(row) + penalty for row, penalty in zip(rows, penalties, strict=True)]
    for order in _orders(len(rows)):
        for at in order:
            sign, value = signs[at], 0.0
            for number, x in rows[at]:
                value += weights[number] * x
            gradient = sign * value - 1.0 + alphas[at] * penalties[at]
            moved = max(0.0, alphas[at] - gradient / curvature[at])
            step, alphas[at] = (moved - alphas[at]) * sign, moved
            if step:
                for number, x in rows[at]:
                    weights[number] += step * x
    return weights


def _square(row: Row) -> float:
    total = 0.0
    for _, x in row:
        total += x * x
    return total


def _orders(size: int) -> Iterator[list[int]]:
    """Shuffle anew for each round with Knuth's MMIX generator: `random` promises no order for ever."""
    order, state = list(range(size)), 1
    for _ in range(ROUNDS):
        for at in range(size - 1, 0, -1):
            state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            other = (state >> 33) % (at + 1)
            order[at], order[other] = order[other], order[at]
        yield order


def _lines(spread: dict[str, float], weights: Sequence[dict[str, float]]) -> Iterator[str]:
    yield "\t".join(("word", "spread", *SECTIONS.values()))
    yield "\t".join(("", "0", *(str(round(one[""] * SCALE)) for one in weights)))
    for word, rarity in spread.items():
        numbers = (round(one[word] * rarity * SCALE) for one in weights)
        yield "\t".join((word, str(round(rarity * rarity * SPREAD_SCALE)), *map(str, numbers)))


def main() -> None:
    """Write the model for the corpus in the directory named."""
    corpus = documents(Path(sys.argv[1])) if len(sys.argv) == 2 else []
    if not corpus:
        sys.exit("usage: python -m training.topics ANT_CORPUS_DIRECTORY > streams/tag/data/topic_model.tsv")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(made(corpus))


if __name__ == "__main__":
    main()
