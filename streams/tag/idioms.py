"""Tolls told by an idiom: "لقي 5 أشخاص مصرعهم", "claimed 12 lives", "راح ضحيته 7"."""

from streams.tag.headcount import Statement, added, people, single
from streams.tag.numbers import Quantity, quantity
from streams.tag.objects import all_of_them
from streams.tag.tollwords import Words

_REACH = 6


def done_away(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "القضاء على 5 مسلحين", "lost three of its soldiers", "أعدم خمسة رميا بالرصاص"."""
    word = sentence[at].removeprefix("و").removeprefix("ب")
    number, rule = None, "casualties:killed-idiom"
    if word in table.sets["ended"].words and sentence[at + 1 : at + 2] == ("علي",):
        number = people(table, sentence, at + 2) or _several(table, sentence, at + 2)
    elif word in table.sets["executed"].words and table.sets["by_shooting"].within(sentence):
        number = _soon(table, sentence, at + 1)
    elif word in table.sets["deaths_of"].words and sentence[at + 1 : at + 2] == ("of",):
        found = single(table, sentence, at + 2, definite=False)
        alone = found if found and (found.low != 1 or word == "body") else None
        number = people(table, sentence, at + 2) or (alone and added(table, sentence, alone))
    elif word in table.sets["lost"].words:
        number = _own_people(table, sentence, at + 1)
    weak = word in table.sets["corpses"].words
    return Statement(("killed",), number, at, number.end, rule, weak=weak) if number else None


def _several(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    few = single(table, sentence, at, definite=False)
    return few if few and few.low != 1 else None


def _soon(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    numbers = (people(table, sentence, place) for place in range(at, min(at + _REACH, len(sentence))))
    return next((number for number in numbers if number), None)


def _own_people(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "14 soldiers", "three of its own men": comrades and kin, not members or players."""
    numbers = (quantity(sentence, place) for place in range(at, min(at + 3, len(sentence))))
    number = next((number for number in numbers if number), None)
    if number is None:
        return None
    for place in range(number.end, min(number.end + 4, len(sentence))):
        if sentence[place] in table.sets["comrades"].words:
            return number._replace(end=place + 1)
    return None


def idiom(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "لقي 5 أشخاص مصرعهم", "أودى بحياة 12 شخصا", "راح ضحيته 7"."""
    word = sentence[at].removeprefix("و")
    sets = table.sets
    if word in sets["met"].words:
        number = people(table, sentence, at + 1) or single(table, sentence, at + 1, definite=True)
        number = number and added(table, sentence, number)
        tail = sentence[number.end : number.end + _REACH] if number else ()
        met = next((step for step, other in enumerate(tail) if other in sets["met_with"].words), None)
        if number and met is not None:
            return Statement(("killed",), number, at, number.end + met + 1, "casualties:killed-idiom")
        return None
    if word in sets["fell"].words:
        return _fell(table, sentence, at)
    width = sets["lives"].at(sentence, at)
    claimed = width and sets["lives_verbs"].within(sentence, at - 8, at)
    if claimed and width == 1 and word == "lives":
        return _lives_counted(sentence, at)
    if claimed or word in sets["victims"].words:
        start = at + max(width, 1)
        number = people(table, sentence, start) or single(table, sentence, start, definite=bool(width))
        number = number or all_of_them(table, sentence, start)
        if number:
            number = added(table, sentence, number)
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None


def _lives_counted(sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "claimed at least 70 lives": the number stands before."""
    for place in range(max(0, at - _REACH), at):
        number = quantity(sentence, place)
        if number and number.end == at:
            return Statement(("killed",), number, place, at + 1, "casualties:killed-idiom")
    return None


def _fell(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "راح ضحية الهجوم 6 مدنيين", "سقط خلال المعارك 14 جنديا": the number stands a few words on."""
    victim = sentence[at + 1 : at + 2] and sentence[at + 1] in table.sets["fell_victim"].words
    if not victim and not table.sets["battles"].within(sentence, at, at + _REACH):
        return None
    for place in range(at + 1, min(at + 2 + _REACH, len(sentence))):
        number = people(table, sentence, place)
        if number:
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None
