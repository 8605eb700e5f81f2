"""What an article is about, as IPTC Media Topics: weighted terms of our own and a linear model's vote.

The official labels are for display: as keywords they reach macro F1 0.49 where a linear model has 0.90
(ARABIC.md 6). A term counts more in the headline and less each time it comes back; the model's vote counts
like one more term of the top-level topics it knows. Every topic has the terms or words that speak for it.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from events.article import Evidence, Topic
from streams.tag.leaning import Leaning, Model, model
from streams.tag.lexicon import Hit, Meaning
from streams.tag.passage import Passage
from streams.tag.tables import rows
from streams.text.fold import match

_HEADLINE = 1.8
_HALF = 5.0
_LEAST = 0.3
_SHARE_OF_BEST = 0.5
_MOST = 12
_UPWARDS = 0.9
"""What of a topic's score those above it get."""
_NOTHING = "-"
"""The topic of phrases that hold a term but speak of something else."""

# The vote: how much a margin weighs, where voting for a topic begins, and the most it weighs against one.
_VOTE = 8.0
_UNDECIDED = -0.5
_MOST_AGAINST = 2.0
_WORDS = 3
"""Words of the model that are shown as evidence, each at every mention."""


_INDEFINITE = re.compile(r"(?!ال)[\u0621-\u064a]{3,}")


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


@cache
def _spoken_of() -> frozenset[str]:
    return frozenset(term.topic for term in _terms())


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of all terms; an entry's row is its line of the table."""
    for number, row in enumerate(rows("topic_terms.tsv")):
        for term in row["terms"].split("|"):
            for form in dict.fromkeys((match(term), match(definite(term)))):
                yield form, Meaning("term", number)


def definite(term: str) -> str:
    """Give a phrase of noun and adjectives with its articles: "هجوم إرهابي" is also "الهجوم الإرهابي"."""
    words = term.split(" ")
    if len(words) < 2 or not all(_INDEFINITE.fullmatch(word) for word in words):
        return term
    return " ".join(f"ال{word}" for word in words)


class _Mention:
    """Where something speaks for a topic and those above it; made into evidence once, if one is kept."""

    __slots__ = ("_made", "_passage", "_rule", "end", "in_title", "start")

    def __init__(self, passage: Passage, start: int, end: int, rule: str) -> None:
        self._passage, self.start, self.end, self._rule = passage, start, end, rule
        self.in_title = passage.field == "title"
        self._made: Evidence | None = None

    def evidence(self) -> Evidence:
        if self._made is None:
            self._made = self._passage.evidence(self.start, self.end, self._rule)
        return self._made


class _Found:
    """The weights of each topic's terms, by form, and their mentions."""

    def __init__(self) -> None:
        self.weights: dict[str, dict[str, list[float]]] = {}
        self.mentions: dict[str, list[_Mention]] = {}

    def add(self, topic: str, passage: Passage, hit: Hit, weight: float) -> None:
        form = passage.folded.text[hit.start : hit.end]
        factor = _HEADLINE if passage.field == "title" else 1.0
        self.weights.setdefault(topic, {}).setdefault(form, []).append(weight * factor)
        rule = topic.replace("medtop", "topics")
        self.mentions.setdefault(topic, []).append(_Mention(passage, hit.start, hit.end, rule))

    def totals(self) -> dict[str, float]:
        """Give each topic's weight, which grows with each term and, less and less, with its repetition."""
        return {
            topic: sum(max(seen) * (1 + math.log2(len(seen)) / 2) for seen in terms.values())
            for topic, terms in self.weights.items()
        }


def topics(passages: Sequence[Passage], lang: str, words: Model | None = None) -> tuple[Topic, ...]:
    """Give the topics of an article, the surest first, each with every term that speaks for it.

    `words` is another model than the one that ships, for measuring on what that one was trained on.
    """
    found = _Found()
    for passage in passages:
        _count(passage, found)
    totals = found.totals()
    leaning = _leaning(passages, lang, words)
    if leaning is not None:
        _add_votes(totals, leaning)
    scores = {topic: round(total / (total + _HALF), 3) for topic, total in totals.items()}
    if leaning is not None:
        for topic, margin in leaning.margins.items():
            if margin > _UNDECIDED and scores.get(topic, 0.0) >= _LEAST:
                found.mentions.setdefault(topic, []).extend(_spoken(passages, leaning, topic))
    return _kept(scores, found.mentions)


def _kept(scores: dict[str, float], mentions: dict[str, list[_Mention]]) -> tuple[Topic, ...]:
    _add_wider(scores, mentions)
    best = max(scores.values(), default=0.0)
    least = max(_LEAST, _SHARE_OF_BEST * best)
    sure = {topic for topic, score in scores.items() if score >= least and mentions.get(topic)}
    kept = sorted((one for one in sure if top_level(one) in sure), key=lambda topic: (-scores[topic], topic))
    return tuple(_topic(topic, scores[topic], mentions[topic]) for topic in kept[:_MOST])


def _count(passage: Passage, found: _Found) -> None:
    """Count a passage's terms, for each topic the leftmost-longest ones: a bombing is not a bomb as well.

    Inside a longer term only those of its own branch count: a teaching hospital teaches nobody.
    """
    terms = _terms()
    covered: dict[str, int] = {}
    longest, owners = (0, 0), frozenset[str]()
    for hit in passage.hits:
        if "term" not in hit.kinds:
            continue
        spoken = dict(terms[meaning.row] for meaning in hit.meanings if meaning.kind == "term")
        inside = hit.end <= longest[1] and (hit.start, hit.end) != longest
        if not inside:
            longest, owners = (hit.start, hit.end), frozenset(map(top_level, spoken))
        for topic, weight in spoken.items():
            if (
                topic == _NOTHING
                or hit.start < covered.get(topic, 0)
                or (inside and top_level(topic) not in owners)
            ):
                continue
            covered[topic] = hit.end
            found.add(topic, passage, hit, weight)


def _leaning(passages: Sequence[Passage], lang: str, words: Model | None) -> Leaning | None:
    """Ask the model, which has read Arabic only."""
    if lang.partition("-")[0] != "ar":
        return None
    title, text = (passage.folded.text.split() for passage in passages)
    return (model() if words is None else words).leaning(title, text)


def _add_votes(totals: dict[str, float], leaning: Leaning) -> None:
    """Let the model speak for a topic, and, where terms speak for it, a little against it."""
    for topic, margin in leaning.margins.items():
        weight = max(_VOTE * (margin - _UNDECIDED), -_MOST_AGAINST)
        if weight > 0 or topic in totals:
            totals[topic] = max(0.0, totals.get(topic, 0.0) + weight)


def _spoken(passages: Sequence[Passage], leaning: Leaning, topic: str) -> Iterator[_Mention]:
    """Give every mention of the words that weighed most."""
    rule = f"{topic.replace('medtop', 'topics')}:model"
    for word, clitics in leaning.heaviest(topic, _WORDS):
        for passage in passages:
            text, size = passage.folded.text, len(word)
            at = text.find(word)
            while at >= 0:
                if _stands_alone(text, at, at + size):
                    yield _Mention(passage, at + clitics, at + size, rule)
                at = text.find(word, at + size)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return (not start or text[start - 1] in " \n") and (end == len(text) or text[end] in " \n")


def _add_wider(scores: dict[str, float], mentions: dict[str, list[_Mention]]) -> None:
    """Let a topic speak for its top level, and for the one above it if we have terms for that one.

    "Competition discipline", above football, is a shelf of the vocabulary and not what an article is about.
    """
    for topic, score in sorted(scores.items()):
        if score < _LEAST:
            continue
        parent, top = concepts()[topic].broader, top_level(topic)
        wide = (top,) if parent == top or parent not in _spoken_of() else (parent, top)
        for wider in wide if top != topic else ():
            scores[wider] = max(scores.get(wider, 0.0), round(score * _UPWARDS, 3))
            mentions.setdefault(wider, []).extend(mentions[topic])


@cache
def top_level(topic: str) -> str:
    """Give the first-level topic that `topic` stands under."""
    while topic != _NOTHING and concepts()[topic].broader:
        topic = concepts()[topic].broader
    return topic


def _topic(topic: str, score: float, mentions: Sequence[_Mention]) -> Topic:
    concept = concepts()[topic]
    spans = {(not one.in_title, one.start, -one.end): one for one in mentions}
    return Topic(
        id=topic, label=concept.label, label_ar=concept.label_ar, score=score,
        evidence=tuple(spans[key].evidence() for key in sorted(spans)),
    )  # fmt: skip
