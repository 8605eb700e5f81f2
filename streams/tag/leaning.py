"""Which way the words of an article lean: a linear model over single words, made by `training/topics.py`.

The file holds whole numbers and so are the sums: no machine rounds them otherwise. A word is looked up as it
stands in the match form, in every spelling with clitics that `stem` brings back to an entry, so reading an
article costs one look-up a word. The weights of a word for all topics stand side by side in one long
integer, so that a handful of additions a word sums them all (arrays took six times as long for so few).
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from heapq import nsmallest

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


_BITS = 48
_FIELD = (1 << _BITS) - 1
_LIFT = 1 << 30
"""Added to each weight, so that no field of a long integer is negative."""


class Leaning:
    """What a model makes of an article's words: how far they lean to each topic, 0 being undecided."""

    def __init__(self, model: "Model", headline: Collection[str], text: Collection[str]) -> None:
        """Take the words the model knows; those of the headline count twice."""
        self._model, self._headline, self._text = model, headline, text
        packed = model.packed
        twice, once = sum(map(packed.__getitem__, headline)), sum(map(packed.__getitem__, text))
        norm = (((once & _FIELD) + 4 * (twice & _FIELD)) / SPREAD_SCALE) ** 0.5
        lift = (len(text) + 2 * len(headline)) * _LIFT
        both = once + 2 * twice
        self.margins = {
            topic: ((both >> at & _FIELD) - lift) / SCALE / norm + bias
            for (topic, at), bias in zip(model.fields.items(), model.bias, strict=True)
        }

    def heaviest(self, topic: str, most: int) -> list[tuple[str, int]]:
        """Give the words that weigh most for a topic, each with how many of its letters are clitics."""
        packed, at = self._model.packed, self._model.fields[topic]
        weighed = [
            ((_LIFT - lifted) * times, word)
            for times, words in ((2, self._headline), (1, self._text))
            for word in words
            if (lifted := packed[word] >> at & _FIELD) > _LIFT
        ]
        return [(word, len(word) - len(stem(word))) for _, word in nsmallest(most, weighed)]


class Model:
    """Topics, and for each word the weight it has for each and how rare it is."""

    def __init__(self, text: str) -> None:
        lines = [line.split("\t") for line in text.split("\n") if line and not line.startswith("#")]
        header, bias, *entries = lines
        self.bias = [int(number) / SCALE for number in bias[2:]]
        self.topics = tuple(header[2:])
        self.fields = {topic: _BITS * place for place, topic in enumerate(self.topics, 1)}
        """Where each topic's weights stand in the long integers."""
        self._stems = len(entries)
        whole = [_pack(int(spread), [int(weight) for weight in weights]) for _, spread, *weights in entries]
        rows = _spellings([entry[0] for entry in entries])
        self.packed = {word: whole[row] for word, row in rows.items()}

    def __len__(self) -> int:
        return self._stems

    def leaning(self, title: Iterable[str], text: Iterable[str]) -> Leaning | None:
        """Give which way the words of an article lean; None where not one of them is known.

        A word counts once, and twice where the headline has it.
        """
        first = self.packed.keys() & title
        again = (self.packed.keys() & text) - first
        return Leaning(self, first, again) if first or again else None


def _pack(spread: int, weights: Sequence[int]) -> int:
    """Give one integer of 48 bits a field: the spread, then the lifted weights."""
    return spread + sum((weight + _LIFT) << _BITS * at for at, weight in enumerate(weights, 1))


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
