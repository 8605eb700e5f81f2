"""What the cells of a table may hold: numbers that are numbers, flags that mean something, a name."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

_FLAGS = {"places.tsv": "cnsxufto", "people.tsv": "pu", "organisations.tsv": "pu"}
_CLASSES = re.compile(r"unit|ten|hundred|hundreds|scale|dual|vague:[0-9]+")
_KINDS_OF_PLACES = frozenset(["country", "continent", "admin1", "admin2", "city"])


def wrong(table: str, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give what is wrong in a line, each with the cell it is about."""
    if table == "places.tsv":
        yield from _place(cells)
    if table in _FLAGS:
        yield from _named(table, cells)
    if table == "numbers.tsv":
        if not re.fullmatch(r"[1-9][0-9]*", cells["value"]):
            yield cells["word"], f"{cells['value']} is no number"
        if not _CLASSES.fullmatch(cells["class"]):
            yield cells["word"], f"{cells['class']} is no class of number words"
    if table == "topic_terms.tsv" and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cells["weight"]):
        yield cells["topic"], f"{cells['weight']} is no weight"


def _place(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    for column, most in (("lat", 90), ("lon", 180)):
        if not _is_degree(cells[column], most):
            yield cells["id"], f"{column} {cells[column]} is nowhere"
    if not cells["population"].isdecimal():
        yield cells["id"], f"population {cells['population']} is no number"
    if cells["kind"] not in _KINDS_OF_PLACES:
        yield cells["id"], f"{cells['kind']} is no kind of place"
    if not re.fullmatch(r"[A-Z]{2}", cells["country"]) and cells["kind"] != "continent":
        yield cells["id"], f"{cells['country']} is no country's code"


def _is_degree(cell: str, most: int) -> bool:
    return re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", cell) is not None and abs(float(cell)) <= most


def _named(table: str, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    names = [name for name in f"{cells['names_ar']}|{cells['names_en']}".split("|") if name]
    if not names:
        yield cells["id"] or cells["name"], "has no name under which it could be found"
    for written, _, flags in (name.partition("~") for name in names):
        if unknown := set(flags) - set(_FLAGS[table]):
            yield written, f"~{''.join(sorted(unknown))} is no flag"


def doubled(settings: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the words that a list of a TOML table holds twice, each with the list's name."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from doubled(value)
        elif isinstance(value, list):
            yield from _twice(name, [one for one in value if isinstance(one, str)])


def _twice(name: str, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for one, following in pairwise(sorted(words)):
        if one == following:
            yield one, f"stands twice in {name}"
