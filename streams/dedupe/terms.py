"""TF-IDF of light stems: how much two articles speak of the same, by what the shard holds now."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.dedupe.entry import Entry
from streams.dedupe.features import Features
from streams.dedupe.memory import ShardMemory

# Counts of a corpus nobody has seen yet: with few articles every content word is about as rare.
_UNSEEN_DOCUMENTS = 50.0


@dataclass(frozen=True, eq=False)
class Vector:
    """Terms (rising digests) with how often they stand in an article."""

    terms: NDArray[np.uint32]
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, features: Features) -> "Vector":
        """Give the vector of the article at hand."""
        terms, counts = features.terms
        return cls(terms, counts.astype(np.float64))

    @classmethod
    def remembered(cls, entry: Entry) -> "Vector":
        """Give the vector of a remembered article."""
        assert entry.content is not None  # noqa: S101 - candidates have content
        terms = np.frombuffer(entry.content.terms, "<u4")
        return cls(terms, np.frombuffer(entry.content.weights, np.uint8).astype(np.float64))

    def weighted(self, memory: ShardMemory) -> NDArray[np.float64]:
        """Give TF-IDF weights of length 1, by what the shard holds now."""
        weights = (1.0 + np.log(self.counts)) * rarity(memory, self.terms)
        length = float(np.sqrt((weights * weights).sum()))
        return weights / length if length else weights


def rarity(memory: ShardMemory, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Give the inverse document frequency of `terms` among the recent articles."""
    seen = memory.document_counts(terms).astype(np.float64)
    return np.log((len(memory.recent) + _UNSEEN_DOCUMENTS) / (seen + 1.0))


def cosine(memory: ShardMemory, left: Vector, right: Vector) -> float:
    """Give the cosine of two vectors, 0 to 1."""
    _, mine, theirs = np.intersect1d(left.terms, right.terms, assume_unique=True, return_indices=True)
    if not len(mine):
        return 0.0
    return float((left.weighted(memory)[mine] * right.weighted(memory)[theirs]).sum())
