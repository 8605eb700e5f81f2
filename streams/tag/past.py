"""Whether a sentence tells of something past: a court case, an earlier attack, another year."""

import re

from streams.tag.numbers import quantity
from streams.tag.numberwords import is_number
from streams.tag.tollwords import Words, words

_YEAR = re.compile(r"[وفبل]?(19[0-9]{2}|20[0-9]{2})\Z")


_REACH = 6


def is_running_total(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell "since January" from "since dawn" and from "the deadliest since 1990"."""
    mark = table.sets["cumulative"].find(sentence)
    if mark is None or table.sets["since_today"].within(sentence):
        return False
    if mark and sentence[mark - 1] in table.sets["years"].words:
        return False  # ten years since the attack
    return not table.sets["superlatives"].within(sentence, mark - _REACH, mark)


def is_past(table: Words, sentence: tuple[str, ...], year: str) -> bool:
    """Tell whether a sentence, or a clause, is of a court case or of something earlier.

    Who dies of his wounds dies today, whenever it was that he got them.
    """
    wounds = table.sets["of_wounds"].find(sentence)
    if wounds is not None:
        sentence = sentence[:wounds]
    court = table.sets["legal"].within(sentence) and not table.sets["by_shooting"].within(sentence)
    if court or table.sets["background"].within(sentence):
        return True
    return (
        _other_year(table, sentence, year)
        or _had_happened(table, sentence)
        or is_years_later(table, sentence)
    )


def is_years_later(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell "قبل ثلاثين عاما", "بعد 4 سنوات على", "four years after": a time that is long over."""
    if table.sets["years"].words.isdisjoint(sentence):
        return False
    for place, word in enumerate(sentence):
        if word in ("قبل", "وقبل", "بعد", "وبعد") or place == 0:
            number = quantity(sentence, place + (not word.isascii() and not is_number(word)))
            end = number.end if number else len(sentence)
            if end + 1 < len(sentence) and sentence[end] in table.sets["years"].words:
                after = sentence[end + 1] in ("على", "علي", "من", "after", "on")
                return after or word.endswith("قبل")
    return False


_WAS = frozenset(["كان", "كانت", "وكان", "وكانت"])


def _had_happened(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell "وكان انفجار قد أسفر عن", what had happened, from "وكان مصدر قد أعلن", what had been said."""
    for place, word in enumerate(sentence[:6]):
        if word in _WAS:
            tail = sentence[place + 2 : place + 8]
            if "قد" in tail[:-1]:
                return tail[tail.index("قد") + 1] not in table.sets["attributions"].words
    return False


def _other_year(table: Words, sentence: tuple[str, ...], year: str) -> bool:
    for place, word in enumerate(sentence):
        if word[-1].isdecimal():
            found = _YEAR.match(word)
            counts = _is_compared(sentence, place) or _is_of_people(table, sentence[place + 1 : place + 2])
            if found and found[1] != year and not counts:
                return True
    return False


def _is_of_people(table: Words, following: tuple[str, ...]) -> bool:
    """Tell "2000 مصاب" from a year."""
    return any(table.person(word) or table.noun_kind(word) for word in following)


def _is_compared(sentence: tuple[str, ...], at: int) -> bool:
    """Tell "the deadliest since 2003": the year that something is measured by."""
    since = any(word in ("since", "منذ") for word in sentence[max(0, at - 2) : at])
    return since and words().sets["superlatives"].within(sentence, at - _REACH - 1, at)
