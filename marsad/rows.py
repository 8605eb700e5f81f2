"""Articles for a person's eyes: one line each, in columns."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from marsad.output import Format, write
from marsad.terminal import cell

COLUMNS = ((("first_seen_at", "published_at", "fetched_at"), 20), (("relation",), 9), (("source_id",), 22),
           (("title",), 70))  # fmt: skip
"""For each column the fields that may fill it, the first that is there, and its width."""


def article_row(value: Mapping[str, Any]) -> str:
    """Give an article of any stage as one harmless line."""
    return "  ".join(
        cell(str(next((value[name] for name in names if value.get(name)), "")), width)
        for names, width in COLUMNS
    )


def article_writer(chosen: Format | None) -> Callable[[bytes], None]:
    """Give what writes an article's JSON to stdout: as it is, unless a table was asked for."""
    if chosen is Format.TABLE:
        return lambda data: write(article_row(orjson.loads(data)))
    from marsad.reading import write_line  # noqa: PLC0415  (aiokafka; not for --help)

    return write_line
