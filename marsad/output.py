"""What goes out: data to stdout, as JSON lines or a table; words for the person to stderr."""

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import orjson

from marsad.terminal import FIRST_STRONG_ISOLATE, POP_ISOLATE, clean


class Format(StrEnum):
    """How data is shown."""

    JSON = "json"
    TABLE = "table"


def say(text: str) -> None:
    """Say something on stderr; each line of it harmless, whatever it quotes."""
    for line in text.splitlines():
        # The tail of Kafka's log comes indented, and stays so.
        indent = line[: len(line) - len(line.lstrip(" "))]
        print(indent + clean(line), file=sys.stderr, flush=True)  # noqa: T201


def write(line: str) -> None:
    """Write a line of data to stdout, and let go of it at once: somebody may be waiting for it."""
    print(line, flush=True)  # noqa: T201


def emit(rows: Iterable[Mapping[str, Any]], chosen: Format | None) -> None:
    """Write rows as JSON lines, or as a table where asked for or where stdout is a terminal."""
    if chosen is Format.JSON or (chosen is None and not sys.stdout.isatty()):
        for row in rows:
            write(orjson.dumps(row, default=str).decode())
        return
    _table(list(rows))


def write_document(document: Mapping[str, Any], chosen: Format | None) -> None:
    """Write one object: on one line where JSON was asked for, else over many, for people and for files."""
    style = orjson.OPT_INDENT_2 if chosen is not Format.JSON else 0
    write(orjson.dumps(document, option=style).decode())


def _table(rows: list[Mapping[str, Any]]) -> None:
    if not rows:
        return
    from rich.console import Console  # noqa: PLC0415  (40 ms, and only tables need it)
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")  # a position or an address that is cut cannot be copied
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    # Into a pipe each row is one line, as wide as it is: people grep it.
    width = None if sys.stdout.isatty() else 10_000
    console = Console(markup=False, highlight=False, width=width)
    console.print(table)


def _cell(value: Any) -> str:
    text = "" if value is None else clean(value if isinstance(value, str) else orjson.dumps(value).decode())
    # Isolated, so that an Arabic cell does not turn its neighbours round.
    return text if text.isascii() else f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
