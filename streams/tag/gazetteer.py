"""The table of places, data/places.tsv: rows with GeoNames ids, and the names under which each is known.

Flags of a name in data/places.tsv:
none  always a place
c     with a kind of place or a locative before it, beside another place, or where its country is named
n     (also a person's name or a word) the same without the country
s     only after a kind of place (حي, قضاء, …), or joined by "and" to a place of a country that is spoken of
x     only in this spelling: جدة, never جده "his grandfather"
u     only in capitals: US, never us
f     a football club's city: not in an article about football
t     two places share it, told apart by the country spoken of; for the lint, no context is asked for
o     another thing too (Oman, floods), and a place all the same; for the lint
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from streams.tag.lexicon import Meaning
from streams.tag.tables import rows
from streams.text.fold import match


class Row(NamedTuple):
    """One place of the table; `spellings` are the names that count in this spelling alone (flag x)."""

    id: str
    name: str
    name_ar: str | None
    kind: str
    country: str
    lat: float
    lon: float
    population: int
    spellings: frozenset[str]


@cache
def table() -> tuple[Row, ...]:
    """Give the places, read once."""
    return tuple(_row(row) for row in rows("places.tsv"))


def _row(row: dict[str, str]) -> Row:
    exact = frozenset(name for name, flags in _names(row) if "x" in flags)
    position = float(row["lat"]), float(row["lon"])
    return Row(
        row["id"], row["name"], row["name_ar"] or None, row["kind"], row["country"], *position,
        int(row["population"]), exact,
    )  # fmt: skip


def _names(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give each name of a row with its flags: `جدة~x` is جدة, x."""
    for name in (*row["names_ar"].split("|"), *row["names_en"].split("|")):
        written, _, flags = name.partition("~")
        if written:
            yield written, flags


def spellings(name: str) -> frozenset[str]:
    """Give the match forms of a name: Sorani keeps its ە, which other text folds to ه."""
    return frozenset((match(name), match(name, "ckb")))


def table_names() -> Iterable[list[str]]:
    """Give the names of each place, without their flags."""
    return ([name for name, _ in _names(row)] for row in rows("places.tsv"))


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of all places."""
    for number, row in enumerate(rows("places.tsv")):
        for name, flags in _names(row):
            yield from ((form, Meaning("place", number, flags)) for form in spellings(name))
