"""Reads the tag stage's tables: knowledge is data, every entry with its source.

A table is read once, from the installed package, on first use; `data_digest` names their state.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from events.identity import digest

TABLES = (
    "casualties.toml",
    "cues.toml",
    "masks.tsv",
    "mediatopics.tsv",
    "numbers.tsv",
    "organisations.tsv",
    "people.tsv",
    "places.tsv",
    "topic_model.tsv",
    "topic_terms.tsv",
)


@cache
def read_text(name: str) -> str:
    """Give the text of one table of the package."""
    return (files("streams.tag") / "data" / name).read_text("utf-8")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Read a TSV table with a header line; lines that start with `#` are notes."""
    lines = [line for line in read_text(name).split("\n") if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:])


@cache
def settings(name: str) -> dict[str, Any]:
    """Read a TOML table."""
    return tomllib.loads(read_text(name))


@cache
def data_digest() -> str:
    """Give a digest of all tables: it changes whenever an entry does."""
    return digest(*(read_text(name) for name in TABLES), size=6)
