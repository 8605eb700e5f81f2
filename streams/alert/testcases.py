"""The test cases of a rules file: articles as a feed would bring them, and the alerts that must come."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.rejected import Rejected
from events.times import parse_instant, wire_time
from streams.alert.faults import Place
from streams.alert.reading import Reading, duration_ms
from streams.alert.yamltree import Keys, Tree

ARTICLE_KEYS = ("title", "text", "source", "source_name", "url", "id", "lang", "at", "published_at")
EXPECTED_KEYS = (
    "rule",
    "article",
    "reason",
    "severity",
    "group",
    "page",
    "deliver_after",
    "annotations",
    "labels",
)
CASE_KEYS = ("name", "articles", "alerts")
MAX_ARTICLES = 200
BEGIN = "2026-01-05T09:00:00.000Z"
"""When a test's first article is fetched, unless it says so itself; the next ones follow minute by minute."""
_AFTER = re.compile(r"\+ ?([0-9smhd]+)")


@dataclass(frozen=True, slots=True)
class Expected:
    """One alert that must come: the fields that are named must be so."""

    place: Place
    fields: dict[str, object]


@dataclass(slots=True)
class Case:
    """One test: raw articles (plain JSON values) in the order of their fetching."""

    name: str
    place: Place
    articles: list[dict[str, str]] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)


def read_cases(reading: Reading, tree: Tree) -> list[Case]:
    """Read the list under `tests:`."""
    cases = []
    for number, item in enumerate(reading.items(tree, "tests"), 1):
        keys = reading.keys(item, "a test")
        if keys is None:
            continue
        reading.known(keys, CASE_KEYS, "a test")
        name = reading.text(keys.entries["name"][1], "name", 200) if "name" in keys.entries else None
        case = Case(name or f"test {number}", keys.place)
        for key in ("articles", "alerts"):
            if key not in keys.entries:
                reading.fault(
                    keys.place, f"the test has no {key!r}" + (" (write [] for none)" * (key == "alerts"))
                )
        if "articles" in keys.entries:
            case.articles = _articles(reading, keys.entries["articles"][1])
        if "alerts" in keys.entries:
            case.expected = _expected(reading, keys.entries["alerts"][1])
        cases.append(case)
    return cases


def _articles(reading: Reading, tree: Tree) -> list[dict[str, str]]:
    items = reading.items(tree, "articles")
    if len(items) > MAX_ARTICLES:
        reading.fault(tree.place, f"more than {MAX_ARTICLES} articles")
        return []
    found, at = [], parse_instant(BEGIN) - timedelta(minutes=1)
    for number, item in enumerate(items, 1):
        keys = reading.keys(item, "an article")
        if keys is None:
            continue
        reading.known(keys, ARTICLE_KEYS, "an article")
        read = {name: reading.text(one, name, 100_000) or "" for name, (_, one) in keys.entries.items()}
        at = _time(reading, keys, at)
        found.append(_raw(read, number, at))
    return found


def _time(reading: Reading, keys: Keys, before: datetime) -> datetime:
    """Give when an article is fetched: as it says, `+10m` after the one before, else a minute after it."""
    if "at" not in keys.entries:
        return before + timedelta(minutes=1)
    tree = keys.entries["at"][1]

    def read(text: str) -> datetime:
        after = _AFTER.fullmatch(text)
        if after:
            return before + timedelta(milliseconds=duration_ms(after[1]))
        try:
            return parse_instant(text, "at")
        except Rejected as error:
            raise ValueError(f"{text[:40]!r} is neither a time (2026-01-05T09:00:00Z) nor +10m") from error

    return reading.told(tree, "at", read) or before


def _raw(read: dict[str, str], number: int, at: datetime) -> dict[str, str]:
    source = read.get("source") or "test"
    page = read.get("id") or str(number)
    return {
        "source_id": source,
        "source_name": read.get("source_name") or source,
        "url": read.get("url") or f"https://{re.sub('[^A-Za-z0-9.-]', '-', source)}.example/{page}",
        "title": read.get("title", ""),
        "content_text": read.get("text", ""),
        "fetched_at": wire_time(at),
        **({"lang": read["lang"]} if read.get("lang") else {}),
        **({"published_at": read["published_at"]} if read.get("published_at") else {}),
    }


def _expected(reading: Reading, tree: Tree) -> list[Expected]:
    found = []
    for item in reading.items(tree, "alerts"):
        keys = reading.keys(item, "an alert")
        if keys is None:
            continue
        reading.known(keys, EXPECTED_KEYS, "an alert")
        fields: dict[str, object] = {}
        for name, (_, one) in keys.entries.items():
            if name in ("article", "page"):
                fields[name] = reading.whole(one, name, 1, 10_000)
            elif name in ("annotations", "labels"):
                pairs = reading.keys(one, name)
                entries = pairs.entries.items() if pairs else ()
                fields[name] = {key: reading.text(value, key, 4_000) for key, (_, value) in entries}
            else:
                fields[name] = reading.text(one, name, 4_000)
        found.append(Expected(keys.place, fields))
    return found
