"""The command line as its users meet it: exit codes, one line of error, help that leads with an example."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

HELP_SECONDS = 5.0
"""The aim is 0.3 s on an idle machine; here only a gross fault, such as importing Faust for it, must fail."""


def marsad(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "marsad.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if not key.startswith("MARSAD_")} | environment,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("broker", "-h"), ("topics", "--help"), ("topics", "apply", "-h"), ("dlt", "-h")],
)
def test_help_leads_with_an_example(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = marsad(*arguments, cwd=tmp_path)
    assert done.returncode == 0
    usage, example = done.stdout.split("Example:")
    assert len(usage.strip().splitlines()) == 1
    assert example.strip().startswith("marsad ")


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    started = time.monotonic()
    code = (
        "import sys; from marsad.cli import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert time.monotonic() - started < HELP_SECONDS
    heavy = {"faust", "aiokafka", "aiohttp", "feedparser", "jgo", "requests", "lxml", "rich", "pydantic"}
    assert not [name for name in heavy if f"'{name}'" in done.stderr]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("brokr",), "broker"),
        (("broker", "--prt", "1"), "--prt"),
        (("broker", "--port", "x"), "--port"),
        (("broker", "--port", "99999"), "--port"),
        (("topics", "list"), "--broker"),
        (("topics", "list", "--broker", "nowhere"), "HOST:PORT"),
        (("config", "show", "-o", "xml"), "xml"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    done = marsad(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1 and named in done.stderr


def test_a_broker_that_does_not_answer_is_one_line_and_code_1(tmp_path: Path) -> None:
    done = marsad("topics", "check", "--broker", "127.0.0.1:1", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and "127.0.0.1:1" in done.stderr


def test_settings_that_do_not_fit_are_code_2(tmp_path: Path) -> None:
    (tmp_path / "marsad.toml").write_text("partitons = 3\n")
    done = marsad("config", "show", cwd=tmp_path)
    assert done.returncode == 2
    assert "partitons" in done.stderr and "'partitions'" in done.stderr


def test_config_shows_origins_as_json_lines_and_hides_secrets(tmp_path: Path) -> None:
    (tmp_path / "marsad.toml").write_text('data = "بيانات"\n')
    done = marsad("config", "show", "-o", "json", cwd=tmp_path, MARSAD_SASL_PASSWORD="geheim")
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert (rows["data"]["value"], rows["data"]["origin"]) == ("بيانات", "marsad.toml")
    assert '"بيانات"' in done.stdout, "unescaped"
    assert rows["sasl_password"]["origin"] == "MARSAD_SASL_PASSWORD"
    assert "geheim" not in done.stdout + done.stderr
    table = marsad("config", "show", "-o", "table", cwd=tmp_path)
    assert table.stdout.splitlines()[0].split() == ["name", "value", "origin", "about"]


def test_a_flag_comes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "marsad.toml").write_text('broker = "file:1"\ndata = "file"\npartitions = 7\n')
    done = marsad(
        *("config", "show", "--broker", "flag:1"), cwd=tmp_path, MARSAD_BROKER="env:1", MARSAD_DATA="env"
    )
    rows = {row["name"]: (row["value"], row["origin"]) for row in map(json.loads, done.stdout.splitlines())}
    assert rows["broker"] == ("flag:1", "--broker")
    assert rows["data"] == ("env", "MARSAD_DATA")
    assert rows["partitions"] == (7, "marsad.toml")
    assert rows["web_port"] == (8800, "default")


@pytest.mark.parametrize("arguments", [("schema",), ("schema", "asyncapi"), ("config", "schema")])
def test_a_document_is_one_line_where_json_is_asked_for(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (line,) = marsad(*arguments, "-o", "json", cwd=tmp_path).stdout.splitlines()
    assert json.loads(line) == json.loads(marsad(*arguments, cwd=tmp_path).stdout)


def test_hostile_text_in_an_error_does_not_reach_the_terminal(tmp_path: Path) -> None:
    done = marsad("topics", "list", "--broker", "a\x1b[31m\u202e:1", cwd=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr and "\u202e" not in done.stderr


def test_topics_through_the_command_line(kafka: str, tmp_path: Path) -> None:
    where = ("--broker", kafka, "--topic-prefix", f"cli{os.getpid()}.")
    missing = marsad("topics", "check", *where, cwd=tmp_path)
    assert missing.returncode == 1 and ": missing" in missing.stdout
    applied = marsad("topics", "apply", *where, "--partitions", "1", cwd=tmp_path)
    assert applied.returncode == 0, applied.stderr
    assert f"cli{os.getpid()}.articles.raw.v1" in applied.stdout.splitlines()
    assert marsad("topics", "check", *where, cwd=tmp_path).returncode == 0
    other = marsad("topics", "check", *where, "--partitions", "2", cwd=tmp_path)
    assert other.returncode == 1 and "has 1 partitions, should have 2" in other.stdout
    rows = [json.loads(line) for line in marsad("topics", "list", *where, cwd=tmp_path).stdout.splitlines()]
    raw = next(row for row in rows if row["topic"].endswith(".articles.raw.v1"))
    assert (raw["partitions"], raw["policy"], raw["retention_days"]) == (1, "delete", 7.0)


def test_doctor_names_what_is_wrong_and_the_fix(kafka: str, tmp_path: Path) -> None:
    free = {"MARSAD_WEB_PORT": "0"}
    well = marsad("doctor", cwd=tmp_path, **free)
    assert well.returncode == 0, well.stdout
    rows = [json.loads(line) for line in well.stdout.splitlines()]
    assert {"python", "packages", "java", "kafka jars", "data directory", "disk"} <= {
        row["name"] for row in rows
    }
    assert not (tmp_path / ".marsad").exists(), "looking makes nothing"
    (tmp_path / "file").write_text("")
    ill = marsad("doctor", "--data", "file", "--broker", "127.0.0.1:1", cwd=tmp_path, **free)
    wrong = {row["name"]: row for row in map(json.loads, ill.stdout.splitlines()) if not row["ok"]}
    assert ill.returncode == 1
    assert set(wrong) == {"data directory", "broker"} and all(row["fix"] for row in wrong.values())
    bare = marsad("doctor", "--broker", kafka, cwd=tmp_path, MARSAD_TOPIC_PREFIX="bare.", **free)
    assert bare.returncode == 1 and "marsad topics apply" in bare.stderr


ITEM = {
    "source_id": "example-ar",
    "fetched_at": "2026-11-21T08:00:00.000Z",
    "url": "https://news.example/a/1",
    "title": "وصول وفد",
    "content_text": "بغداد - واع: وصل الوفد صباح اليوم.\nاقرأ أيضاً: خبر آخر",
}


def test_explain_tells_a_person_what_normalize_did(tmp_path: Path) -> None:
    lines = [json.dumps(ITEM), "{broken", json.dumps(ITEM | {"url": "https://news.example/a/2"})]
    (tmp_path / "items.jsonl").write_text("\n".join(lines), "utf-8")
    done = marsad("process", "items.jsonl", "--stage", "normalize", "--explain", cwd=tmp_path)
    assert done.returncode == 3
    assert "items.jsonl:2" in done.stderr
    assert "2 explained" in done.stderr
    assert "1 refused" in done.stderr
    first, second = done.stdout.split("\n\n")
    assert "https://news.example/a/1" in first
    assert "https://news.example/a/2" in second
    assert "\ncut       read_also: اقرأ أيضاً: خبر آخر (phrases.toml" in first
    assert "\ndateline  place بغداد, agency واع" in first


@pytest.mark.parametrize("stage", [(), ("--stage", "all"), ("--stage", "tag")])
def test_explain_is_for_normalize_alone(tmp_path: Path, stage: tuple[str, ...]) -> None:
    done = marsad("process", "--explain", *stage, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--stage normalize" in done.stderr


def test_process_gives_json_lines_unless_a_table_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text(json.dumps(ITEM) + "\n", "utf-8")
    plain = marsad("process", "items.jsonl", cwd=tmp_path)
    assert json.loads(plain.stdout)["title"] == ITEM["title"]
    assert marsad("process", "items.jsonl", "-o", "json", cwd=tmp_path).stdout == plain.stdout
    table = marsad("process", "items.jsonl", "-o", "table", cwd=tmp_path)
    assert "new" in table.stdout and ITEM["title"] in table.stdout and "{" not in table.stdout


def test_a_dash_among_the_files_is_the_standard_input(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text(json.dumps(ITEM) + "\n", "utf-8")
    other = json.dumps(ITEM | {"url": "https://news.example/a/2", "title": "مغادرة وفد"})
    done = subprocess.run(
        [sys.executable, "-m", "marsad.cli", "process", "items.jsonl", "-", "--stage", "normalize"],
        input=other,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=True,
    )
    titles = [json.loads(line)["title"] for line in done.stdout.splitlines()]
    assert titles == [ITEM["title"], "مغادرة وفد"]
