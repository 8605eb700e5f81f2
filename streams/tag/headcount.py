"""Numbers of people: what a toll counts, with the groups that "and" adds to it.

A number counts only if what it counts are people: a cue word with the nearest number is wrong in one case of
three (ARABIC.md 4.4). Each reader looks a few words ahead, so reading is linear.
"""

from typing import NamedTuple

from streams.tag.numbers import Quantity, bounded_after, quantity
from streams.tag.numberwords import is_number
from streams.tag.tollwords import Words

_FARTHEST_GROUP = 6
_FARTHEST_NUMBER = 9
_ONE_NOUN_FROM, _HUNDRED = 11, 100
_ONE_OF = frozenset(["احد", "احدي"])
_ONE_OF_THEM = frozenset(["احدهم", "احدهما", "احداهن", "احداهما", "احدهن"])
TWO_TOGETHER = frozenset(["couple", "twins"])
_POSSESSIVES = frozenset(["his", "her", "their"])
_BOTH = frozenset(["اثنين", "اثنان", "اثنتين", "اثنتان"])


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


def counted_people(table: Words, sentence: tuple[str, ...], at: int) -> int | None:
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
            while word.isascii() and place + 1 < len(sentence) and table.person(sentence[place + 1]):
                place += 1  # two police officers
            return place + 1
        if place >= len(sentence) or sets["followers"].at(sentence, place) or is_number(sentence[place]):
            break
    if sets["followers"].at(sentence, at) or table.noun_kind(word) or table.verb_kind(word):
        return at
    return at if _glued(word) else None


def _glued(word: str) -> bool:
    """Tell whether a word goes on with "and" or "by" written onto it."""
    return len(word) > 3 and word[0] in "وب" and not word.isascii()


def added(table: Words, sentence: tuple[str, ...], number: Quantity) -> Quantity:
    """Add the groups joined by "and": "3 جنود و5 مسلحين"; what is part of the number already is not added."""
    for _ in range(4):
        more = _joined(table, sentence, number.end)
        if more is None:
            return number
        if _is_one_count(table, sentence, number, more):
            return number._replace(end=more.end)
        low = None if number.low is None or more.low is None else number.low + more.low
        high = None if number.high is None or more.high is None else number.high + more.high
        number = Quantity(low, high, number.start, more.end, number.bounded or more.bounded)
    return number


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
        if sets["ranks_of"].at(sentence, place):
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
        is_number(word[1:])
        and sentence[at + 1 : at + 2] == ("من",)
        and sentence[at + 2 : at + 3] != ()
        and (sentence[at + 2] in table.kin)
    )


def _group(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    number = quantity(sentence, at)
    if number is None:
        return single(table, sentence, at, definite=False)
    end = _group_end(table, sentence, number.end)
    return None if end is None else number._replace(end=end)


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


def single(table: Words, sentence: tuple[str, ...], at: int, definite: bool) -> Quantity | None:
    """Read a noun that counts itself: جندي is one, طفلين two, آخرين two or more."""
    if at >= len(sentence):
        return None
    word = sentence[at]
    if word in ("a", "an", "one"):
        return english_one(table, sentence, at)
    if word in table.kin:
        return kin(table, sentence, at)
    if word in _POSSESSIVES:
        return _theirs(table, sentence, at)
    return _pair_of_words(table, word, sentence[at + 1 : at + 2], at) or _one_word(table, word, at, definite)


def _theirs(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "her brother", "her three children", "his sons" (two or more)."""
    number = quantity(sentence, at + 1)
    if number:
        end = counted_people(table, sentence, number.end)
        return None if end is None or end == number.end else number._replace(start=at, end=end)
    for place in range(at + 1, min(at + 3, len(sentence))):
        if sentence[place] in table.one:
            return Quantity(1, 1, at, place + 1)
        if sentence[place] in table.sets["kin_plurals"].words:
            return Quantity(2, None, at, place + 1, bounded=True)
    return None


def _pair_of_words(table: Words, word: str, following: tuple[str, ...], at: int) -> Quantity | None:
    """Read "أحد عناصر", "متسلقين اثنين", "رجلا أمن"."""
    if not following:
        return None
    if word in _ONE_OF and table.person(following[0]):
        return Quantity(1, 1, at, at + 2)
    both = following[0] in _BOTH and len(word) > 4 and word.endswith(("ين", "ان"))
    if both or (word in table.construct[0] and following[0] in table.construct[1]):
        return Quantity(2, 2, at, at + 2)
    return None


def _one_word(table: Words, word: str, at: int, definite: bool) -> Quantity | None:
    """Read "جندي", "أحدهم", "طفلين", "آخرين"."""
    bare = word.removeprefix("ال") if definite and len(word) > 4 else word
    if word in _ONE_OF_THEM or (bare in table.one and not word.isascii()):
        return Quantity(1, 1, at, at + 1)
    if word in table.two:
        return Quantity(2, 2, at, at + 1)
    if word in table.two_or_more:
        return Quantity(2, None, at, at + 1, bounded=True)
    return None


def kin(table: Words, sentence: tuple[str, ...], at: int) -> Quantity:
    """Read "زوجته" (one), "طفلاها" (two), "أطفاله الثلاثة" (three), "أبنائه" (two or more)."""
    count = table.kin[sentence[at]]
    if count:
        return Quantity(count, count, at, at + 1)
    told = quantity((sentence[at + 1].removeprefix("ال"),), 0) if at + 1 < len(sentence) else None
    if told and told.exact and sentence[at + 1].startswith("ال"):
        return Quantity(told.low, told.high, at, at + 2)
    return Quantity(2, None, at, at + 1, bounded=True)


def english_one(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "a soldier", "one Iraqi policeman"."""
    for place in range(at + 1, min(at + 6, len(sentence))):
        if sentence[place] in TWO_TOGETHER:
            return Quantity(2, 2, at, place + 1)
        if sentence[place] in table.one:
            return Quantity(1, 1, at, place + 1)
        if table.sets["followers"].at(sentence, place):
            return None
    return None
