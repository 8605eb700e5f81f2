"""What is wrong with the tables: doubles, dead entries, names that are words, no source, strange letters.

Reads the tables' text itself and not through `tables.rows`, so that a broken line is a finding with its
number. What is right in spite of a rule stands in `data/accepted.tsv` with the reason; a line there that
accepts nothing is a finding too.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from streams.tag.cells import doubled, wrong
from streams.tag.lexicon import Lexicon, Meaning, leftmost_longest
from streams.tag.tables import TABLES, read_text
from streams.text.fold import match

ACCEPTED = "accepted.tsv"
COMMON = "common.toml"
_MODEL = "topic_model.tsv"
_NAMES = ("places.tsv", "organisations.tsv", "people.tsv")
_IDS = {
    "places.tsv": re.compile(r"geonames:[1-9][0-9]*"),
    "mediatopics.tsv": re.compile(r"medtop:[0-9]{8}"),
    "organisations.tsv": re.compile(r"(Q[1-9][0-9]*)?"),
    "people.tsv": re.compile(r"(Q[1-9][0-9]*)?"),
}
_KINDS = {"places.tsv": "place", "organisations.tsv": "organisation", "people.tsv": "person"}
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_NOT_ARABIC = re.compile(r"[\u0671-\u06d3\u06d5\u06ee-\u06ff]")
_KURDISH = re.compile(r"[ەێۆڵڕڤ]")
_EASTERN, _WESTERN = re.compile(r"[کی]"), re.compile(r"[كيى]")
_PERSIAN_END = re.compile(r"آ[\u0621-\u064a]*ه")


class Finding(NamedTuple):
    """One thing that is wrong, where, and in words."""

    table: str
    line: int
    kind: str
    entry: str
    message: str


class _Name(NamedTuple):
    """One spelling of an entry: as written, its match form, its flags."""

    table: str
    line: int
    row: int
    written: str
    form: str
    flags: str


class _Row(NamedTuple):
    line: int
    cells: dict[str, str]


Read = Callable[[str], str]


def findings(read: Read = read_text) -> list[Finding]:
    """Give all findings, in the order of tables and lines; `read` gives a table's text by its name."""
    found: list[Finding] = []
    texts = {name: _text(name, read, found) for name in (*TABLES, ACCEPTED, COMMON)}
    parsed = {
        name: _parsed(name, texts[name], found) for name in TABLES if name.endswith(".tsv") and name != _MODEL
    }
    found += (one for name in TABLES if name.endswith(".toml") for one in _settings(name, texts[name]))
    for name, rows in parsed.items():
        found += _rows(name, rows)
    names = [one for name in _NAMES for one in _names(name, parsed[name])]
    found += _shared(names)
    found += _words(names, frozenset(map(match, tomllib.loads(texts[COMMON])["words"])))
    found += _letters(parsed)
    found += _terms(parsed)
    found += _numbers(parsed["numbers.tsv"])
    found += _dead(names, parsed)
    return sorted(_without_accepted(found, texts[ACCEPTED]))


def _text(name: str, read: Read, found: list[Finding]) -> str:
    """Read a table; one that is not there, or is no UTF-8, is a finding and reads as empty."""
    try:
        return read(name)
    except (OSError, UnicodeDecodeError) as error:
        found.append(Finding(name, 1, "columns", name, f"cannot be read: {error}"))
        return "words = []" if name == COMMON else ""


def _parsed(name: str, text: str, found: list[Finding]) -> list[_Row]:
    lines = [(at, line) for at, line in enumerate(text.split("\n"), 1) if line and not line.startswith("#")]
    header = lines[0][1].split("\t") if lines else []
    rows = []
    for at, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) == len(header):
            rows.append(_Row(at, dict(zip(header, cells, strict=True))))
        else:
            message = f"{len(cells)} columns, the header has {len(header)}"
            found.append(Finding(name, at, "columns", cells[0], message))
    return rows


def _settings(name: str, text: str) -> Iterator[Finding]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Finding(name, 1, "columns", name, f"no TOML: {error}")
        return
    if not table.get("source"):
        yield Finding(name, 1, "source", name, "says not where it is from")
    yield from (Finding(name, 1, "double", entry, message) for entry, message in doubled(table))


def _rows(name: str, rows: Iterable[_Row]) -> Iterator[Finding]:
    """Check sources, ids and what the cells hold."""
    seen: dict[str, int] = {}
    for line, cells in rows:
        entry = next(iter(cells.values()))
        if not cells.get("source", "").strip():
            yield Finding(name, line, "source", entry, "says not where it is from")
        one = cells.get("id", "")
        yield from (Finding(name, line, "value", about, message) for about, message in wrong(name, cells))
        if name in _IDS and not _IDS[name].fullmatch(one):
            yield Finding(name, line, "id", one, f"is no {_IDS[name].pattern}")
        if one and seen.setdefault(one, line) != line:
            yield Finding(name, line, "id", one, f"is the id of line {seen[one]} too")


def _names(table: str, rows: Iterable[_Row]) -> Iterator[_Name]:
    for number, (line, cells) in enumerate(rows):
        for name in (*cells["names_ar"].split("|"), *cells["names_en"].split("|")):
            written, _, flags = name.partition("~")
            if name:
                yield _Name(table, line, number, written, match(written), flags)


def _shared(names: Iterable[_Name]) -> Iterator[Finding]:
    """Find spellings that stand twice: in one entry, or in two of which neither asks for context."""
    owners: dict[str, list[_Name]] = {}
    for one in names:
        others = owners.setdefault(one.form, [])
        for other in others:
            if (other.table, other.line) == (one.table, one.line):
                yield Finding(
                    one.table, one.line, "double", one.written, f"reads as {other.written}, beside it"
                )
            elif not one.flags and not other.flags:
                where = f"{other.table}:{other.line}"
                yield Finding(one.table, one.line, "shared", one.written, f"is a name in {where} too")
        others.append(one)


def _words(names: Iterable[_Name], common: frozenset[str]) -> Iterator[Finding]:
    for one in names:
        if one.form in common and not one.flags:
            yield Finding(
                one.table, one.line, "common", one.written, "is a common word; a flag asks for context"
            )


def _letters(parsed: dict[str, list[_Row]]) -> Iterator[Finding]:
    for table in _NAMES:
        for line, cells in parsed[table]:
            if _NOT_ARABIC.search(cells["name_ar"]):
                yield Finding(
                    table, line, "letters", cells["name_ar"], "is shown as Arabic and has other letters"
                )
            for name in cells["names_ar"].split("|"):
                written = name.partition("~")[0]
                if message := _strange(written):
                    yield Finding(table, line, "letters", written, message)


def _strange(written: str) -> str | None:
    """Tell what is strange in an Arabic or Kurdish spelling."""
    if written and not _ARABIC.search(written):
        return "stands among the Arabic names and has no Arabic letter"
    if re.search(r"[A-Za-z]", written):
        return "mixes scripts"
    if _EASTERN.search(written) and _WESTERN.search(written) and not _KURDISH.search(written):
        return "mixes Arabic and Persian letters"
    if any(_PERSIAN_END.fullmatch(word) for word in written.split()):
        return "has the madda and the final ه of a Persian spelling"
    return None


def _terms(parsed: dict[str, list[_Row]]) -> Iterator[Finding]:
    """Check that terms name topics in use and stand once for each."""
    known = {cells["id"] for _, cells in parsed["mediatopics.tsv"]}
    seen: dict[tuple[str, str], int] = {}
    for line, cells in parsed["topic_terms.tsv"]:
        topic = cells["topic"]
        if topic not in known and topic != "-":
            yield Finding("topic_terms.tsv", line, "id", topic, "is no topic in use")
        for term in cells["terms"].split("|"):
            key = (topic, match(term))
            if key in seen:
                yield Finding(
                    "topic_terms.tsv", line, "double", term, f"stands for {topic} in line {seen[key]} too"
                )
            seen[key] = line


def _numbers(rows: Iterable[_Row]) -> Iterator[Finding]:
    seen: dict[str, tuple[str, int]] = {}
    for line, cells in rows:
        value, first = seen.setdefault(match(cells["word"]), (cells["value"], line))
        if value != cells["value"]:
            yield Finding("numbers.tsv", line, "double", cells["word"], f"is {value} in line {first}")


def _dead(names: list[_Name], parsed: dict[str, list[_Row]]) -> Iterator[Finding]:
    """Find what is never found: nothing is left of it, it is no word of its own, or another always wins."""
    entries = [(one, Meaning(_KINDS[one.table], one.row, one.flags)) for one in names]
    for table, kind, column in (("masks.tsv", "mask", "phrase"), ("topic_terms.tsv", "term", "terms")):
        for number, (line, cells) in enumerate(parsed[table]):
            for written in cells[column].split("|"):
                entries.append(
                    (_Name(table, line, number, written, match(written), ""), Meaning(kind, number))
                )
    lexicon = Lexicon((one.form, meaning) for one, meaning in entries if one.form)
    for one, meaning in entries:
        if message := _death(lexicon, one, meaning):
            yield Finding(one.table, one.line, "dead", one.written, message)


def _death(lexicon: Lexicon, one: _Name, meaning: Meaning) -> str | None:
    if not one.form:
        return "nothing of it is left in the match form"
    hits = lexicon.find(one.form)
    if not any(meaning in hit.meanings for hit in hits):
        return "is not found where it stands alone"
    if meaning.kind not in ("place", "person", "organisation"):
        return None
    (first, *_) = leftmost_longest(hit for hit in hits if hit.kinds & {*_KINDS.values(), "mask"})
    winners = [other for other in first.meanings if other.kind != meaning.kind and not other.flags]
    if any(other.kind == "mask" for other in winners) and meaning.kind == "place":
        return "a mask of the same words always wins"
    if meaning.kind == "place" and any(other.kind in ("person", "organisation") for other in winners):
        return "a person or an organisation of the same name always wins"
    return None


def _without_accepted(found: list[Finding], text: str) -> list[Finding]:
    bad: list[Finding] = []
    accepted = {
        (r.cells["table"], r.cells["kind"], r.cells["entry"]): r for r in _parsed(ACCEPTED, text, bad)
    }
    used = {(one.table, one.kind, one.entry) for one in found} & accepted.keys()
    for key, (line, cells) in accepted.items():
        if not cells["reason"]:
            bad.append(Finding(ACCEPTED, line, "source", key[2], "accepted without a reason"))
        if key not in used:
            bad.append(Finding(ACCEPTED, line, "stale", key[2], f"nothing of this kind is found in {key[0]}"))
    return [one for one in found if (one.table, one.kind, one.entry) not in used] + bad
