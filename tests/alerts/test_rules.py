"""Rules files: every fault with line and column, hostile ones refused at once, test cases."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from events.wire import encode
from streams.alert import read_rules
from tests.alerts.making import event, raw, rules

BAD = """\
rules:
  - id: blast
    query: انفجار
    severty: high
  - id: blast
    query: 'انفجار AND (killed:>5'
    severity: hi
    window: 5x
    count: yes
    group_by: [stroy]
  - query: >-
      انفجار
      AND plase:الموصل
    id: folded
    labels: {"a b": x, severity: y}
    annotations: {summary: "\\u0627 {titel}", b: "{"}
    quiet_hours: {from: 25:00, timezone: Mars/X}
    throttle: 0 per 1h
  - nonsense
  - id: [1]
    query: {a: b}
tests:
  - articles: [{title: a, at: x}]
rulez: []
"""
PLACES = [
    "4:5", "6:34", "7:15", "8:13", "9:12", "10:16", "13:11", "15:14", "15:24", "16:36", "16:50", "17:18",
    "17:25",
    "17:42", "18:15", "19:5", "20:9", "21:12", "23:5", "23:31", "24:1",
]  # fmt: skip


def test_every_fault_is_told_with_its_place() -> None:
    found = read_rules(BAD)
    assert [f"{fault.place.line}:{fault.place.column}" for fault in found.errors] == PLACES


HOSTILE = {
    "": "1:1", "[]": "1:1", "rules": "1:1", "rules: 5": "1:8", "a: &x 1\nb: *x": "1:4", "b: *x": "1:4",
    "a: !!python/object/apply:os.system [id]": "1:4", "a: 1\na: 2": "2:1", "--- {}\n--- {}": "2:1",
    "[" * 100_000: "1:13", "{a: " * 5_000: "1:49", "? [a]\n: b": "1:3", 'a: "': "1:5", "a: \x00": "1:4",
    "a: \x07": "1:4",
    "<<: {rules: []}": "1:1", "a: b: c": "1:5", "\ud800": "1:1", "rules: [{}]": "1:9",
    "rules:\n- id: a\n  query: b\n  query: c": "4:3", "%TAG ! tag:x,2026:\n--- !y {}": "2:5",
}  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: repr(source[:20]))
def test_hostile_files_are_refused_with_a_place(source: str) -> None:
    first = read_rules(source).errors[0].place
    assert f"{first.line}:{first.column}" == HOSTILE[source]


def test_an_alias_bomb_costs_nothing() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
    )
    assert [str(fault) for fault in read_rules(bomb).faults] == ["1:4: error: anchors (&a) are not taken"]


def test_a_bad_rule_does_not_take_the_good_ones_along() -> None:
    found = read_rules("rules:\n- {id: a, query: x}\n- {id: b, query: '('}\n- {id: c, query: y}")
    assert [rule.rule_id for rule in found.rules] == ["a", "c"]


def test_version_is_what_the_rule_says() -> None:
    one, same, other = (rules(f"rules:\n- {{id: a, query: {query}}}")[0] for query in ("x", "x", "y"))
    assert one == same
    assert one.version != other.version


def marsad(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "marsad", *arguments], capture_output=True, text=True, check=False
    )


def test_lint_tells_file_line_and_column(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.yaml", tmp_path / "good.yaml"
    bad.write_text(BAD)
    good.write_text("rules:\n- {id: a, query: x أو y}")
    done = marsad("rules", "lint", str(bad), str(good))
    assert done.returncode == 3
    assert f"{bad}:6:34: error: query: the query ends too early" in done.stdout
    assert f"{good}:2:20: warning: query: 'أو' is a word here" in done.stdout
    assert "Traceback" not in done.stderr
    assert marsad("rules", "lint", str(good)).returncode == 0
    assert marsad("rules", "lint", str(tmp_path / "none.yaml")).returncode == 2
    bad.write_bytes(b"rules:\n- id: \xff\xfe")
    assert f"{bad}:2:7: error: not UTF-8" in marsad("rules", "lint", str(bad)).stdout


CASES = """
rules:
  - id: blast
    query: انفجار killed:>=3
tests:
  - name: the toll rises
    articles:
      - {title: انفجار في بغداد, text: "%s", id: one}
      - {title: انفجار في بغداد, text: "%s", id: one, at: +10m}
    alerts:
      - {rule: blast, article: 1, reason: first}
      - {rule: blast, article: 2, reason: %s}
"""


@pytest.mark.parametrize(("reason", "code"), [("toll_rises", 0), ("repeat", 1)])
def test_test_cases_go_through_the_stages(tmp_path: Path, reason: str, code: int) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(CASES % (raw()["content_text"], raw(killed=5)["content_text"], reason))
    done = marsad("rules", "test", str(file))
    assert done.returncode == code, done.stdout + done.stderr
    if code:
        assert "reason is 'toll_rises', expected 'repeat'" in done.stdout
        assert f"{file}:12:9:" in done.stdout


def test_backtest_over_a_file(tmp_path: Path) -> None:
    file, log = tmp_path / "rules.yaml", tmp_path / "enriched.jsonl"
    file.write_text("rules:\n- {id: blast, query: انفجار}\n- {id: none, query: زلزال}")
    log.write_bytes(encode(event()) + b"\n" + encode(event()) + b"\n{bad\n")
    done = marsad("rules", "backtest", str(file), "--events", str(log))
    assert done.returncode == 3
    assert [orjson.loads(line)["rule_id"] for line in done.stdout.splitlines()] == ["blast"]
    assert f"{log}:3: not_json" in done.stderr
    assert "none: 0 matches" in done.stderr
    later = marsad("rules", "backtest", str(file), "--events", str(log), "--since", "2026-11-22T00:00:00Z")
    assert later.stdout == ""


def test_the_rules_in_the_docs_are_good_and_pass_their_tests(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    file = tmp_path / "rules.yaml"
    file.write_text(page.split("```yaml\n")[1].split("```")[0])
    done = marsad("rules", "test", str(file))
    assert (done.returncode, done.stderr) == (0, "1 passed, 0 failed\n"), done.stdout
