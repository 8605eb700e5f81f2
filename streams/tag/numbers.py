"""Quantities in words and digits, Arabic and English, with bounds: a grammar over the match form's words.

PyArabic's text2number sums a whole sentence and knows no duals and no dropped hamza (ARABIC.md 4.4), so the
table is our own: data/numbers.tsv, with the bounding phrases of data/casualties.toml.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from streams.tag.numberwords import (
    ARTICLES,
    CLITICS,
    DIGITS,
    HALVES,
    RANGES,
    NumberWord,
    bounds,
    is_scale,
    lookup,
    may_begin,
    may_follow,
    number_words,
)

_LARGEST = 10**10
_HALF_DUALS = frozenset(["الفا", "مليونا"])
_ANDS = frozenset(["and", "و"])
_RANGE_LINKS = _ANDS | {"الي", "to"}
_ONE_OF = frozenset(["احد", "احدي"])
"""أحد رجال الأمن is one of them, no number."""


class Quantity(NamedTuple):
    """A number of things: `low` and `high` inclusive (None: open); words `[start, end)` of the sentence."""

    low: int | None
    high: int | None
    start: int
    end: int
    bounded: bool = False

    @property
    def exact(self) -> int | None:
        """Give the number where the text states one number and no bound."""
        return self.low if not self.bounded and self.low == self.high else None


def _is_plain(word: str) -> bool:
    return word.isdecimal() and word.isascii() and len(word) < 10


def quantity(words: Sequence[str], at: int) -> Quantity | None:
    """Read the quantity that begins at word `at`, with the bounds before and after it; None if none does."""
    if at >= len(words) or not may_begin(words, at):
        return None
    if _is_plain(words[at]) and (at + 1 == len(words) or not may_follow(words[at + 1])):
        value = int(words[at])
        return Quantity(value, value, at, at + 1)
    number_at, kind = _bound(words, at, "before")
    plain = _range(words, number_at) or _plain(words, number_at)
    if plain is None:
        return None
    after, after_kind = _bound(words, plain.end, "after")
    return _bounded(plain._replace(start=at, end=after), kind or after_kind)


def bounded_after(words: Sequence[str], number: Quantity) -> Quantity:
    """Apply a bound that stands after the counted noun: "5 أشخاص على الأقل"."""
    end, kind = _bound(words, number.end, "after")
    return _bounded(number._replace(end=end), kind)


def _bound(words: Sequence[str], at: int, place: str) -> tuple[int, str]:
    """Give where a bounding phrase at `at` ends and what it says; the longest phrase wins."""
    if at >= len(words):
        return at, ""
    word, table = words[at], bounds(place)
    known = table.get(word, [])
    if len(word) > 3 and word[0] in CLITICS and word[1:] in table:
        known = sorted([*known, *table[word[1:]]], key=lambda one: -len(one[0]))
    for phrase, kind in known:
        if len(phrase) == 1 or tuple(words[at + 1 : at + len(phrase)]) == phrase[1:]:
            return at + len(phrase), kind
    return at, ""


def _bounded(number: Quantity, kind: str) -> Quantity:
    """Apply a bound: at least 5 is 5 and up; up to 5 is 0 to 5; about 30 is 27 to 33."""
    low, high = number.low, number.high
    if kind == "at_least":
        return number._replace(high=None, bounded=True)
    if kind == "at_most":
        return number._replace(low=None, bounded=True)
    if kind == "about" and low is not None and high is not None:
        return number._replace(low=low - -(-low // 10), high=high + -(-high // 10), bounded=True)
    return number


def _range(words: Sequence[str], at: int) -> Quantity | None:
    """Read "between 10 and 15"."""
    at += list(words[at : at + 2]) == ["ما", "بين"]
    if at >= len(words) or words[at] not in RANGES:
        return None
    first = _plain(words, at + 1)
    if first is None or first.end >= len(words):
        return None
    following = first.end + (words[first.end] in _RANGE_LINKS)
    second = _plain(words, following)
    if second is None or first.low is None or second.high is None or first.low > second.high:
        return None
    return Quantity(first.low, second.high, at, second.end, bounded=True)


def _plain(words: Sequence[str], at: int) -> Quantity | None:
    if at >= len(words):
        return None
    digits = DIGITS.match(words[at])
    if digits:
        return _digits(words, at, digits)
    word, _ = lookup(words[at])
    if word is None:
        return _half(words, at) or _article(words, at)
    if word.kind.startswith("vague"):
        return _vague(words, at, word)
    if word.kind == "scale" and words[at].endswith("الاف"):
        return Quantity(2 * word.value, 10 * word.value - 1, at, at + 1, bounded=True)
    return _spoken(words, at)


def _digits(words: Sequence[str], at: int, digits: re.Match[str]) -> Quantity | None:
    """Read a number in digits, with a scale word after it ("3.5 million")."""
    scale = number_words().get(words[at + 1]) if at + 1 < len(words) else None
    if scale and scale.kind == "scale":
        value = round(float(digits[2] + (digits[3] or "")) * scale.value)
        rest = _rest(words, at + 2, scale.value)
        return Quantity(value + rest, value + rest, at, at + 2 + bool(rest))
    if digits[3]:
        return None
    return Quantity(int(digits[2]), int(digits[2]), at, at + 1)


def _rest(words: Sequence[str], at: int, scale: int) -> int:
    """Give what "و900" adds to "37 ألفا"; 0 for a number as large as the scale."""
    found = DIGITS.match(words[at]) if at < len(words) and words[at][0] == "و" else None
    value = int(found[2]) if found and not found[3] else 0
    return value if 100 <= value < scale else 0


def _article(words: Sequence[str], at: int) -> Quantity | None:
    """Read English "a dozen", "a hundred"."""
    if words[at] not in ARTICLES or at + 1 >= len(words):
        return None
    following = number_words().get(words[at + 1])
    if following and following.kind in ("hundred", "scale"):
        return Quantity(following.value, following.value, at, at + 2)
    return None


def _half(words: Sequence[str], at: int) -> Quantity | None:
    """Read "نصف مليون", "half a million"."""
    scaled = at + 1 + (list(words[at + 1 : at + 2]) == ["a"])
    if words[at] not in HALVES or scaled >= len(words) or not is_scale(words[scaled]):
        return None
    value = number_words()[words[scaled]].value // 2
    return Quantity(value, value, at, scaled + 1)


def _vague(words: Sequence[str], at: int, word: NumberWord) -> Quantity:
    """Read "tens", "hundreds", also "tens of thousands": a range, never a number."""
    low, high, end = word.value, int(word.kind.partition(":")[2]), at + 1
    following = end + (list(words[end : end + 1]) == ["of"])
    scale = number_words().get(words[following].removeprefix("ال")) if following < len(words) else None
    if scale and (scale.kind == "scale" or scale.value == 2000):
        factor = 1000 if scale.value <= 2000 else scale.value
        low, high, end = low * factor, high * factor, following + 1
    return Quantity(low, high or None, at, end, bounded=True)


def _spoken(words: Sequence[str], at: int) -> Quantity | None:
    """Read number words: units, teens, tens, hundreds and scales, joined by و."""
    total, group, position = 0, 0, at
    while position < len(words) and total < _LARGEST:
        parted = _is_inner_and(words, position, at)
        position += parted
        word, clitic = lookup(words[position])
        clitic = "و" if parted and not words[position].isascii() else clitic
        if word is None or word.kind.startswith("vague"):
            break
        previous = words[position - 2 if parted else position - 1]
        if position > at and not _continues(word, clitic, words[position], previous):
            break
        total, group = _add(word, clitic, total, group)
        position += 1
    value = total + group
    if position > at and list(words[position : position + 1]) == ["ونصف"] and is_scale(words[position - 1]):
        value += number_words()[words[position - 1]].value // 2
        position += 1 + (position + 1 < len(words) and is_scale(words[position + 1].removeprefix("ال")))
    if position == at + 1 and words[at].lstrip("وف") in _HALF_DUALS and _is_genitive(words, position):
        value *= 2
    one_of = position == at + 1 and words[at].lstrip("وفبل") in _ONE_OF
    known = position > at and 0 < value <= _LARGEST and not one_of
    return Quantity(value, value, at, position) if known else None


def _is_genitive(words: Sequence[str], at: int) -> bool:
    """Tell whether a noun follows that ألفا, without its ن, stands before: ألفا قتيل, not ألفا وخمسة."""
    return at < len(words) and not words[at].endswith("ا") and not words[at].startswith("و")


def _is_inner_and(words: Sequence[str], position: int, at: int) -> bool:
    """Tell whether "and" stands inside a number by itself: "one hundred and twenty", "خمسة و عشرون"."""
    if words[position] not in _ANDS or position == at or position + 1 >= len(words):
        return False
    after = number_words().get(words[position + 1])
    if words[position] == "و":
        return after is not None and not after.kind.startswith("vague")
    before = number_words().get(words[position - 1])
    return before is not None and before.kind == "hundred" and after is not None and after.value < 100


def _continues(word: NumberWord, clitic: str, text: str, previous: str) -> bool:
    """Tell whether a number word goes on: with و, as ten after a unit, as hundred, as scale."""
    before = lookup(previous)[0]
    if text.isascii():
        return word.kind in ("hundred", "scale") or (before is not None and before.kind != "unit")
    if clitic:
        # خمسة وأربعين is one number, أربعين وخمسين and ثلاثة وأربعة are two.
        ends = before is not None and (before.kind == "ten" or before.kind == word.kind == "unit")
        return clitic == "و" and not ends
    return word.kind in ("hundred", "scale") or (
        word.value == 10 and before is not None and before.value < 10
    )


def _add(word: NumberWord, clitic: str, total: int, group: int) -> tuple[int, int]:
    if word.kind == "scale":
        return total + max(group, 1) * word.value, 0
    if word.kind == "dual":
        return total + group + word.value, 0
    if word.kind == "hundred":
        unit = group % 10 if not clitic else 0
        return total, (group - unit) + max(unit, 1) * 100
    return total, group + word.value
