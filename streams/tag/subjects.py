"""Who an English verb's subject is: a number passed over with its parts, its ages and its "including"."""

from streams.tag.numbers import Quantity, quantity
from streams.tag.numberwords import is_number
from streams.tag.participles import LOST, is_age, participle
from streams.tag.tollwords import Words

_REACH_OF_WHOLE = 5
_LONGEST_LIST = 14
_BE = frozenset(["were", "was", "are", "have", "had", "been"])
_PASSED = (_BE - {"been"}) | {*LOST}
_PART_OF = (("of", "them"), ("of", "whom"))
_WHOLES = frozenset(["victims", "casualties", "fatalities"])


def whole(table: Words, sentence: tuple[str, ...], number: Quantity) -> Quantity | None:
    """Give the number that is the subject: one whose age it is; None for a part of others."""
    part = sentence[number.end : number.end + 2] in _PART_OF
    if part and not _is_told_at_once(table, sentence, number.end + 2):
        return None  # 10 killed, three of them children, and five wounded
    if _is_aged(sentence, number):
        return Quantity(1, 1, number.start, number.end)
    at = past_of(table, sentence, number.end)
    if sentence[at : at + 1] == ("among",) and _is_among(table, sentence, at + 1):
        return None
    return number._replace(end=_past_parts(sentence, number))


def _past_parts(sentence: tuple[str, ...], number: Quantity) -> int:
    """Pass over "two Indians and a Pakistani" after "three people": they are told one by one."""
    total = 0
    for place in range(number.end, min(number.end + _LONGEST_LIST, len(sentence))):
        if sentence[place] in _BE and place > number.end:
            return place if total == number.exact else number.end
        part = quantity(sentence, place)
        total += (part.exact or 0) if part else sentence[place] in ("a", "an")
    return number.end


def past_words(sentence: tuple[str, ...], at: int, limit: int) -> int:
    """Pass over "including a child", "aged between 3 and 61"."""
    return next((place for place in range(at, limit) if sentence[place] in _PASSED), limit)


def _is_among(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "ten children among 26 killed", "two doctors among the dead": a part, told of a whole."""
    at += sentence[at : at + 1] == ("the",)
    whole = sentence[at] if at < len(sentence) else ""
    return quantity(sentence, at) is not None or table.noun_kind(whole) is not None or whole in _WHOLES


def _is_told_at_once(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "two of whom later died" from "three of them children"."""
    return table.sets["auxiliaries"].at(sentence, at) > 0 or participle(table, sentence, at)[0] is not None


def past_of(table: Words, sentence: tuple[str, ...], at: int) -> int:
    """Pass over "of its peacekeepers": those of whom so many; not "of the 12 people", "of the wounded"."""
    whole = sentence[at + 1 : at + _REACH_OF_WHOLE + 2]
    if sentence[at : at + 1] != ("of",) or any(map(is_number, whole[:2])):
        return at
    for place in range(at + 3, at + 1 + len(whole)):
        ends = sentence[place] in _BE or table.sets["subset_openers"].at(sentence, place)
        if ends or participle(table, sentence, place)[0]:
            return place
    return at


def _is_aged(sentence: tuple[str, ...], number: Quantity) -> bool:
    """Tell "Ahmed Salim, 34, was killed": a number before a verb in the singular."""
    age = number.end == number.start + 1 and is_age(sentence, number.start) and number.start > 0
    return age and number.low != 1 and is_was(sentence, number.end)


def is_was(sentence: tuple[str, ...], at: int) -> bool:
    """Tell a verb in the singular."""
    return sentence[at : at + 1] == ("was",)
