"""Numbers of people: what a toll counts, with the groups that "and" adds to it.

A number counts only if what it counts are people: a cue word with the nearest number is wrong in one case of
three (ARABIC.md 4.4). Each reader looks a few words ahead, so reading is linear.
"""

from collections.abc import Sequence
from typing import NamedTuple

from streams.tag.numbers import Quantity, bounded_after, is_number, quantity
from streams.tag.tollwords import Words


class Statement(NamedTuple):
    """`kinds` befell `number` people (one of several kinds where more than one); words `[start, end)`."""

    kinds: tuple[str, ...]
    number: Quantity
    start: int
    end: int
    rule: str
    loose: bool = False


def way(number: Quantity) -> str:
    """Name the rule's kind: an exact number or a bound."""
    return "number" if number.exact is not None else "bound"


def people(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read a number of people at `at`, with the groups that "and" adds; None where it counts other things."""
    number = quantity(sentence, at)
    if number is None or number.low == 0:
        return None
    end = counted_people(table, sentence, number.end)
    if end is None:
        return None
    return added(table, sentence, bounded_after(sentence, number._replace(end=end)))


def counted_people(table: Words, sentence: Sequence[str], at: int) -> int | None:
    """Give where the counted noun after a number ends; None where the number does not count people."""
    sets = table.sets
    if at >= len(sentence):
        return at
    word = sentence[at]
    if sets["subset"].at(sentence, at) or word == "%" or sets["not_followers"].at(sentence, at):
        return None
    for ahead in range(3):
        place = at + ahead
        if place < len(sentence) and table.person(sentence[place]) and (ahead == 0 or word.isascii()):
            return place + 1
        if place >= len(sentence) or sets["followers"].at(sentence, place) or is_number(sentence[place]):
            break
    if sets["followers"].at(sentence, at) or table.noun_kind(word) or table.verb_kind(word):
        return at
    return at if _glued(word) else None


def _glued(word: str) -> bool:
    """Tell whether a word goes on with "and" or "by" written onto it."""
    return len(word) > 3 and word[0] in "وب" and not word.isascii()


def added(table: Words, sentence: Sequence[str], number: Quantity) -> Quantity:
    """Add the groups joined by "and": "3 جنود و5 مسلحين"; what is part of the number already is not added."""
    for _ in range(4):
        more = _joined(table, sentence, number.end)
        if more is None:
            return number
        low = None if number.low is None or more.low is None else number.low + more.low
        high = None if number.high is None or more.high is None else number.high + more.high
        number = Quantity(low, high, number.start, more.end, number.bounded or more.bounded)
    return number


def _joined(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read "و5 مسلحين", "وشرطيا", "and two policemen" within three words."""
    for place in range(at, min(at + 3, len(sentence))):
        word = sentence[place]
        if table.sets["followers"].at(sentence, place) and word not in ("من", "and", "of"):
            return None
        if word == "and" and place + 1 < len(sentence):
            return _group(table, sentence, place + 1)
        if word[0] == "و" and len(word) > 2:
            return _group(table, (*sentence[:place], word[1:], *sentence[place + 1 : place + 8]), place)
    return None


def _group(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    number = quantity(sentence, at)
    if number is None:
        return single(table, sentence, at, definite=False)
    end = _group_end(table, sentence, number.end)
    return None if end is None else number._replace(end=end)


def _group_end(table: Words, sentence: Sequence[str], end: int) -> int | None:
    """Give where a further group's noun ends; None where it counts no people, or another kind."""
    if end >= len(sentence):
        return None
    if sentence[end] == "من" and end + 1 < len(sentence):
        return None if sentence[end + 1].endswith("ات") else end + 2
    for place in range(end, min(end + (3 if sentence[end].isascii() else 1), len(sentence))):
        if table.noun_kind(sentence[place]):
            return None
        if table.person(sentence[place]):
            told = any(table.noun_kind(word) for word in sentence[place + 1 : place + 2])
            return None if told else place + 1
    return None


def single(table: Words, sentence: Sequence[str], at: int, definite: bool) -> Quantity | None:
    """Read a noun that counts itself: جندي is one, طفلين two, آخرين two or more."""
    if at >= len(sentence):
        return None
    word = sentence[at]
    english = word in ("a", "an", "one")
    if english:
        return english_one(table, sentence, at)
    bare = word.removeprefix("ال") if definite and len(word) > 4 else word
    if word in table.two:
        return Quantity(2, 2, at, at + 1)
    if word in table.two_or_more:
        pair = at + 1 < len(sentence) and sentence[at + 1] in ("اثنين", "اثنان")
        return Quantity(2, 2 if pair else None, at, at + 1 + pair, bounded=not pair)
    if bare in table.one and not word.isascii():
        return Quantity(1, 1, at, at + 1)
    return None


def english_one(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read "a soldier", "one Iraqi policeman"."""
    for place in range(at + 1, min(at + 4, len(sentence))):
        if sentence[place] in table.one:
            return Quantity(1, 1, at, place + 1)
        if table.sets["followers"].at(sentence, place):
            return None
    return None
