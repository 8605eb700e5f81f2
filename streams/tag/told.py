"""The tolls of a passage by sentence, each with its role: this event, an update, background, elsewhere."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from events.article import Count, Evidence
from streams.tag.headcount import Statement
from streams.tag.numbers import Quantity
from streams.tag.passage import Passage, Sentence
from streams.tag.tolls import statements
from streams.tag.tollwords import Words

Role = Literal["event", "update", "disagrees", "superseded", "elsewhere", "background", "cumulative"]
_YEAR = re.compile(r"[وفبل]?(19[0-9]{2}|20[0-9]{2})\Z")
_NEXT_EVENT_WORDS = 5
_FOLLOWED: dict[Role, Role] = {"event": "elsewhere", "update": "superseded"}
"""What a second number of one kind belongs to: another event; where a toll is corrected, the earlier toll."""


@dataclass(frozen=True)
class Interval:
    """A number of people: inclusive bounds, None where open; `stated` where the text gives one number."""

    low: int | None
    high: int | None
    stated: bool

    def meets(self, other: "Interval") -> bool:
        """Tell whether both can be true of one toll."""
        low = max(self.low or 0, other.low or 0)
        high = min(_open(self.high), _open(other.high))
        return low <= high

    def count(self) -> Count:
        """Give the wire value."""
        return Count(min=self.low, max=self.high, exact=self.low if self.stated else None)


def _open(high: int | None) -> float:
    return float("inf") if high is None else high


@dataclass(frozen=True)
class Toll:
    """What one sentence says, added up by kind."""

    place: int
    role: Role
    numbers: dict[str, Interval]
    evidence: tuple[Evidence, ...]


def tolls(table: Words, passage: Passage, year: str) -> Iterator[Toll]:
    """Give the tolls of a passage in reading order; `year` is that of the article."""
    for place in passage.sentences_with("cue"):
        sentence = passage.sentence(place)
        told = statements(sentence.words)
        if not told or _is_void(table, sentence.words):
            continue
        yield from _sentence_tolls(table, passage, place, sentence, told, year)


def _is_void(table: Words, sentence: Sequence[str]) -> bool:
    """Tell whether a sentence is of sport or of sickness: its injured and dead are no toll."""
    return table.sets["disease"].within(sentence) or table.sets["sport"].within(sentence)


def _sentence_tolls(
    table: Words, passage: Passage, place: int, sentence: Sentence, told: list[Statement], year: str
) -> Iterator[Toll]:
    for role, group in _by_role(table, sentence.words, told, year):
        numbers: dict[str, Interval] = {}
        evidence: list[Evidence] = []
        current, last = role, group[0]
        for statement in group:
            if current in _FOLLOWED and _is_next_event(numbers, last, statement, sentence.words):
                risen = current == "update" and _is_more(numbers, statement)
                yield Toll(place, "superseded" if risen else current, numbers, tuple(evidence))
                numbers, evidence, current = {}, [], current if risen else _FOLLOWED[current]
            _merge_statement(numbers, statement)
            evidence.append(_evidence(passage, sentence, statement))
            last = statement
        yield Toll(place, current, numbers, tuple(evidence))


def _by_role(
    table: Words, sentence: Sequence[str], told: list[Statement], year: str
) -> Iterator[tuple[Role, list[Statement]]]:
    """Part the statements of a sentence that tells of an earlier toll as well: what follows is that one's."""
    cut = table.sets["superseded"].find(sentence)
    before = [one for one in told if cut is not None and one.start < cut]
    if cut is None or not before:
        yield from _by_span(table, sentence, told, year)
        return
    yield _role(table, sentence[:cut], year), before
    after = [one for one in told if one.start >= cut]
    if after:
        yield "superseded", after


def _by_span(
    table: Words, sentence: Sequence[str], told: list[Statement], year: str
) -> Iterator[tuple[Role, list[Statement]]]:
    """Part a running total from the event: "قتل خمسة ليرتفع عدد القتلى منذ بداية العام إلى 300"."""
    role = _role(table, sentence, year)
    mark = table.sets["cumulative"].find(sentence)
    kinds = [one.kinds[0] for one in told]
    if role != "cumulative" or mark is None or len(set(kinds)) == len(kinds):
        yield role, told
        return
    nearest = min(told, key=lambda one: min(abs(one.start - mark), abs(one.end - mark)))
    if any((one.number.low or 0) >= (nearest.number.low or 0) for one in told if one is not nearest):
        yield role, told
        return
    yield "event", [one for one in told if one is not nearest]
    yield "cumulative", [nearest]


def _is_next_event(
    numbers: dict[str, Interval], last: Statement, statement: Statement, sentence: Sequence[str]
) -> bool:
    """Tell whether a second number of one kind starts another toll: not joined closely by "and"."""
    kind = statement.kinds[0]
    if kind not in numbers or numbers[kind] == _interval(statement)[kind]:
        return False
    joined = sentence[statement.start].startswith("و") or "and" in sentence[last.end : statement.start + 1]
    return not (joined and statement.start - last.end <= _NEXT_EVENT_WORDS)


def _is_more(numbers: dict[str, Interval], statement: Statement) -> bool:
    """Tell whether a toll rose to this statement: "من 7 قتلى إلى 10 قتلى"."""
    return (_interval(statement)[statement.kinds[0]].low or 0) > (numbers[statement.kinds[0]].low or 0)


def _interval(statement: Statement) -> dict[str, Interval]:
    number = statement.number
    if len(statement.kinds) == 1:
        return {statement.kinds[0]: Interval(number.low, number.high, number.exact is not None)}
    return {kind: _share(number) for kind in statement.kinds}


def _share(number: Quantity) -> Interval:
    """Give the bounds of one kind where a number is told of two together."""
    return Interval(1, None if number.high is None else max(1, number.high - 1), stated=False)


def _merge_statement(numbers: dict[str, Interval], statement: Statement) -> None:
    for kind, interval in _interval(statement).items():
        known = numbers.get(kind)
        if known is None:
            numbers[kind] = interval
        elif known != interval:
            numbers[kind] = _plus(known, interval)


def _plus(one: Interval, other: Interval) -> Interval:
    low = None if one.low is None or other.low is None else one.low + other.low
    high = None if one.high is None or other.high is None else one.high + other.high
    return Interval(low, high, one.stated and other.stated)


def _evidence(passage: Passage, sentence: Sentence, statement: Statement) -> Evidence:
    last = statement.end - 1
    start, end = sentence.starts[statement.start], sentence.starts[last] + len(sentence.words[last])
    return passage.evidence(start, end, statement.rule)


def _role(table: Words, sentence: Sequence[str], year: str) -> Role:
    sets = table.sets
    if sets["superseded"].within(sentence):
        return "superseded"
    if sets["cumulative"].within(sentence) and not sets["since_today"].within(sentence):
        return "cumulative"
    if sets["legal"].within(sentence) or sets["background"].within(sentence) or _other_year(sentence, year):
        return "background"
    if sets["rises"].within(sentence):
        return "update"
    if sets["contrasts"].within(sentence) and sets["attributions"].within(sentence):
        return "disagrees"
    return "elsewhere" if sets["elsewhere"].within(sentence) else "event"


def _other_year(sentence: Sequence[str], year: str) -> bool:
    found = (_YEAR.match(word) for word in sentence)
    return any(one is not None and one[1] != year for one in found)
