"""The tolls of a passage by sentence, each with its role: this event, an update, background, elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from events.article import Count, Evidence
from streams.tag.headcount import Statement
from streams.tag.numbers import Quantity
from streams.tag.passage import Passage, Sentence
from streams.tag.past import is_past, is_running_total
from streams.tag.tolls import statements
from streams.tag.tollwords import Phrases, Words, words

Role = Literal[
    "event", "update", "corrects", "disagrees", "superseded", "elsewhere", "background", "cumulative"
]
_NEXT_EVENT_WORDS = 5
_MOST_CLAUSES = 4
_SECOND_SOURCE_WORDS = 8
_FOLLOWED: dict[Role, Role] = {"event": "elsewhere", "update": "superseded", "disagrees": "disagrees"}
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

    def plus(self, other: "Interval") -> "Interval":
        """Add what is told as more."""
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high, self.stated and other.stated)

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
    attributed: bool = False
    """Told by a named source, of people of no kind and by no means: may be its count of the same event."""
    further: bool = False
    """Told as more of the same: "two guards also lost their lives"."""


def tolls(table: Words, passage: Passage, year: str) -> Iterator[Toll]:
    """Give the tolls of a passage in reading order; `year` is that of the article."""
    for place in passage.sentences_with("cue"):
        sentence = passage.sentence(place)
        told = statements(sentence.words)
        if not told or _is_void(table, sentence.words):
            continue
        attributed = _is_attributed(table, sentence.words, told)
        further = _is_further(table, sentence.words, told)
        for toll in _sentence_tolls(table, passage, place, sentence, told, year):
            yield replace(toll, attributed=attributed, further=further)


def _is_attributed(table: Words, sentence: tuple[str, ...], told: list[Statement]) -> bool:
    sets = table.sets
    if not sets["attributions"].within(sentence) or sets["means"].within(sentence):
        return False
    counted = {word.removeprefix("ال") for one in told for word in sentence[one.start : one.end]}
    if any(map(table.person, counted - sets["anybody"].words)) or any(one.weak for one in told):
        return False
    first = {sentence[one.start].lstrip("وف") for one in told}  # that they killed seven is another event
    return first.isdisjoint(table.active["killed"] | table.active["injured"])


def _is_further(table: Words, sentence: tuple[str, ...], told: list[Statement]) -> bool:
    start, end = max(0, told[0].start - 2), told[0].end
    return any(table.sets["also"].at(sentence, place) for place in range(start, end))


def _is_void(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell whether a sentence is of sport or of sickness: its injured and dead are no toll."""
    sets = table.sets
    if sets["disease"].within(sentence) or sets["sport"].within(sentence):
        return True
    weak = sets["sport_weak"]  # مهاجم is a striker and an attacker: two such words tell sport
    return weak.within(sentence) and len({word for word in sentence if weak.within((word,))}) > 1


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
    table: Words, sentence: tuple[str, ...], told: list[Statement], year: str
) -> Iterator[tuple[Role, list[Statement]]]:
    """Part the statements of a sentence that tells of an earlier toll as well: what follows is that one's."""
    corrected = table.sets["corrections"].find(sentence)
    if corrected is not None and any(one.start < corrected for one in told):
        yield "superseded", [one for one in told if one.start < corrected]
        if told[-1].start >= corrected:
            yield "event", [one for one in told if one.start >= corrected]
        return
    earlier = table.sets["earlier"].find(sentence)
    if earlier is not None and told[-1].start >= earlier:
        if told[0].start < earlier:
            yield _role(table, sentence[:earlier], year), [one for one in told if one.start < earlier]
        yield "background", [one for one in told if one.start >= earlier]
        return
    past = _past_clause(table, sentence, told, year)
    if past:
        yield _role(table, sentence[:past], year), [one for one in told if one.start < past]
        yield "background", [one for one in told if one.start >= past]
        return
    cut = table.sets["superseded"].find(sentence)
    before = [one for one in told if cut is not None and one.start < cut]
    risen = table.sets["rises"].find(sentence, told[0].end) if cut is not None and not before else None
    if risen is not None and risen < told[-1].start:
        yield "superseded", [one for one in told if one.start < risen]
        yield "update", [one for one in told if one.start >= risen]
        return
    if cut is None or not before:
        yield from _by_span(table, sentence, told, year)
        return
    yield _role(table, sentence[:cut], year), before
    after = [one for one in told if one.start >= cut]
    if after:
        yield "superseded", after


def _past_clause(table: Words, sentence: tuple[str, ...], told: list[Statement], year: str) -> int:
    """Give where a clause of something past begins after what is told: "وكان هجوم قتل 12 العام الماضي"."""
    places = range(told[0].end, told[-1].start + 1 if len(told) > 1 else 0)
    clauses = (place for place in places if table.sets["clauses"].at(sentence, place))
    for place in islice(clauses, _MOST_CLAUSES):
        if is_past(table, sentence[place:], year):
            return 0 if is_past(table, sentence[:place], year) else place
    return 0


def _by_span(
    table: Words, sentence: tuple[str, ...], told: list[Statement], year: str
) -> Iterator[tuple[Role, list[Statement]]]:
    """Part a running total from the event: "قتل خمسة ليرتفع عدد القتلى منذ بداية العام إلى 300"."""
    role = _role(table, sentence, year, told[-1].end)
    mark = table.sets["cumulative"].find(sentence)
    kinds = [one.kinds[0] for one in told]
    if role != "cumulative" or mark is None or len(set(kinds)) == len(kinds):
        yield role, told
        return
    before, after = [one for one in told if one.end <= mark], [one for one in told if one.start > mark]
    totals = {one.kinds[0]: one for one in before}
    parted = len(before) + len(after) == len(told) and {one.kinds[0] for one in after} <= totals.keys()
    if parted and after and not any(_is_at_least(one, totals[one.kinds[0]]) for one in after):
        yield "cumulative", before
        yield "event", after
        return
    nearest = min(told, key=lambda one: min(abs(one.start - mark), abs(one.end - mark)))
    inside = nearest.start <= mark < nearest.end  # the number killed since October has reached 41,000
    total = [one for one in told if one is nearest or one.start >= min(nearest.start, mark)]
    if inside:
        total = [one for one in total if one is nearest or one.kinds != nearest.kinds]
    rest = [one for one in told if one not in total]
    if not rest or any(_is_at_least(one, other) for one in rest for other in total):
        yield role, told
        return
    yield "event", rest
    yield "cumulative", total


def _is_at_least(one: Statement, total: Statement) -> bool:
    """Tell whether a statement is no part of a running total: of its kind, and not smaller."""
    return one.kinds[0] == total.kinds[0] and (one.number.low or 0) >= (total.number.low or 0)


def _is_next_event(
    numbers: dict[str, Interval], last: Statement, statement: Statement, sentence: tuple[str, ...]
) -> bool:
    """Tell whether a second number of one kind starts another toll: not joined closely by "and"."""
    kind = statement.kinds[0]
    if kind not in numbers or numbers[kind] == _interval(statement)[kind]:
        return False
    if not _is_disputed(sentence) and _other_side(sentence, last) != _other_side(sentence, statement):
        return False
    joined = sentence[statement.start].startswith("و") or "and" in sentence[last.end : statement.start + 1]
    return not (joined and statement.start - last.end <= _NEXT_EVENT_WORDS)


def _is_disputed(sentence: tuple[str, ...]) -> bool:
    """Tell whether a second source is named where the sentence turns: "while a medic spoke of nine"."""
    sets = words().sets
    turn = sets["contrasts"].find(sentence)
    return turn is not None and sets["attributions"].within(sentence, turn, turn + _SECOND_SOURCE_WORDS)


def _other_side(sentence: tuple[str, ...], statement: Statement) -> bool:
    """Tell whether a statement counts those who fight the state: two sides of one clash are one toll."""
    told = sentence[statement.start : statement.end + 1]
    return not words().sets["militants"].words.isdisjoint(told)


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
            numbers[kind] = known.plus(interval)


def _evidence(passage: Passage, sentence: Sentence, statement: Statement) -> Evidence:
    last = statement.end - 1
    end = sentence.start(last) + len(sentence.words[last])
    return passage.evidence(sentence.start(statement.start), end, statement.rule)


def _role(table: Words, sentence: tuple[str, ...], year: str, end: int | None = None) -> Role:
    """Give the role of the statements of a sentence, the last of which ends at word `end`."""
    sets = table.sets
    if sets["superseded"].within(sentence):
        return "superseded"
    if is_running_total(table, sentence):
        return "cumulative"
    if sets["had"].within(sentence, 0, end) or is_past(table, sentence, year):
        return "background"
    return _role_today(sets, sentence)


def _role_today(sets: dict[str, Phrases], sentence: tuple[str, ...]) -> Role:
    if sets["corrections"].within(sentence):
        return "corrects"
    if sets["rises"].within(sentence):
        return "update"
    if _is_disputed(sentence):
        return "disagrees"
    return "elsewhere" if sets["elsewhere"].within(sentence) else "event"
