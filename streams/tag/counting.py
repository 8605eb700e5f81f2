"""Whether a number counts people, by the words after it."""

from streams.tag.numberwords import is_number
from streams.tag.tollwords import Words


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
    if word == "of" and _is_of_animals(table, sentence, at + 1):
        return None
    if sets["followers"].at(sentence, at) or table.noun_kind(word) or table.verb_kind(word):
        return at
    return at if _glued(word) else None


def _is_of_animals(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "hundreds of sheep", "dozens of stray dogs"."""
    return not table.sets["animals"].words.isdisjoint(sentence[at : at + 2])


def _glued(word: str) -> bool:
    """Tell whether a word goes on with "and" or "by" written onto it."""
    return len(word) > 3 and word[0] in "وب" and not word.isascii()
