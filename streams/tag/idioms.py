"""Tolls told by an idiom: "لقي 5 أشخاص مصرعهم", "claimed 12 lives", "راح ضحيته 7"."""

from streams.tag.headcount import Statement, added, people
from streams.tag.named import by_name
from streams.tag.numbers import Quantity, quantity
from streams.tag.objects import all_of_them, object_of, unlisted
from streams.tag.singles import single
from streams.tag.tollwords import Words

_REACH = 6
_REACH_OF_MET = 14
_REACH_OF_LIVES = 12
_TO_DEATH = (("to", "death"), ("حتي", "الموت"))
_ALL = (("all",), ("the",))
_OF = (("of",), ("to",))


def done_away(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "القضاء على 5 مسلحين", "lost three of its soldiers", "أعدم خمسة رميا بالرصاص"."""
    word = sentence[at].removeprefix("و").removeprefix("ب")
    number, rule = None, "casualties:killed-idiom"
    if word in table.sets["ended"].words and sentence[at + 1 : at + 2] == ("علي",):
        whom = at + 2 + table.sets["in_between"].at(sentence, at + 2)
        number = people(table, sentence, whom) or unlisted(table, sentence, whom)
        number = number or _several(table, sentence, whom) or by_name(table, sentence, whom)
    elif word in table.sets["butchered"].words:
        number = people(table, sentence, at + 1) or object_of(table, sentence, at + 1)
    elif word in table.sets["deadly"].words:
        number = _to_death(table, sentence, at + 1)
    elif word in table.sets["mourns"].words:
        one = single(table, sentence, at + 1, definite=False)
        number = people(table, sentence, at + 1) or (one and added(table, sentence, one))
        number = number if number and (number.exact or 0) > 1 else None  # شيع المئات جثمانه
    elif word in table.sets["executed"].words and _is_outlawed(table, sentence):
        number = _soon(table, sentence, at + 1)
    elif word in table.sets["deaths_of"].words and sentence[at + 1 : at + 2] in _OF:
        whom = at + 2 + (sentence[at + 2 : at + 3] in _ALL)
        found = single(table, sentence, whom, definite=False)
        alone = found if found and (found.low != 1 or word == "body") else None
        number = people(table, sentence, whom) or unlisted(table, sentence, whom)
        number = number or (alone and added(table, sentence, alone)) or _body(table, sentence, at)
    elif word in table.sets["lost"].words:
        number = _own_people(table, sentence, at + 1)
    weak = word in table.sets["corpses"].words
    hurt = word in table.sets["harm"].words or word in _HARMING
    kind, rule = ("injured", "casualties:injured-idiom") if hurt else ("killed", rule)
    return Statement((kind,), number, at, number.end, rule, weak=weak) if number else None


_HARMING = frozenset(["wounding"])


def _is_outlawed(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell an execution by a gang from a court's."""
    return table.sets["by_shooting"].within(sentence) or table.sets["gangs"].within(sentence)


def _body(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "body of kidnapped policeman found"."""
    if sentence[at] != "body" or not table.sets["recovered"].within(sentence, at):
        return None
    return Quantity(1, 1, at, at + 1)


def _to_death(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "stabs two classmates to death", "shot three brothers dead"."""
    number = people(table, sentence, at) or single(table, sentence, at, definite=False)
    if number is None or (number.end == number.start + 1 and sentence[at].isascii()):
        return None
    tail = sentence[number.end : number.end + _REACH]
    dead = tail[:1] == ("dead",) or any(tail[step : step + 2] in _TO_DEATH for step in range(len(tail)))
    return number if dead else None


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
    for verbs, with_what in (("met", "met_with"), ("parted", "parted_with")):
        if word in sets[verbs].words:
            return _met(table, sentence, at, with_what)
    if word in sets["carried_off"].words:
        return _carried_off(table, sentence, at)
    if word in sets["fell"].words:
        return _fell(table, sentence, at)
    width = sets["lives"].at(sentence, at)
    claimed = width and sets["lives_verbs"].within(sentence, at - _REACH_OF_LIVES, at)
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


def _met(table: Words, sentence: tuple[str, ...], at: int, with_what: str) -> Statement | None:
    """Read "لقي 5 أشخاص مصرعهم", "فارق الحياة 5 أشخاص"; `with_what` names a set."""
    ends = table.sets[with_what].words
    first = at + 1 + (sentence[at + 1] in ends if at + 1 < len(sentence) else 0)
    number = people(table, sentence, first) or single(table, sentence, first, definite=True)
    number = number and added(table, sentence, number)
    if number is None and first > at + 1:
        return _subject_met(table, sentence, at, with_what)
    tail = sentence[number.end : number.end + _REACH_OF_MET] if number else ()
    met = next((step for step, other in enumerate(tail) if other in ends), None)
    if number is None or (met is None and first == at + 1) or _died_alone(table, sentence, number, with_what):
        return None
    end = number.end if met is None else number.end + met + 1
    return Statement(("killed",), number, at, end, "casualties:killed-idiom")


def _died_alone(table: Words, sentence: tuple[str, ...], number: Quantity, with_what: str) -> bool:
    """Tell "فارق الشاعر الحياة" from a toll: of one man it must be told by what."""
    return number.low == 1 and with_what == "parted_with" and not table.tells_by_what(sentence)


def _subject_met(table: Words, sentence: tuple[str, ...], at: int, with_what: str) -> Statement | None:
    """Read "طفلان يلقيان مصرعهما", "4 أشخاص يفقدون حياتهم": who met it stands before the verb."""
    number = None
    for place in range(max(0, at - _REACH), at):
        number = people(table, sentence, place) or single(table, sentence, place, definite=False)
        if number and number.end <= at:
            break
        number = None
    if number is None or _died_alone(table, sentence, number, with_what):
        return None
    return Statement(("killed",), number, number.start, at + 2, "casualties:killed-idiom")


def _lives_counted(sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "claimed at least 70 lives": the number stands before."""
    for place in range(max(0, at - _REACH), at):
        number = quantity(sentence, place)
        if number and number.end == at:
            return Statement(("killed",), number, place, at + 1, "casualties:killed-idiom")
    return None


def _carried_off(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "أودى بخمسة عمال", "تودي بطالب": without a word of lives."""
    for place in range(at + 1, min(at + _REACH, len(sentence))):
        bare = sentence[place].removeprefix("ب")
        if bare == sentence[place] or table.sets["lives"].at(sentence, place):
            continue
        told = (*sentence[:place], bare, *sentence[place + 1 :])
        number = people(table, told, place) or single(table, told, place, definite=False)
        return Statement(("killed",), number, at, number.end, "casualties:killed-idiom") if number else None
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
