"""Numbers of people: what a toll counts, with the groups that "and" adds to it.

A number counts only if what it counts are people: a cue word with the nearest number is wrong in one case of
three (ARABIC.md 4.4). Each reader looks a few words ahead, so reading is linear.
"""

from typing import NamedTuple

from streams.tag.counting import counted_people
from streams.tag.numbers import Quantity, bounded_after, quantity
from streams.tag.numberwords import is_number
from streams.tag.singles import POSSESSIVES, single
from streams.tag.tollwords import Words

_FARTHEST_GROUP = 6
_FARTHEST_NUMBER = 9
_ONE_NOUN_FROM, _HUNDRED = 11, 100
_MEN_OF = frozenset(["افراد", "عناصر", "رجال", "ضباط"])
_SEVERAL = frozenset(["عدد", "عددا", "بعض", "مجموعه"])


class Statement(NamedTuple):
    """`kinds` befell `number` people (one of several kinds where more than one); words `[start, end)`."""

    kinds: tuple[str, ...]
    number: Quantity
    start: int
    end: int
    rule: str
    loose: bool = False
    weak: bool = False
    """Counts only where the sentence tells no other number of this kind: bodies found."""


def way(number: Quantity) -> str:
    """Name the rule's kind: an exact number or a bound."""
    return "number" if number.exact is not None else "bound"


def people(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read a number of people at `at`, with the groups that "and" adds; None where it counts other things."""
    number = quantity(sentence, at)
    if number is None or number.low == 0:
        return None
    end = counted_people(table, sentence, number.end)
    if end is None:
        return None
    return added(table, sentence, bounded_after(sentence, number._replace(end=end)))


def added(table: Words, sentence: tuple[str, ...], number: Quantity) -> Quantity:
    """Add the groups joined by "and": "3 جنود و5 مسلحين"; what is part of the number already is not added."""
    if _is_parted(sentence, number):
        return number
    for _ in range(4):
        more = _next_kin(table, sentence, number) or _joined(table, sentence, number.end)
        more = more or _besides(table, sentence, number.end)
        if more is None:
            return number
        if _is_one_count(table, sentence, number, more):
            return number._replace(end=more.end)
        low = None if number.low is None or more.low is None else number.low + more.low
        high = None if number.high is None or more.high is None else number.high + more.high
        number = Quantity(low, high, number.start, more.end, number.bounded or more.bounded)
    return number


def _is_parted(sentence: tuple[str, ...], number: Quantity) -> bool:
    """Tell "5 أشخاص، 3 مدنيين وشرطيين": a number told right after a number is a part of it."""
    following = sentence[number.end] if number.end < len(sentence) else ""
    return bool(following) and following[0] != "و" and is_number(following) and not following.isalpha()


def _is_one_count(table: Words, sentence: tuple[str, ...], number: Quantity, more: Quantity) -> bool:
    """Tell "57 امرأة وطفلا", "20 مليون جندي ومواطن": one number of both; "12 جنديا وضابط" is thirteen."""
    low, word = number.low or 0, sentence[more.start].removeprefix("و")
    if low < _ONE_NOUN_FROM or (more.low, more.high, more.end) != (1, 1, number.end + 1) or word.isascii():
        return False
    if word in table.kin or word in table.sets["also_more"].words:
        return False
    both = word.endswith("ا") or (
        word.endswith("ه") and sentence[number.end - 1] not in table.sets["anybody"].words
    )
    return both or low >= _HUNDRED


def _joined(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "و5 مسلحين", "وشرطيا", "and two policemen" within three words."""
    ahead, sets = sentence[at : at + _FARTHEST_NUMBER], table.sets
    if "and" not in ahead and not any(word[0] == "و" for word in ahead):
        return None
    related = False
    for place in range(at, at + len(ahead)):
        word = sentence[place]
        joins = word[0] == "و" or word == "and"
        if not joins and word not in table.turns and not (related and table.verb_kind(word)):
            continue
        if sets["killed_phrases"].at(sentence, place) or sets["harmed"].at(sentence, place):
            return None  # seven lost their lives and twenty others
        if place >= at + _FARTHEST_GROUP and not _is_so_many_of(sentence, place):
            continue
        if sets["ranks_of"].at(sentence, place) or word in sets["whole_words"].words:
            continue
        if sets["followers"].at(sentence, place) and word not in ("من", "and", "of"):
            related = True
            continue
        if related and not is_related(table, sentence, place):
            if joins or table.verb_kind(word):
                return None
            continue
        if word in ("and", "و") and place + 1 < len(sentence):
            return _group(table, sentence, place + 1)
        if word[0] == "و" and (len(word) > 2 or word[1:].isdigit()):
            return _group(table, (*sentence[:place], word[1:], *sentence[place + 1 : place + 8]), place)
    return None


def _next_kin(table: Words, sentence: tuple[str, ...], number: Quantity) -> Quantity | None:
    """Read "his sister-in-law" after "his brother": kin told one by one."""
    kin = sentence[number.start] in POSSESSIVES and number.end < len(sentence)
    if not kin or sentence[number.end] not in POSSESSIVES:
        return None
    more = single(table, sentence, number.end, definite=False)
    in_law = more is not None and sentence[more.end : more.end + 2] == ("in", "law")
    return more and more._replace(end=more.end + 2 * in_law)


def _besides(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "مع ثلاثة من مرافقيه" as if "and" joined it, and "in addition to the bomber"."""
    attacker = table.sets["attacker_too"].at(sentence, at)
    if attacker:
        return Quantity(1, 1, at, at + attacker)
    for place in range(at, min(at + _FARTHEST_GROUP, len(sentence) - 1)):
        if table.verb_kind(sentence[place]) or sentence[place][0] == "و":
            return None
        if sentence[place] == "مع":
            joined = (*sentence[:place], "و" + sentence[place + 1], *sentence[place + 2 : place + 5])
            return _group(table, sentence, place + 1) if is_related(table, joined, place) else None
    return None


def _is_so_many_of(sentence: tuple[str, ...], at: int) -> bool:
    """Tell "وثلاثة من" far behind: "عشرة من منتسبي شرطة محافظة ذي قار وثلاثة من"."""
    word = sentence[at]
    return word[0] == "و" and is_number(word[1:]) and sentence[at + 1 : at + 2] == ("من",)


def is_related(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether "واثنين من مرافقيه", "وزوجته" stands here: a possessive goes back to who was named."""
    word = sentence[at]
    if word[0] != "و":
        return False
    if word[1:] in table.kin:
        return True
    return (
        (is_number(word[1:]) or word[1:] in _SEVERAL)
        and sentence[at + 1 : at + 2] == ("من",)
        and _is_kin(table, sentence, at + 2)
    )


def _is_kin(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "مرافقيه", "أفراد حمايته"."""
    of = at + (at < len(sentence) and sentence[at] in _MEN_OF)
    return of < len(sentence) and sentence[of] in table.kin


def _group(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    number = quantity(sentence, at)
    if number is None:
        return _several(table, sentence, at) or single(table, sentence, at, definite=False)
    end = _group_end(table, sentence, number.end)
    return None if end is None else number._replace(end=end)


def _several(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "عدد من مرافقيه": two or more of those whom one can count as people."""
    if sentence[at] not in _SEVERAL or sentence[at + 1 : at + 2] != ("من",) or at + 2 >= len(sentence):
        return None
    of = sentence[at + 2]
    known = of in table.kin or table.person(of.removeprefix("ال"))
    return Quantity(2, None, at, at + 3, bounded=True) if known else None


def _group_end(table: Words, sentence: tuple[str, ...], end: int) -> int | None:
    """Give where a further group's noun ends; None where it counts no people, or another kind."""
    if end >= len(sentence):
        return None
    ranks = table.sets["ranks_of"].at(sentence, end)
    if ranks:
        return min(end + ranks + 1, len(sentence))
    if sentence[end] == "من" and end + 1 < len(sentence):
        return None if _is_no_group(table, sentence[end + 1]) else end + 2
    for place in range(end, min(end + (3 if sentence[end].isascii() else 1), len(sentence))):
        word = sentence[place]
        if table.noun_kind(word) or table.person(word):
            told = any(map(table.noun_kind, sentence[place : place + 2]))
            return None if told or table.sets["harmed"].at(sentence, place + 1) else place + 1
        if _is_plural_of_people(table, word):
            return place + 1
    return None


def _is_no_group(table: Words, word: str) -> bool:
    """Tell, after "so many of", things and those whom something else befell: "وعشرات من الجرحى"."""
    things = word.endswith("ات") and word not in table.sets["plural_at"].words
    return things or table.noun_kind(word) is not None


def _is_plural_of_people(table: Words, word: str) -> bool:
    """Tell a sound masculine plural, which few things have: "و6 متدربين"."""
    sound = len(word) > 4 and word.endswith(("ين", "ون")) and not word.isascii()
    return sound and word not in table.sets["plurals_of_things"].words
