"""Tolls told by name: "مقتل حيدر العبيدي وشقيقه", "العقيد علي والنقيب محمد", "الناشطين فاهم … وإيهاب …"."""

from functools import cache

from streams.tag.cues import introducers
from streams.tag.headcount import added, is_related
from streams.tag.numbers import Quantity, quantity
from streams.tag.tollwords import Words

_LONGEST_NAME = 5
_MOST_NAMES = 6
_SHORTEST_NOUN = 3
_WORDS_TOO = frozenset(["علي", "صباح", "طالب", "امين", "حافظ", "عيد", "رمضان", "خميس", "سلام", "امل"])
"""Given names that are words too: "وعلى", "وصباح"; names only before a second name."""


def by_name(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Count who is named after a noun such as مقتل: by names alone where the sentence tells by what."""
    if at >= len(sentence):
        return None
    bare, definite = sentence[at].removeprefix("ال"), sentence[at].startswith("ال")
    names = _further(table, sentence, at + 1)
    if definite and (bare in table.two or bare in table.two_or_more):
        return _together(table, sentence, at, names)
    named = _is_name(sentence, at) and table.tells_by_what(sentence[at:])
    named = named or _is_with_kin(table, sentence, at)
    if not named and not (definite and bare in table.one and names):
        return None
    count = 1 + len(names)
    return added(table, sentence, Quantity(count, count, at, max([at, *names]) + 1))


def _is_with_kin(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "وفاة قيم عام المعهد وزوجته": whose wife or son is named is one person, whatever he is called."""
    if len(sentence[at]) < _SHORTEST_NOUN or quantity(sentence, at) or sentence[at] in table.many:
        return False
    for place in range(at, min(at + _LONGEST_NAME + 1, len(sentence))):
        word = sentence[place]
        if table.sets["followers"].at(sentence, place) or table.verbs_tell(word):
            return False
        of = sentence[place + 2] if place + 2 < len(sentence) else ""
        with_him = word if word[1:] in table.kin else of
        if table.kin.get(with_him.removeprefix("و")) is not None and is_related(table, sentence, place):
            return with_him.endswith(("ه", "ها"))
    return False


def _together(table: Words, sentence: tuple[str, ...], at: int, names: list[int]) -> Quantity | None:
    """Read "الناشطين" with their names, "الطفلين" also without."""
    if names:
        return Quantity(1 + len(names), 1 + len(names), at, names[-1] + 1)
    return Quantity(2, 2, at, at + 1) if sentence[at].removeprefix("ال") in table.two else None


def _further(table: Words, sentence: tuple[str, ...], at: int) -> list[int]:
    """Give where "ومحمد الساعدي", "والنقيب محمد" stand, each near the one before."""
    found: list[int] = []
    place, last = at, at + _LONGEST_NAME
    while place < min(last, len(sentence)) and len(found) < _MOST_NAMES:
        ends = table.sets["followers"].at(sentence, place) and sentence[place] not in _WORDS_TOO
        if ends or table.verbs_tell(sentence[place]):
            break
        if _is_further(table, sentence, place):
            found.append(place)
            last = place + _LONGEST_NAME
        place += 1
    return found


def _is_further(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    word = sentence[at]
    if word[0] != "و":
        return False
    ranked = word.startswith("وال") and word[3:] in table.one and at + 1 < len(sentence)
    return _is_name((word[1:], *sentence[at + 1 : at + 2]), 0) or (
        ranked and sentence[at + 1] in introducers().given
    )


def _is_name(sentence: tuple[str, ...], at: int) -> bool:
    """Tell a given name; one that is a word too asks for a second name."""
    word = sentence[at]
    following = sentence[at + 1] if at + 1 < len(sentence) else ""
    if word in _WORDS_TOO:
        return following in _names() or following.startswith("ال")
    return word in _names()


@cache
def _names() -> frozenset[str]:
    return introducers().given - introducers().common
