"""The toll of the event an article is about, and further tolls told apart from it.

Each sentence's statements get a role: this event, background, cumulative, superseded, elsewhere. The headline and
the first sentence that tells a toll say what the event is; later sentences restate, correct, or belong to others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from events.article import Casualties, Count, Evidence, OtherToll, TollRole
from streams.tag.headcount import Statement
from streams.tag.numbers import Quantity
from streams.tag.passage import Passage, Sentence
from streams.tag.tolls import statements
from streams.tag.tollwords import KINDS, Words, words

Role = Literal["event", "update", "disagrees", "superseded", "elsewhere", "background", "cumulative"]
_ROLES: dict[Role, TollRole] = {"background": "background", "cumulative": "cumulative"}
_YEAR = re.compile(r"[وفبل]?(19[0-9]{2}|20[0-9]{2})\Z")
_LEAD_SENTENCES = 5
_NEAR_LEAD = 4
_NEXT_EVENT_WORDS = 5


@dataclass(frozen=True)
class Interval:
    """A number of people: inclusive bounds, None where open; `stated` where the text gives exactly one number."""

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


@dataclass
class _Story:
    """The toll of the event as the article unfolds it."""

    numbers: dict[str, Interval] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    others: list[Toll] = field(default_factory=list)
    lead: int | None = None
    left: bool = False


def casualties(
    passages: Sequence[Passage], published_at: str
) -> tuple[Casualties | None, tuple[OtherToll, ...]]:
    """Give the toll of the event the article is about, or None, and the other tolls in reading order."""
    table = words()
    if _is_about(table, passages, "disease"):
        return None, ()
    year = published_at[:4]
    headline = [toll for toll in _tolls(table, passages[0], year) if toll.role in ("event", "update")]
    others = [toll for toll in _tolls(table, passages[0], year) if toll.role not in ("event", "update")]
    story = _Story(others=others)
    for toll in headline:
        _add_headline(story, toll)
    eventful = bool(story.numbers) or _is_eventful(table, passages)
    titled = dict(story.numbers)
    for toll in _tolls(table, passages[1], year):
        _add(story, toll, titled, eventful)
    main = _value(story) if story.numbers else None
    return main, tuple(_other(toll) for toll in story.others)


def _is_about(table: Words, passages: Sequence[Passage], subject: str) -> bool:
    return any(table.sets[subject].within(passages[0].sentence(number).words) for number in range(2))


def _is_eventful(table: Words, passages: Sequence[Passage]) -> bool:
    head = [passage.sentence(number) for passage in passages for number in range(3)]
    return any(table.sets["events"].within(sentence.words) for sentence in head)


def _tolls(table: Words, passage: Passage, year: str) -> Iterator[Toll]:
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
    role = _role(table, sentence.words, year)
    numbers: dict[str, Interval] = {}
    evidence: list[Evidence] = []
    last: Statement | None = None
    for statement in told:
        if role == "event" and last is not None and _is_next_event(numbers, last, statement, sentence.words):
            yield Toll(place, role, numbers, tuple(evidence))
            numbers, evidence, role = {}, [], "elsewhere"
        _merge_statement(numbers, statement)
        evidence.append(_evidence(passage, sentence, statement))
        last = statement
    yield Toll(place, role, numbers, tuple(evidence))


def _is_next_event(
    numbers: dict[str, Interval], last: Statement, statement: Statement, sentence: Sequence[str]
) -> bool:
    """Tell whether a second number of one kind starts another toll: not joined closely by "and", not the same."""
    kind = statement.kinds[0]
    if kind not in numbers or numbers[kind] == _interval(statement)[kind]:
        return False
    joined = sentence[statement.start].startswith("و") or "and" in sentence[last.end : statement.start + 1]
    return not (joined and statement.start - last.end <= _NEXT_EVENT_WORDS)


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


def _add_headline(story: _Story, toll: Toll) -> None:
    """Take a headline's toll; its second sentence adds kinds, never numbers."""
    for kind, interval in toll.numbers.items():
        story.numbers.setdefault(kind, interval)
    story.evidence.extend(toll.evidence)


def _add(story: _Story, toll: Toll, titled: dict[str, Interval], eventful: bool) -> None:
    """Take a toll of the text: restatement, correction, disagreement, or another's."""
    if toll.role in ("superseded", "background", "cumulative") or (
        not eventful and toll.place >= _LEAD_SENTENCES
    ):
        story.others.append(toll)
        return
    if toll.role == "elsewhere":
        story.left = True
        story.others.append(toll)
        return
    if story.lead is None and not story.left:
        _add_lead(story, toll, titled)
    elif toll.role == "update" and _is_rise(story, toll):
        _supersede(story, toll)
    elif toll.role == "disagrees" and not story.left and _shares_kind(story, toll):
        _widen(story, toll)
    else:
        _restate(story, toll)


def _add_lead(story: _Story, toll: Toll, titled: dict[str, Interval]) -> None:
    """Take the first toll of the text: more careful than the headline where both can be true."""
    clash = [kind for kind in toll.numbers if kind in titled and not titled[kind].meets(toll.numbers[kind])]
    if clash and toll.role != "update":
        story.others.append(toll)
        return
    story.lead = toll.place
    story.numbers.update(toll.numbers)
    story.evidence.extend(toll.evidence)


def _is_rise(story: _Story, toll: Toll) -> bool:
    return any(
        kind in story.numbers and (interval.low or 0) > (story.numbers[kind].low or 0)
        for kind, interval in toll.numbers.items()
    )


def _supersede(story: _Story, toll: Toll) -> None:
    """Let a toll that has risen stand; the lower one goes to the others."""
    old = {kind: story.numbers[kind] for kind in toll.numbers if kind in story.numbers}
    story.others.append(Toll(toll.place, "superseded", old, tuple(story.evidence)))
    story.numbers.update(toll.numbers)
    story.evidence = list(toll.evidence)


def _shares_kind(story: _Story, toll: Toll) -> bool:
    return any(kind in story.numbers for kind in toll.numbers)


def _widen(story: _Story, toll: Toll) -> None:
    """Keep both where sources disagree: from the lower to the higher."""
    for kind, interval in toll.numbers.items():
        known = story.numbers.get(kind)
        if known is None:
            story.numbers[kind] = interval
        elif known != interval:
            lows = [low for low in (known.low, interval.low) if low is not None]
            high = None if known.high is None or interval.high is None else max(known.high, interval.high)
            story.numbers[kind] = Interval(min(lows) if lows else None, high, stated=False)
    story.evidence.extend(toll.evidence)


def _restate(story: _Story, toll: Toll) -> None:
    """Take a later sentence: the same again, a closer number, a kind not told yet; else another toll."""
    shared = [kind for kind in toll.numbers if kind in story.numbers]
    joint = len(toll.evidence) == 1 and len(toll.numbers) > 1
    if joint or any(not _agrees(story.numbers[kind], toll.numbers[kind]) for kind in shared):
        story.others.append(toll)
        return
    near = story.lead is not None and toll.place <= story.lead + _NEAR_LEAD
    if not shared and (story.left or not near):
        story.others.append(toll)
        return
    for kind, interval in toll.numbers.items():
        known = story.numbers.get(kind)
        if known is None or (interval.stated and not known.stated):
            story.numbers[kind] = interval
    story.evidence.extend(toll.evidence)


def _agrees(known: Interval, told: Interval) -> bool:
    """Tell whether a later number is the known one: equal, or closer within bounds that were vague."""
    if known.stated and told.stated:
        return known == told
    return known.meets(told)


def _value(story: _Story) -> Casualties:
    counts = {kind: story.numbers[kind].count() for kind in KINDS if kind in story.numbers}
    return Casualties(**counts, evidence=tuple(_in_order(story.evidence)))


def _other(toll: Toll) -> OtherToll:
    counts = {kind: toll.numbers[kind].count() for kind in KINDS if kind in toll.numbers}
    return OtherToll(**counts, evidence=tuple(_in_order(toll.evidence)), role=_ROLES.get(toll.role, "other"))


def _in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    unique = {(one.field != "title", one.start, one.end, one.rule): one for one in evidence}
    return [unique[key] for key in sorted(unique)]
