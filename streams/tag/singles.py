"""Nouns that count themselves: جندي is one, طفلين two, "her parents" two, "a 12-year-old" one."""

from streams.tag.counting import counted_people
from streams.tag.numbers import Quantity, quantity
from streams.tag.tollwords import Words

_ONE_OF = frozenset(["احد", "احدي"])
ONE_OF_THEM = frozenset(["احدهم", "احدهما", "احداهن", "احداهما", "احدهن"])
TWO_TOGETHER = frozenset(["couple", "twins", "parents"])
POSSESSIVES = frozenset(["his", "her", "their"])
_ARTICLES = frozenset(["a", "an", "the"])
_YEARS_OLD = (("year", "old"), ("month", "old"), ("week", "old"), ("day", "old"))
_BOTH = frozenset(["اثنين", "اثنان", "اثنتين", "اثنتان"])


def single(table: Words, sentence: tuple[str, ...], at: int, definite: bool) -> Quantity | None:
    """Read a noun that counts itself: جندي is one, طفلين two, آخرين two or more."""
    if at >= len(sentence):
        return None
    word = sentence[at]
    if word in ("a", "an", "one"):
        return english_one(table, sentence, at)
    if word in table.kin:
        return kin(table, sentence, at)
    if word in POSSESSIVES:
        return _theirs(table, sentence, at)
    return pair_of_words(table, word, sentence[at + 1 : at + 2], at) or _one_word(table, word, at, definite)


def _theirs(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "her brother", "her three children", "his sons" (two or more)."""
    number = quantity(sentence, at + 1)
    if number and sentence[number.end : number.end + 2] in _YEARS_OLD:  # her three-year-old daughter
        aged = _theirs(table, sentence, number.end + 1)
        return aged and aged._replace(start=at)
    if number:
        end = counted_people(table, sentence, number.end)
        return None if end is None or end == number.end else number._replace(start=at, end=end)
    for place in range(at + 1, min(at + 3, len(sentence))):
        if sentence[place] in TWO_TOGETHER:
            return Quantity(2, 2, at, place + 1)
        if sentence[place] in table.one:
            return Quantity(1, 1, at, place + 1)
        if sentence[place] in table.sets["kin_plurals"].words:
            return Quantity(2, None, at, place + 1, bounded=True)
    return None


def pair_of_words(table: Words, word: str, following: tuple[str, ...], at: int) -> Quantity | None:
    """Read "أحد عناصر", "متسلقين اثنين", "رجلا أمن"."""
    if not following:
        return None
    hurt = following[0].startswith("ال") and table.noun_kind(following[0]) is not None
    if word in _ONE_OF and (hurt or table.person(following[0])):
        return Quantity(1, 1, at, at + 2)
    both = following[0] in _BOTH and len(word) > 4 and word.endswith(("ين", "ان"))
    both = both and not table.verb_kind(word)  # وفقدان اثنين
    if both or (word in table.construct[0] and following[0] in table.construct[1]):
        return Quantity(2, 2, at, at + 2)
    return None


def _one_word(table: Words, word: str, at: int, definite: bool) -> Quantity | None:
    """Read "جندي", "أحدهم", "طفلين", "آخرين"."""
    bare = word.removeprefix("ال") if definite and len(word) > 4 else word
    if word in ONE_OF_THEM or (bare in table.one and not word.isascii()):
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
        if sentence[place : place + 2] in _YEARS_OLD:
            return _aged(table, sentence, at, place + 2)
        if sentence[place] in _ARTICLES or table.sets["followers"].at(sentence, place):
            return None
    return None


def _aged(table: Words, sentence: tuple[str, ...], at: int, end: int) -> Quantity | None:
    """Read "a 12-year-old", "a 19-year-old Palestinian student": somebody, with or without a noun."""
    if not table.sets["animals"].words.isdisjoint(word + "s" for word in sentence[end : end + 1]):
        return None
    noun = next(
        (place for place in (end, end + 1) if sentence[place : place + 1] and sentence[place] in table.one),
        None,
    )
    return Quantity(1, 1, at, end if noun is None else noun + 1)
