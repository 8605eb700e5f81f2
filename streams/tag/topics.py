"""What an article is about, as IPTC Media Topics: weighted terms of our own and a linear model's vote.

The official labels are for display: as keywords they reach macro F1 0.49 where a linear model has 0.90
(ARABIC.md 6). A term counts more in the headline and less each time it comes back; the model's vote counts
like one more term of the top-level topics it knows. Every topic has the terms or words that speak for it.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from events.article import Evidence, Topic
from streams.tag.leaning import Leaning, Model, model
from streams.tag.lexicon import Meaning
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


_Span = tuple[bool, int, int]
"""Where something stands, in the order of reading: not in the title, start, minus the end."""
_Mention = tuple[_Span, str]
"""What speaks for a topic and those above it: where it stands, and its rule."""


class _Spoken(NamedTuple):
    """What a form of the lexicon says: topics with their weights, top levels and rules."""

    terms: tuple[tuple[str, float, str, str], ...]
    owners: frozenset[str]


@cache
def _spoken_by(meanings: tuple[Meaning, ...]) -> _Spoken:
    spoken = dict(_terms()[meaning.row] for meaning in meanings if meaning.kind == "term")
    terms = tuple(
        (topic, weight, top_level(topic), topic.replace("medtop", "topics"))
        for topic, weight in spoken.items()
        if topic != _NOTHING
    )
    return _Spoken(terms, frozenset(map(top_level, spoken)))


_Told = tuple[_Mention, str, float]
"""A term of a topic in the text: the mention, its form, and how much it weighs there."""


def _total(told: Sequence[_Told]) -> float:
    """Give a topic's weight, which grows with each term and, less and less, with its repetition."""
    if len(told) == 1:
        return told[0][2]
    forms: dict[str, tuple[float, int]] = {}
    for _, form, weight in told:
        most, times = forms.get(form, (0.0, 0))
        forms[form] = max(most, weight), times + 1
    return sum([most if times == 1 else most * (1 + math.log2(times) / 2) for most, times in forms.values()])


def topics(passages: Sequence[Passage], lang: str, words: Model | None = None) -> tuple[Topic, ...]:
    """Give the topics of an article, the surest first, each with every term that speaks for it.

    `words` is another model than the one that ships, for measuring on what that one was trained on.
    """
    heard: defaultdict[str, list[_Told]] = defaultdict(list)
    for passage in passages:
        _count(passage, heard)
    totals = {topic: _total(told) for topic, told in heard.items()}
    mentions = {topic: [mention for mention, _, _ in told] for topic, told in heard.items()}
    leaning = _leaning(passages, lang, words)
    if leaning is not None:
        _add_votes(totals, leaning)
    scores = {topic: round(total / (total + _HALF), 3) for topic, total in totals.items()}
    if leaning is not None:
        for topic, margin in leaning.margins.items():
            if margin > _UNDECIDED and scores.get(topic, 0.0) >= _LEAST:
                mentions.setdefault(topic, []).extend(_spoken(passages, leaning, topic))
    return _kept(passages, scores, mentions)


def _kept(
    passages: Sequence[Passage], scores: dict[str, float], mentions: dict[str, list[_Mention]]
) -> tuple[Topic, ...]:
    _add_wider(scores, mentions)
    best = max(scores.values(), default=0.0)
    least = max(_LEAST, _SHARE_OF_BEST * best)
    sure = {topic for topic, score in scores.items() if score >= least and mentions.get(topic)}
    kept = sorted((one for one in sure if top_level(one) in sure), key=lambda topic: (-scores[topic], topic))
    shown = _Shown(passages)
    return tuple([_topic(topic, scores[topic], shown.evidence(mentions[topic])) for topic in kept[:_MOST]])


def _count(passage: Passage, heard: dict[str, list[_Told]]) -> None:
    """Count a passage's terms, for each topic the leftmost-longest ones: a bombing is not a bomb as well.

    Inside a longer term only those of its own branch count: a teaching hospital teaches nobody.
    """
    covered: dict[str, int] = {}
    start, end, owners = 0, 0, frozenset[str]()
    in_text, text = passage.field != "title", passage.folded.text
    for begin, stop, _, meanings, kinds in passage.hits:
        if "term" not in kinds:
            continue
        spoken = _spoken_by(meanings)
        inside = stop <= end and (begin, stop) != (start, end)
        if not inside:
            start, end, owners = begin, stop, spoken.owners
        for topic, weight, top, rule in spoken.terms:
            if begin < covered.get(topic, 0) or (inside and top not in owners):
                continue
            covered[topic] = stop
            told = weight if in_text else weight * _HEADLINE
            heard[topic].append((((in_text, begin, -stop), rule), text[begin:stop], told))


def _leaning(passages: Sequence[Passage], lang: str, words: Model | None) -> Leaning | None:
    """Ask the model, which has read Arabic only."""
    if lang.partition("-")[0] != "ar":
        return None
    title, text = (passage.vocabulary for passage in passages)
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
            for at in passage.folded.standing(word):
                yield (passage.field != "title", at + clitics, -at - len(word)), rule


def _add_wider(scores: dict[str, float], mentions: dict[str, list[_Mention]]) -> None:
    """Let a topic speak for its top level, and for the one above it if we have terms for that one.

    "Competition discipline", above football, is a shelf of the vocabulary and not what an article is about.
    """
    for topic, score in sorted([told for told in scores.items() if told[1] >= _LEAST]):
        for wider in _wider(topic):
            scores[wider] = max(scores.get(wider, 0.0), round(score * _UPWARDS, 3))
            mentions[wider] = mentions[wider] + mentions[topic] if wider in mentions else mentions[topic]


@cache
def _wider(topic: str) -> tuple[str, ...]:
    parent, top = concepts()[topic].broader, top_level(topic)
    if topic == top:
        return ()
    return (top,) if parent == top or parent not in _spoken_of() else (parent, top)


@cache
def top_level(topic: str) -> str:
    """Give the first-level topic that `topic` stands under."""
    while topic != _NOTHING and concepts()[topic].broader:
        topic = concepts()[topic].broader
    return topic


class _Shown:
    """Evidence made so far: a topic and those above it have mentions in common, or all of them."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._single: dict[_Mention, Evidence] = {}
        self._lists: dict[int, tuple[Evidence, ...]] = {}

    def evidence(self, mentions: list[_Mention]) -> tuple[Evidence, ...]:
        """Give the evidence of mentions in reading order, each span once."""
        known = self._lists.get(id(mentions))
        if known is None:
            single = self._single
            told = sorted(dict(mentions).items())
            known = tuple([single.get(mention) or self._first(mention) for mention in told])
            self._lists[id(mentions)] = known
        return known

    def _first(self, mention: _Mention) -> Evidence:
        (in_text, start, minus_end), rule = mention
        evidence = self._single[mention] = self._passages[in_text].evidence(start, -minus_end, rule)
        return evidence


def _topic(topic: str, score: float, evidence: tuple[Evidence, ...]) -> Topic:
    concept = concepts()[topic]
    return Topic(id=topic, label=concept.label, label_ar=concept.label_ar, score=score, evidence=evidence)
