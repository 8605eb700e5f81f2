"""Records for a person's eyes: one line each, in columns, coloured where colours can be seen."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from marsad.output import Format, write
from marsad.terminal import cell, clean, has_colour, painted, wide

GAP = "  "
NARROWEST = 20
"""Columns that the last cell keeps on however narrow a terminal."""
WIDEST = 70
"""Columns of the last cell where there is no terminal to fill."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """The fields that may fill a cell, the first that is there; its width (None: what is left); colours."""

    names: tuple[str, ...]
    width: int | None
    colours: Mapping[str, str] = field(default_factory=dict)


RELATIONS = {"new": "green", "revision": "yellow", "copy": "grey", "partial": "cyan"}
SEVERITIES = {"critical": "red", "error": "magenta", "warning": "yellow", "info": "blue"}
STATUSES = {"active": "green", "silent": "yellow", "failing": "red", "blocked": "red", "gone": "grey"}

ARTICLE = (
    Column(("first_seen_at", "published_at", "fetched_at"), 20),
    Column(("relation",), 9, RELATIONS),
    Column(("source_id",), 22),
    Column(("title",), None),
)
STORY = (
    Column(("last_changed_at",), 20),
    Column(("status",), 7, {"open": "green", "merged": "grey"}),
    Column(("counts",), 16),
    Column(("story_id",), 32),
    Column(("title",), None),
)
ALERT = (
    Column(("occurred_at",), 20),
    Column(("severity",), 9, SEVERITIES),
    Column(("rule_name",), 22),
    Column(("reason",), 10),
    Column(("title",), None),
)
FEED = (
    Column(("last_polled_at", "subscribed_at"), 20),
    Column(("status",), 9, STATUSES),
    Column(("source_name", "source_id"), 22),
    Column(("last_error", "feed_url"), None),
)


def layout(value: Mapping[str, Any]) -> tuple[Column, ...] | None:
    """Give the columns for a record by what it holds, None for one of no kind of ours."""
    if "alert_id" in value:
        return ALERT
    if "last_article_id" in value:
        return STORY
    if "feed_url" in value and "status" in value:
        return FEED
    return ARTICLE if "title" in value else None


def row(value: Mapping[str, Any], width: int | None = None, *, colour: bool = False) -> str:
    """Give a record as one harmless line of at most `width` columns (None: as wide as it takes)."""
    chosen = layout(value) or ARTICLE
    told = {**value, "counts": _counts(value), "title": _title(value)}
    taken = sum(one.width + len(GAP) for one in chosen if one.width is not None)
    left = WIDEST if width is None else max(width - taken, NARROWEST)
    return GAP.join(_cell(one, told, left, colour) for one in chosen)


def _cell(column: Column, value: Mapping[str, Any], left: int, colour: bool) -> str:
    text = str(next((value[name] for name in column.names if value.get(name)), ""))
    shown = cell(_time(text), column.width or left)
    return painted(shown, column.colours.get(text)) if colour else shown


def _time(text: str) -> str:
    return f"{text[:10]} {text[11:19]}Z" if _INSTANT.fullmatch(text) else text


def _counts(value: Mapping[str, Any]) -> str:
    """Give a story's counts: articles, sources, independent sources."""
    return " ".join(f"{value.get(name)}{mark}" for name, mark in COUNTS.items() if name in value)


COUNTS = {"articles": "a", "sources": "s", "independent_sources": "i"}


def _title(value: Mapping[str, Any]) -> str:
    into = value.get("merged_into")
    came = value.get("split_from")
    more = f" → {into}" if into else f" ← {came}" if came else ""
    return f"{clean(str(value.get('title') or ''))}{more}"


def article_row(value: Mapping[str, Any]) -> str:
    """Give an article of any stage as one harmless line, for whoever looks at stdout."""
    return row(value, wide(), colour=has_colour())


def article_writer(chosen: Format | None) -> Callable[[bytes], None]:
    """Give what writes an article's JSON to stdout: as it is, unless a table was asked for."""
    if chosen is Format.TABLE:
        return lambda data: write(article_row(orjson.loads(data)))
    from marsad.reading import write_line  # noqa: PLC0415  (aiokafka; not for --help)

    return write_line
