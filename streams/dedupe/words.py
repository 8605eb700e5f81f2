"""Words of the match form as dedupe compares them: digests, light stems, numbers by value.

The tables stand in `data/facts.toml` and `data/places.txt` and are read once.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple, TypeVar, cast
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

V = TypeVar("V")

MAX_WORDS = 6_000
"""Words of a text that are compared; what lies beyond is known by its digest alone."""

# Larkey's light10 prefixes with the pairs that news uses; ARABIC.md 3.3 measures what they bring.
_PREFIX = re.compile("(?:وال|بال|فال|كال|ولل|لل|ال|و|ب|ل|ف|ك)(?=...)", re.DOTALL)
_MIN_NUMBER = 4
_LONGEST = 7
"""Digits of a number that others are added to; longer ones are names of things."""
_MEMO_SIZE = 1 << 16
_LONG_NUMBER = 5
_FIGURE = re.compile(r"[وبلفك]?([0-9]+(?:\.[0-9]+)*)[^\W\d_]{0,3}")


class Word(NamedTuple):
    """A word's digest (upper 32 bits) and its stem's (lower), and the stem; 0 and "" for function words."""

    code: int
    stem: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The word lists by which facts are told from phrasing."""

    function: frozenset[str]
    months: dict[str, str]
    units: dict[str, int]
    scales: dict[str, int]
    contrary: tuple[tuple[str, str], ...]
    negations: frozenset[str]
    withdrawn: tuple[str, ...]
    cues: frozenset[str]
    office: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    facts: frozenset[str]
    """Names and places: facts wherever they stand."""
    place_names: dict[str, str]
    """Each of `places` as the table writes it, by its stem."""


@cache
def tables() -> Tables:
    """Read the tables that ship with this stage."""
    data = resources.files("streams.dedupe") / "data"
    facts = tomllib.loads((data / "facts.toml").read_text(encoding="utf-8"))
    lines = (data / "places.txt").read_text(encoding="utf-8").splitlines()
    named = {_strip(line): line for line in reversed(lines) if line and not line.startswith("#")}
    numbers, contrary = facts["numbers"], facts["contrary"]
    cues = _words(facts["name_cues"], "words")
    names, places = frozenset(map(_strip, facts["given_names"]["words"].split())), frozenset(named)
    return Tables(
        function=_words(facts["function_words"], "ar", "en"),
        months={
            name: f"m{n}" for n, names in enumerate(facts["months"]["names"], 1) for name in names.split()
        },
        units=_values(numbers["units"]) | dict.fromkeys(numbers["pairs"].split(), 2),
        scales=_values(numbers["scales"]),
        contrary=tuple((left, right) for left, right in map(str.split, contrary["pairs"])),
        negations=frozenset(contrary["negations"].split()),
        withdrawn=tuple(facts["withdrawn"]["phrases"]),
        cues=cues | frozenset(map(_strip, cues)),
        office=frozenset(map(_strip, _words(facts["office"], "words"))),
        names=names,
        places=places,
        facts=names | places,
        place_names=named,
    )


def _words(table: dict[str, Any], *fields: str) -> frozenset[str]:
    return frozenset(word for field in fields for word in table[field].split())


def _values(text: str) -> dict[str, int]:
    rows = (row.split() for row in text.split("|"))
    return {word: int(row[0]) for row in rows for word in row[1:]}


def _strip(word: str) -> str:
    """Cut one light prefix of an Arabic word if three letters stay: و and ال do not make another word."""
    prefix = _PREFIX.match(word)
    return word[prefix.end() :] if prefix else word


class Memo(dict[str, V]):
    """What `make` gives for words already looked at; news repeats them, so that most take one look-up.

    Long numbers are not kept: words come to an end, numbers do not (docs/2026-11-22-soak.md).
    """

    def __init__(self, make: Callable[[str], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> V:
        made = self._make(text)
        if len(text) < _LONG_NUMBER or not (text[0].isdigit() or text[-1].isdigit()):
            if len(self) >= _MEMO_SIZE:
                self.clear()
            self[text] = made
        return made


def word(text: str) -> Word:
    """Give what is compared of one word of the match form."""
    return _WORDS[text]


def codes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Give each word's digest in the upper and its stem's digest in the lower half."""
    return np.frombuffer(b"".join(map(_CODES.__getitem__, words)), "<u8")


def _word(text: str) -> Word:
    stem = _stem(text)
    return Word(_code(text, stem), stem)


def _code(text: str, stem: str) -> int:
    code = crc32(text.encode("utf-8", "surrogatepass")) << 32
    return code | (crc32(stem.encode("utf-8", "surrogatepass")) or 1) if stem else code


def _stem(text: str) -> str:
    """Give the light stem of a word, of a month its sign, of a number itself; of function words nothing."""
    if len(text) < 2:
        return ""
    if text.isdigit():
        return text
    listed = tables()
    stem = listed.months.get(text) or _strip(text)
    return "" if text in listed.function or stem in listed.function else stem


@lru_cache(
    maxsize=16
)  # its runs, its terms and its facts ask for the words of an article, and all read them alone
def words_of(match_form: str, limit: int) -> Sequence[str]:
    """Give the first `limit` words of a match form."""
    return match_form.split(None, limit)[:limit]


def with_values(words: Iterable[str]) -> list[str]:
    """Write numbers by their digits: "خمسه وعشرين" is "25", "7 الاف" is "7000", "1436ه" is "1436".

    Grouping and decimal points fall away ("1.489" and "1489" are written for the same number); a number with
    a letter inside ("12ر49", a decimal comma of Arabic typewriters) is left as it is.
    """
    words = list(words)
    shown = [*map(_PLAIN.__getitem__, words)]
    for start, end in stretches(shown):
        shown[start:end] = valued(words[start:end])
    return cast(list[str], shown)


def stretches(shown: list[str | None]) -> list[tuple[int, int]]:
    """Give (first, one past the last) of each stretch of None, the last one first: so it may be replaced."""
    found: list[tuple[int, int]] = []
    at = -1
    for _ in range(shown.count(None)):
        at = shown.index(None, at + 1)
        start = found.pop()[0] if found and found[-1][1] == at else at
        found.append((start, at + 1))
    return found[::-1]


def valued(numbers: Sequence[str]) -> list[str]:
    """Give a stretch of number words by their digits."""
    if len(numbers) == 1 and is_figure(numbers[0]):
        return [plain_figure(numbers[0])]
    out: list[str] = []
    total = group = 0
    last = ""
    for text in numbers:
        value, scale, joined, shown = _NUMBERS[text]
        if scale and (group or not total):
            total, group = total + max(group, 1) * scale, 0
        elif value and total and not group and joined:
            group = value  # ثلاثه الاف وميتي
        elif value and group and (joined or _continues(group, value)):
            group = group * 100 if value == 100 and group < 10 else group + value
        else:
            out.extend(_told(total + group, last))
            total, group = 0, value
            if not value:
                out.append(shown or text)
        last = text
    out.extend(_told(total + group, last))
    return out


def _told(number: int, last: str) -> tuple[str, ...]:
    """Give a number by its digits; a lone احد or احدي is "anyone" or "one of", and no number."""
    return (str(number) if number != 1 else last.lstrip("0") or "1",) if number else ()


def _continues(group: int, value: int) -> bool:
    tens_and_units = value < 10 <= group < 100
    teens = value == 10 and 0 < group % 100 < 10  # خمسه عشر, ميه وخمسه عشر
    return tens_and_units or teens or (value == 100 and group < 10)


class _Number(NamedTuple):
    """A number word's value or scale, whether a leading و joins it to the number before; or mere digits."""

    value: int = 0
    scale: int = 0
    joined: bool = False
    shown: str = ""


_NO_NUMBER = _Number()


def _number(text: str) -> _Number:
    if is_figure(text):
        value = int(text) if len(text) < _LONGEST else 0
        return _Number(value) if value else _Number(shown=plain_figure(text))
    listed = tables()
    joined = text.startswith("و") and text not in listed.units
    bare = text[1:] if joined else text
    if len(bare) > _MIN_NUMBER and bare[0] in "بلفك" and bare[1:] in listed.units:
        bare = bare[1:]  # باربعميه; short ones are other words (لست, بست)
    if bare in listed.scales:
        return _Number(scale=listed.scales[bare], joined=joined)
    if bare in listed.units:
        return _Number(listed.units[bare], joined=joined)
    if is_figure(bare) and len(bare) < _LONGEST and int(bare):
        return _Number(int(bare))
    found = _FIGURE.fullmatch(text)
    return _Number(shown=found[1].replace(".", "").lstrip("0") or "0") if found else _NO_NUMBER


def is_figure(text: str) -> bool:
    """Whether a word (as `with_values` gives it) is a number."""
    return text.isdigit() and text.isascii()


def plain_figure(text: str) -> str:
    """Give a number without the zeros before it."""
    return text.lstrip("0") or "0"


_WORDS = Memo(_word)
_CODES = Memo(lambda text: _code(text, _stem(text)).to_bytes(8, "little"))
"""The codes alone, as bytes that are joined and read at once: the longest loop of this stage."""
_NUMBERS = Memo(_number)


def is_number_word(text: str) -> bool:
    """Whether a word of the match form is a number, or a part of one."""
    return is_figure(text) or _NUMBERS[text] is not _NO_NUMBER


_PLAIN: Memo[str | None] = Memo(lambda text: None if is_number_word(text) else text)
