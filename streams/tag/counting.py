"""Whether a number counts people, by the words after it."""

from streams.tag.numberwords import is_number
from streams.tag.tollwords import Words


def counted_people(table: Words, sentence: tuple[str, ...], at: int) -> int | None:
    """Give where the counted noun after a number ends; None where the number does not count people."""
    if at >= len(sentence):
        return at
    sets, word = table.sets, sentence[at]
    if sets["subset"].at(sentence, at) or word == "%" or sets["not_followers"].at(sentence, at):
        return None
    end = _noun_end(table, sentence, at)
    return at if end is None and _is_alone(table, sentence, at) else end


def _noun_end(table: Words, sentence: tuple[str, ...], at: int) -> int | None:
    """Give where a noun of people ends that stands here, or in English up to two words on."""
    word, sets = sentence[at], table.sets
    for ahead in range(3):
        place = at + ahead
        if place < len(sentence) and table.person(sentence[place]) and (ahead == 0 or word.isascii()):
            while word.isascii() and place + 1 < len(sentence) and table.person(sentence[place + 1]):
                place += 1  # two police officers
            return place + 1
        if place >= len(sentence) or sets["followers"].at(sentence, place) or is_number(sentence[place]):
            break
    return None


def _is_alone(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether a bare number of people goes on here: "five in", "three lightly wounded"."""
    word, sets = sentence[at], table.sets
    if word == "of" and _is_of_animals(table, sentence, at + 1):
        return False
    if sets["followers"].at(sentence, at) or (word.isascii() and sets["auxiliaries"].at(sentence, at)):
        return True
    return bool(table.noun_kind(word) or table.verb_kind(word)) or _glued(word)


def _is_of_animals(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "hundreds of sheep", "dozens of stray dogs"."""
    return not table.sets["animals"].words.isdisjoint(sentence[at : at + 2])


def _glued(word: str) -> bool:
    """Tell whether a word goes on with "and" or "by" written onto it."""
    return len(word) > 3 and word[0] in "وب" and not word.isascii()
