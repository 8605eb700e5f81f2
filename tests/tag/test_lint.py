"""The lint of the tables: ours have no finding, and each kind of fault is found where it is put in."""

import subprocess
import sys

import pytest

from streams.tag import lint
from streams.tag.lint import Finding, findings
from streams.tag.tables import read_text

SOURCE = "own, 2026-11"
CITY = "geonames:999\tX\tألف\tcity\t{}\t{}\t1.0\t{}\tألف باء\tAlphaville\t" + SOURCE
PLACE = "geonames:{}\tX\t{}\tcity\tIQ\t1.0\t1.0\t5\t{}\t{}\t{}"


def with_line(table: str, line: str) -> list[Finding]:
    """What is found once `line` stands at the end of a table."""

    def read(name: str) -> str:
        return read_text(name) + (line + "\n" if name == table else "")

    return findings(read)


def test_our_tables_have_no_finding() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("table", "line", "kind", "entry"),
    [
        ("people.tsv", "Q1\tA B", "columns", "Q1"),
        ("places.tsv", CITY.format("IQ", "933.3", "5"), "value", "geonames:999"),
        ("places.tsv", CITY.format("XXX", "1.0", "5"), "value", "geonames:999"),
        ("places.tsv", CITY.format("IQ", "1.0", "many"), "value", "geonames:999"),
        ("places.tsv", PLACE.format(999, "", "", "", SOURCE), "value", "geonames:999"),
        ("places.tsv", PLACE.format(999, "ألف", "ألف باء~q", "Alphaville", SOURCE), "value", "ألف باء"),
        ("numbers.tsv", f"ألفباء\tfive\tunit\t{SOURCE}", "value", "ألفباء"),
        ("numbers.tsv", f"ألفباء\t5\tfive\t{SOURCE}", "value", "ألفباء"),
        ("topic_terms.tsv", f"medtop:20000053\tmuch\tألف باء\t{SOURCE}", "value", "medtop:20000053"),
        ("people.tsv", "\tA B\tألف باء\tألف باء\tAleph Beth\t", "source", ""),
        ("people.tsv", f"17\tA B\tألف باء\tألف باء\tAleph Beth\t{SOURCE}", "id", "17"),
        ("people.tsv", f"Q22686\tA B\tألف باء\tألف باء\tAleph Beth\t{SOURCE}", "id", "Q22686"),
        ("people.tsv", f"\tA B\tإلف باء\tألف باء|الف باء\tAleph Beth\t{SOURCE}", "double", "الف باء"),
        ("people.tsv", f"\tA B\tألف\tوزارة الدفاع\tAleph Beth\t{SOURCE}", "shared", "وزارة الدفاع"),
        ("people.tsv", f"\tA B\tألف\tعلي\tAleph Beth\t{SOURCE}", "common", "علي"),
        ("people.tsv", f"\tA B\tألف\t؟!\tAleph Beth\t{SOURCE}", "dead", "؟!"),
        ("places.tsv", PLACE.format(999, "ألف", "آنقره", "Alphaville", SOURCE), "letters", "آنقره"),
        ("places.tsv", PLACE.format(999, "الکوت", "ألفيلا", "Alphaville", SOURCE), "letters", "الکوت"),
        ("places.tsv", PLACE.format(999, "ألف", "كيرکوکيه", "Alphaville", SOURCE), "letters", "كيرکوکيه"),
        ("places.tsv", PLACE.format(999, "ألف", "Alfa", "Alphaville", SOURCE), "letters", "Alfa"),
        ("places.tsv", PLACE.format(94787, "ألف", "ألفيلا", "Alphaville", SOURCE), "id", "geonames:94787"),
        ("places.tsv", PLACE.format(999, "ألف", "ألفيلا", "May", SOURCE), "common", "May"),
        ("places.tsv", PLACE.format(999, "ألف", "وزارة الدفاع", "May~n", SOURCE), "dead", "وزارة الدفاع"),
        ("topic_terms.tsv", f"medtop:20000030\t2\tكلمة ما\t{SOURCE}", "id", "medtop:20000030"),
        ("topic_terms.tsv", f"medtop:20001065\t2\tكُرة القدم\t{SOURCE}", "double", "كُرة القدم"),
        ("numbers.tsv", f"واحد\t2\tunit\t{SOURCE}", "double", "واحد"),
        ("accepted.tsv", f"people.tsv\tdead\tأحد\tbecause\t{SOURCE}", "stale", "أحد"),
    ],
)
def test_each_fault_is_found_where_it_is(table: str, line: str, kind: str, entry: str) -> None:
    found = with_line(table, line)
    assert (table, kind, entry) in {(one.table, one.kind, one.entry) for one in found}
    last = read_text(table).count("\n") + 1
    assert {one.line for one in found if one.table == table} == {last}


def test_what_is_accepted_with_a_reason_is_no_finding() -> None:
    faulty = PLACE.format(999, "ألف", "آلفيله", "Alphaville", SOURCE)
    accepted = f"places.tsv\tletters\tآلفيله\tan old book has it so\t{SOURCE}"
    added = {"places.tsv": faulty, lint.ACCEPTED: accepted}
    assert findings(lambda name: read_text(name) + (added[name] + "\n" if name in added else "")) == []


def test_a_table_that_is_no_toml_is_a_finding() -> None:
    (one,) = findings(lambda name: read_text(name) if name != "cues.toml" else "words = [")
    assert (one.table, one.kind) == ("cues.toml", "columns")


def test_the_command_says_so_in_words_and_as_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "marsad", "dictionaries", "lint", "-o", "json"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"nothing to find fault with" in done.stderr


def test_a_table_that_cannot_be_read_is_a_finding() -> None:
    def read(name: str) -> str:
        if name == "masks.tsv":
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
        if name == "numbers.tsv":
            raise FileNotFoundError(name)
        return read_text(name)

    assert {one.table for one in findings(read) if one.kind == "columns"} == {"masks.tsv", "numbers.tsv"}


def test_a_word_twice_in_a_list_is_a_finding() -> None:
    def read(name: str) -> str:
        return read_text(name).replace('source = "', 'odd = ["one", "two", "one"]\nsource = "', 1)

    doubles = [one for one in findings(read) if (one.table, one.kind) == ("cues.toml", "double")]
    assert [(one.entry, one.message) for one in doubles] == [("one", "stands twice in odd")]
