"""Whom a verb befell: its object, counted, listed or told by "all of them"."""

from streams.tag.headcount import added, is_related, people
from streams.tag.numbers import Quantity, quantity
from streams.tag.participles import is_age, participle
from streams.tag.singles import POSSESSIVES, TWO_TOGETHER, pair_of_words, single
from streams.tag.tollwords import Words

_REACH = 6
_NEAR = 3
_PLURAL_ENDINGS = ("ين", "ون", "ي")
_LONGEST_PHRASE = 7
_ADJECTIVES = frozenset(["ناسفه", "مسلح", "مفخخه", "داعش", "اليوم", "امس"])


def numbered(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "المهاجمين الخمسة", "ركابها الثلاثة": the number stands after its noun, with the article."""
    if at + 1 >= len(sentence) or not sentence[at + 1].startswith("ال"):
        return None
    head, last = sentence[at], at + 1
    number = quantity((sentence[last].removeprefix("ال"),), 0)
    if number is None and sentence[last + 1 : last + 2] and sentence[last + 1].startswith("ال"):
        last += 1  # حراس المبنى الثلاثة
        number = quantity((sentence[last].removeprefix("ال"),), 0)
    known = head in table.kin or table.person(head.removeprefix("ال")) or head.endswith(_PLURAL_ENDINGS)
    if number is None or number.exact is None or not known:
        return None
    return added(table, sentence, number._replace(start=at, end=last + 1))


def unlisted(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "مقتل 12 رساما": what is killed and counted is people, but for animals."""
    number = quantity(sentence, at)
    if number is None or number.low == 0 or number.end >= len(sentence):
        return None
    noun = sentence[number.end]
    if noun.isascii():
        return _plural(table, sentence, number)
    if len(noun) < 4 or noun in table.sets["animals"].words:
        return None
    if table.sets["not_followers"].at(sentence, number.end) or table.sets["subset"].at(sentence, number.end):
        return None
    return added(table, sentence, number._replace(end=number.end + 1))


def _plural(table: Words, sentence: tuple[str, ...], number: Quantity) -> Quantity | None:
    """Read "killed 14 Hezbollah operatives": an English plural, but for animals and things."""
    sets = table.sets
    for place in range(number.end, min(number.end + 2, len(sentence))):
        word = sentence[place]
        if sets["followers"].at(sentence, place) or sets["not_followers"].at(sentence, place):
            return None
        if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
            animal = word in sets["animals"].words
            return None if animal else added(table, sentence, number._replace(end=place + 1))
    return None


def of_them(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "ومقتل 17 منهم": so many of those on board; where no other number of the kind is told."""
    number = quantity(sentence, at)
    if number is None or number.low == 0 or not table.sets["subset"].at(sentence, number.end):
        return None
    return number._replace(end=number.end + 1)


def all_of_them(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "مقتل جميع ركاب الطائرة البالغ عددهم 62"."""
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _stops(table, sentence, place):
            return None
        if sentence[place] in table.sets["count_of_them"].words:
            return people(table, sentence, place + 1)
        if sentence[place] == "وهما":
            return Quantity(2, 2, place, place + 1)  # مقتل من كان بداخلها وهما عنصران
        family = sentence[place] == "من" and table.sets["families"].within(sentence, at, place)
        if family:  # عائلة من ستة أفراد
            return people(table, sentence, place + 1)
    return None


def object_of(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read the object of an active verb: "قتل مسلحون خمسة جنود", "airstrikes killed"."""
    at += _total_since(table, sentence, at)
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _begins_another(table, sentence, place):
            return None
        found = _counted(table, sentence, place) or _alone(table, sentence, at, place)
        if found:
            return found
    return None


def past_phrase(table: Words, sentence: tuple[str, ...], at: int) -> int:
    """Pass over "في الهجوم", "جراء القصف الجوي على البلدة" where whom it befell is told after it."""
    width, itself = table.sets["by_what"].at(sentence, at), table.sets["by_whom"].at(sentence, at)
    if itself:
        width = itself  # بقصف إسرائيلي, على يد داعش
    elif not width or not sentence[at + width :] or not _is_by_what(table, sentence[at + width]):
        return at
    for place in range(at + width + 1, min(at + width + _LONGEST_PHRASE, len(sentence))):
        number = quantity(sentence, place)
        if number and _is_whom(table, sentence[number.end : number.end + 1]):
            return place
        if sentence[place] in table.one or (sentence[place] in table.two and sentence[place].endswith("ان")):
            return place
        linked = sentence[place].startswith("ال") or table.sets["phrase_links"].at(sentence, place - 1)
        if not linked and not (itself and _is_adjective(table, sentence[place])):
            return at
    return at


def _is_whom(table: Words, following: tuple[str, ...]) -> bool:
    """Tell whether a number ends a sentence or counts people: "خمسة", "خمسة مدنيين", "ستة من أبناء"."""
    return following in ((), ("من",)) or table.person(following[0])


def _is_adjective(table: Words, word: str) -> bool:
    """Tell "إسرائيلي", "مجهولين", "ناسفة" from a verb that says who did it: "بهجوم نفذه ثلاثة"."""
    return word.endswith(("ي", "يه", "ين")) or word in _ADJECTIVES or _is_by_what(table, word)


def _is_by_what(table: Words, word: str) -> bool:
    bare = word.removeprefix("ال")
    return bare in table.sets["means"].words or bare in table.sets["events"].words


def _begins_another(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell a further group or verb: of the dead and the wounded, or of those who were arrested or fled."""
    fate = table.sets["other_fates"].within(sentence, at, at + 1)
    return fate or sentence[at] == "and" or _stops(table, sentence, at)


def _counted(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "خمسة جنود", "12 من أبنائها"."""
    number = quantity(sentence, at)
    if number and number.end < len(sentence) and table.person(sentence[number.end]):
        return added(table, sentence, number._replace(end=number.end + 1))
    if number and _is_of_people(table, sentence, number.end):
        return added(table, sentence, number._replace(end=number.end + 2))
    return None


def _alone(table: Words, sentence: tuple[str, ...], at: int, place: int) -> Quantity | None:
    """Read one person as object where the sentence tells by what, or lists more: "kills mother, two sons"."""
    pair = _pair(table, sentence, place, near=place < at + _NEAR)
    if pair:
        return added(table, sentence, pair)
    if sentence[place] == "اما" and not is_related(table, sentence, place + 1):
        return None  # as for, unless "تقتل أما وأطفالها"
    if sentence[place] not in table.one or not _is_object(table, sentence, at, place):
        return None
    by_what = table.tells_by_what(sentence) or sentence[at - 1] in table.sets["today"].words
    if sentence[place - 1] in POSSESSIVES:
        told = single(table, sentence, place - 1, definite=False)
        return added(table, sentence, told) if told and by_what else None
    if by_what or people(table, sentence, place + 1):
        return _listed(table, sentence, place)  # تقتل قياديا واثنين من مرافقيه
    return None


def _pair(table: Words, sentence: tuple[str, ...], at: int, near: bool) -> Quantity | None:
    """Read "انتحاريين اثنين", "جنديين", "a couple"."""
    if sentence[at] in TWO_TOGETHER:
        return Quantity(2, 2, at, at + 1) if near else None
    if not sentence[at].endswith("ين"):
        return None
    pair = pair_of_words(table, sentence[at], sentence[at + 1 : at + 2], at)
    if pair and pair.low != 1:
        return pair
    return Quantity(2, 2, at, at + 1) if sentence[at] in table.two else None


def _is_object(table: Words, sentence: tuple[str, ...], at: int, place: int) -> bool:
    """Tell an object from a subject: an Arabic accusative, in English what follows the verb at once."""
    if not sentence[place].isascii():
        return sentence[place].endswith("ا")
    between = range(at, place)
    return place < at + _NEAR or not any(table.sets["followers"].at(sentence, word) for word in between)


def _listed(table: Words, sentence: tuple[str, ...], at: int) -> Quantity:
    """Read one person and who is listed with him: "kills mother, four children"."""
    more = people(table, sentence, at + 1)
    aged = is_age(sentence, at + 1) and more is not None and more.end == at + 2
    if more and more.exact and not aged and not participle(table, sentence, more.end)[0]:
        return Quantity(1 + more.exact, 1 + more.exact, at, more.end)
    return added(table, sentence, Quantity(1, 1, at, at + 1))


def _total_since(table: Words, sentence: tuple[str, ...], at: int) -> int:
    """Give how many words tell since when a running total counts: "وقتل منذ مطلع الشهر 52 شخصا"."""
    width = table.sets["cumulative"].at(sentence, at)
    return 0 if sentence[at : at + 1] != ("منذ",) or width < len(("منذ", "مطلع")) else width


def _is_of_people(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "من أبنائها", "من الجنود": those of whom so many were killed."""
    if at + 1 >= len(sentence) or sentence[at] != "من":
        return False
    return sentence[at + 1] in table.kin or table.person(sentence[at + 1].removeprefix("ال"))


def _stops(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    return bool(table.verbs_tell(sentence[at]))
