"""TF-IDF of light stems: how much two articles speak of the same, by what the shard holds now."""

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.dedupe.entry import Entry
from streams.dedupe.features import Features
from streams.dedupe.memory import ShardMemory

# Counts of a corpus nobody has seen yet: with few articles every content word is about as rare.
_UNSEEN_DOCUMENTS = 50.0
_SAID = 1.0 + np.log(np.maximum(np.arange(256.0), 1.0))
"""What a term counts by how often it is said."""


class Vector(NamedTuple):
    """Terms (rising digests) with how often they stand in an article."""

    terms: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, features: Features) -> "Vector":
        """Give the vector of the article at hand."""
        terms, counts = features.terms
        return cls(terms, counts)

    @classmethod
    def remembered(cls, entry: Entry) -> "Vector":
        """Give the vector of a remembered article."""
        assert entry.content is not None  # noqa: S101 - candidates have content
        terms = np.frombuffer(entry.content.terms, "<u4")
        return cls(terms, np.frombuffer(entry.content.weights, np.uint8))

    def weights(self, rare: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give TF-IDF weights of length 1; `rare` is the rarity of each term."""
        weights: NDArray[np.float64] = _SAID[self.counts] * rare
        length = sqrt(np.add.reduce(weights * weights))
        return weights / length if length else weights


def rarity(memory: ShardMemory, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Give the inverse document frequency of `terms` among the recent articles."""
    seen = memory.document_counts(terms) + 1.0
    rare: NDArray[np.float64] = np.log((len(memory.recent) + _UNSEEN_DOCUMENTS) / seen)
    return rare


def rarest(memory: ShardMemory) -> float:
    """Give the rarity of a term that no recent article holds."""
    return float(np.log(len(memory.recent) + _UNSEEN_DOCUMENTS))


@dataclass(frozen=True, eq=False)
class Weighed:
    """The article at hand as one memory weighs it: made once, compared with several."""

    terms: NDArray[np.uint32]
    weights: NDArray[np.float64]
    rarity: NDArray[np.float64]

    @classmethod
    def of(cls, features: Features, memory: ShardMemory) -> "Weighed":
        """Weigh the terms of `features` by what `memory` holds now."""
        vector = Vector.of(features)
        rare = rarity(memory, vector.terms)
        return cls(vector.terms, vector.weights(rare), rare)

    def cosine(self, memory: ShardMemory, other: Vector) -> float:
        """Give the cosine with a remembered article, 0 to 1."""
        if not len(self.terms) or not len(other.terms):
            return 0.0
        at = np.minimum(other.terms.searchsorted(self.terms), len(other.terms) - 1)
        mine = (other.terms[at] == self.terms).nonzero()[0]
        if not len(mine):
            return 0.0
        theirs = other.weights(rarity(memory, other.terms))
        return float(np.add.reduce(self.weights[mine] * theirs[at[mine]]))
