"""Which way the words of an article lean: a linear model over single words, made by `training/topics.py`.

The file holds whole numbers and so are the sums: no machine rounds them otherwise. A word is looked up as it
stands in the match form, in every spelling with clitics that `stem` brings back to an entry, so reading an
article costs one look-up a word.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from heapq import nsmallest
from typing import Any

import numpy as np

from streams.tag.tables import read_text

TABLE = "topic_model.tsv"
SCALE = 1000
"""A weight of 1 in the file's whole numbers."""
SPREAD_SCALE = 100
_PREFIXES = ("وال", "بال", "فال", "كال", "ال", "لل", "و", "ب", "ل")
_LEAST_AFTER_ARTICLE = 3
_LEAST_AFTER_LETTER = 4


def stem(word: str) -> str:
    """Give a word of the match form without conjunction, preposition and article."""
    for prefix in _PREFIXES:
        least = _LEAST_AFTER_LETTER if len(prefix) == 1 else _LEAST_AFTER_ARTICLE
        if word.startswith(prefix) and len(word) - len(prefix) >= least:
            return word[len(prefix) :]
    return word


class Leaning:
    """What a model makes of an article's words: how far they lean to each topic, 0 being undecided."""

    def __init__(
        self, model: "Model", words: Sequence[str], found: Sequence[int], times: "np.ndarray[Any, Any]"
    ) -> None:
        self._model, self._words, self._found = model, words, found
        self._weights = model.weights[found] * times[:, None]
        norm = (int((model.spread[found] * times * times).sum()) / SPREAD_SCALE) ** 0.5
        sums = self._weights.sum(axis=0).tolist()
        self.margins = {
            topic: total / SCALE / norm + bias
            for topic, total, bias in zip(model.topics, sums, model.bias, strict=True)
        }

    def heaviest(self, topic: str, most: int) -> list[tuple[str, int]]:
        """Give the words that weigh most for a topic, each with how many of its letters are clitics."""
        column = self._weights[:, self._model.topics.index(topic)].tolist()
        weighed = [
            (-weight, word, row) for weight, word, row in zip(column, self._words, self._found, strict=True)
        ]
        return [
            (word, len(word) - len(self._model.stems[row]))
            for weight, word, row in nsmallest(most, weighed)
            if weight < 0
        ]


class Model:
    """Topics, and for each word the weight it has for each and how rare it is."""

    def __init__(self, text: str) -> None:
        lines = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]
        header, bias, *entries = lines
        self.topics = tuple(header[2:])
        self.bias = [int(number) / SCALE for number in bias[2:]]
        self.stems = [entry[0] for entry in entries]
        self.spread = np.array([int(entry[1]) for entry in entries], dtype=np.int64)
        self.weights = np.array([[int(n) for n in entry[2:]] for entry in entries], dtype=np.int64)
        self._rows = _spellings(self.stems)

    def __len__(self) -> int:
        return len(self.stems)

    def leaning(self, title: Iterable[str], text: Iterable[str]) -> Leaning | None:
        """Give which way the words of an article lean; None where not one of them is known.

        A word counts once, and twice where the headline has it.
        """
        rows, headline = self._rows, set(title)
        words = [word for word in headline.union(text) if word in rows]
        if not words:
            return None
        times = np.array([1 + (word in headline) for word in words], dtype=np.int64)
        return Leaning(self, words, [rows[word] for word in words], times)


def _spellings(stems: Sequence[str]) -> dict[str, int]:
    """Give every spelling that stands for an entry, and the entry's number."""
    return {
        prefix + one: number
        for number, one in enumerate(stems)
        for prefix in ("", *_PREFIXES)
        if stem(prefix + one) == one
    }


@cache
def model() -> Model:
    """Give the model that ships."""
    return Model(read_text(TABLE))
