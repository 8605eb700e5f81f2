"""Words of the match form as dedupe compares them: digests, light stems, numbers by value.

The tables stand in `data/facts.toml` and `data/places.txt` and are read once.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple
from zlib import crc32

# Larkey's light10 prefixes with the pairs that news uses; ARABIC.md 3.3 measures what they bring.
_PREFIXES = ("وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_MIN_REST = 3


class Word(NamedTuple):
    """A word's digest and, where it carries meaning, its stem and the stem's digest (else "" and 0)."""

    digest: int
    stem: str
    stem_digest: int


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
    names: frozenset[str]
    places: frozenset[str]


@cache
def tables() -> Tables:
    """Read the tables that ship with this stage."""
    data = resources.files("streams.dedupe") / "data"
    facts = tomllib.loads((data / "facts.toml").read_text(encoding="utf-8"))
    lines = (data / "places.txt").read_text(encoding="utf-8").splitlines()
    numbers, contrary = facts["numbers"], facts["contrary"]
    cues = _words(facts["name_cues"], "words")
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
        names=frozenset(map(_strip, facts["given_names"]["words"].split())),
        places=frozenset(_strip(line) for line in lines if not line.startswith("#")),
    )


def _words(table: dict[str, Any], *fields: str) -> frozenset[str]:
    return frozenset(word for field in fields for word in table[field].split())


def _values(text: str) -> dict[str, int]:
    rows = (row.split() for row in text.split("|"))
    return {word: int(row[0]) for row in rows for word in row[1:]}


def _strip(word: str) -> str:
    """Cut one light prefix of an Arabic word if three letters stay: و and ال do not make another word."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _MIN_REST:
            return word[len(prefix) :]
    return word


@lru_cache(maxsize=1 << 17)
def word(text: str) -> Word:
    """Give what is compared of one word of the match form."""
    digest = crc32(text.encode("utf-8", "surrogatepass"))
    listed = tables()
    if text in listed.function or len(text) < 2:
        return Word(digest, "", 0)
    stem = listed.months.get(text) or _strip(text)
    if stem in listed.function:
        return Word(digest, "", 0)
    return Word(digest, stem, crc32(stem.encode("utf-8", "surrogatepass")) or 1)


def words_of(match_form: str, limit: int) -> list[str]:
    """Give the first `limit` words of a match form."""
    return match_form.split(None, limit)[:limit]


def with_values(words: Iterable[str]) -> list[str]:
    """Write number words as digits: "خمسه وعشرين" is "25", "seven thousand" is "7000"."""
    out: list[str] = []
    total = group = 0
    for text in words:
        value, scale, joined = _value(text)
        if scale and (group or not total):
            total, group = total + max(group, 1) * scale, 0
        elif value and group and (joined or _continues(group, value)):
            group = group * 100 if value == 100 and group < 10 else group + value
        else:
            _flush(out, total + group)
            total, group = 0, value
            if not value:
                out.append(text)
    _flush(out, total + group)
    return out


def _flush(out: list[str], value: int) -> None:
    if value:
        out.append(str(value))


def _continues(group: int, value: int) -> bool:
    return value < 10 <= group < 100 or (value == 100 and group < 10)


def _value(text: str) -> tuple[int, int, bool]:
    """Give (value, scale, whether it is joined to the number before by a leading و)."""
    listed = tables()
    joined = text.startswith("و") and text not in listed.units
    bare = text[1:] if joined else text
    if bare in listed.scales:
        return 0, listed.scales[bare], joined
    if bare.isdigit() and bare.isascii() and len(bare) < 7 and not joined:
        return int(bare), 0, False
    return listed.units.get(bare, 0), 0, joined


@lru_cache(maxsize=1 << 14)
def is_figure(text: str) -> bool:
    """Whether a word (number words already written as digits) is a number."""
    return text[:1].isdigit()
