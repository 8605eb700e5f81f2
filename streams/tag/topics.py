"""What an article is about, as IPTC Media Topics: weighted terms of our own, several topics an article.

The official labels are for display: as keywords they reach macro F1 0.49 where a linear model has 0.90
(ARABIC.md 6). A term counts more in the headline and less each time it comes back.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from events.article import Evidence, Topic
from streams.tag.lexicon import Hit, Meaning
from streams.tag.passage import Passage
from streams.tag.tables import rows
from streams.text.fold import match

_HEADLINE = 1.8
_HALF = 5.0
_LEAST = 0.3
_SHARE_OF_BEST = 0.2
_MOST = 12


class Concept(NamedTuple):
    """A Media Topic in use."""

    label: str
    label_ar: str | None
    broader: str


@cache
def concepts() -> dict[str, Concept]:
    """Give the vocabulary by id; retired concepts are not in it."""
    return {
        row["id"]: Concept(row["label"], row["label_ar"] or None, row["broader"])
        for row in rows("mediatopics.tsv")
    }


class _Term(NamedTuple):
    topic: str
    weight: float


@cache
def _terms() -> tuple[_Term, ...]:
    return tuple(_Term(row["topic"], float(row["weight"])) for row in rows("topic_terms.tsv"))


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of all terms; an entry's row is its line of the table."""
    for number, row in enumerate(rows("topic_terms.tsv")):
        for term in row["terms"].split("|"):
            yield match(term), Meaning("term", number)


def topics(passages: Sequence[Passage]) -> tuple[Topic, ...]:
    """Give the topics of an article, the surest first, each with every term that speaks for it."""
    weights: dict[str, dict[str, list[float]]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for passage in passages:
        _count(passage, weights, evidence)
    scores = {topic: _score(terms) for topic, terms in weights.items()}
    _add_top_levels(scores, evidence)
    best = max(scores.values(), default=0.0)
    kept = [topic for topic, score in scores.items() if score >= max(_LEAST, _SHARE_OF_BEST * best)]
    kept.sort(key=lambda topic: (-scores[topic], topic))
    return tuple(_topic(topic, scores[topic], evidence[topic]) for topic in kept[:_MOST])


def _count(
    passage: Passage, weights: dict[str, dict[str, list[float]]], evidence: dict[str, list[Evidence]]
) -> None:
    """Count a passage's terms, for each topic the leftmost-longest ones: a bombing is not a bomb as well."""
    factor = _HEADLINE if passage.field == "title" else 1.0
    covered: dict[str, int] = {}
    for hit in passage.hits:
        for topic, weight in _best(hit).items():
            if hit.start < covered.get(topic, 0):
                continue
            covered[topic] = hit.end
            form = passage.folded.text[hit.start : hit.end]
            weights.setdefault(topic, {}).setdefault(form, []).append(weight * factor)
            rule = topic.replace("medtop", "topics")
            evidence.setdefault(topic, []).append(passage.evidence(hit.start, hit.end, rule))


def _best(hit: Hit) -> dict[str, float]:
    best: dict[str, float] = {}
    for meaning in hit.meanings:
        if meaning.kind == "term":
            term = _terms()[meaning.row]
            best[term.topic] = max(best.get(term.topic, 0.0), term.weight)
    return best


def _score(terms: dict[str, list[float]]) -> float:
    """Give a score below 1 that grows with each term and, less and less, with its repetition."""
    total = sum(max(seen) * (1 + math.log2(len(seen)) / 2) for seen in terms.values())
    return round(total / (total + _HALF), 3)


def _add_top_levels(scores: dict[str, float], evidence: dict[str, list[Evidence]]) -> None:
    """Let a topic speak for the top level it stands under, a little more softly."""
    for topic, score in sorted(scores.items()):
        top = top_level(topic)
        if top != topic and score >= _LEAST:
            scores[top] = max(scores.get(top, 0.0), round(score * 0.9, 3))
            evidence.setdefault(top, []).extend(evidence[topic])


def top_level(topic: str) -> str:
    """Give the first-level topic that `topic` stands under."""
    while concepts()[topic].broader:
        topic = concepts()[topic].broader
    return topic


def _topic(topic: str, score: float, evidence: Sequence[Evidence]) -> Topic:
    concept = concepts()[topic]
    spans = {(one.field != "title", one.start, -one.end): one for one in evidence}
    return Topic(
        id=topic, label=concept.label, label_ar=concept.label_ar, score=score,
        evidence=tuple(spans[key] for key in sorted(spans)),
    )  # fmt: skip
