"""`marsad feeds`: subscriptions on the broker, what is wrong with them, and what `check` proposes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.marsad.test_cli import marsad


def archive(folder: Path) -> Path:
    items = [
        {
            "source_id": "ayn-dijla",
            "fetched_at": "2026-11-21T08:00:00.000Z",
            "url": f"https://ayn-dijla.example/{number}",
            "content_text": f"وصل الوفد رقم {number} إلى العاصمة صباح اليوم.\nخدمة أخبار عين دجلة",
        }
        for number in range(6)
    ]
    path = folder / "items.jsonl"
    path.write_text("\n".join(json.dumps(item) for item in items) + "\n", "utf-8")
    return path


def test_a_repeated_line_is_proposed(tmp_path: Path) -> None:
    done = marsad("feeds", "check", str(archive(tmp_path)), "-o", "json", cwd=tmp_path)
    assert done.returncode == 0
    (found,) = map(json.loads, done.stdout.splitlines())
    assert found == {
        "source_id": "ayn-dijla",
        "line": "خدمة أخبار عين دجلة",
        "articles": 6,
        "of": 6,
        "where": "last",
        "example": "https://ayn-dijla.example/0",
    }
    more = marsad("feeds", "check", str(archive(tmp_path)), "--least", "7", cwd=tmp_path)
    assert (more.returncode, more.stdout) == (0, "")


def test_faults_of_a_list_and_refused_lines_are_named(tmp_path: Path) -> None:
    path = archive(tmp_path)
    path.write_text(path.read_text("utf-8") + "{broken\n", "utf-8")
    (tmp_path / "my.opml").write_text(
        '<opml version="2.0"><body><outline xmlUrl="https://a.example/rss"/>\n'
        '<outline xmlUrl="javascript:alert(1)"/></body></opml>',
        "utf-8",
    )
    done = marsad("feeds", "check", str(path), "--opml", "my.opml", cwd=tmp_path)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 1
    assert "items.jsonl:7" in done.stderr
    assert "my.opml:2 javascript:alert(1)" in done.stderr
    assert "1 feeds can be polled" in done.stderr


def test_nothing_to_check_is_wrong_usage(tmp_path: Path) -> None:
    done = marsad("feeds", "check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--opml" in done.stderr


@pytest.mark.kafka
def test_the_raw_topic_is_read_too(tmp_path: Path, kafka: str, prefix: str) -> None:
    where = ("--broker", kafka, "--topic-prefix", prefix)
    assert marsad("push", str(archive(tmp_path)), *where, cwd=tmp_path).returncode == 0
    done = marsad("feeds", "check", "--lines", *where, "-o", "json", cwd=tmp_path)
    assert done.returncode == 0
    (found,) = map(json.loads, done.stdout.splitlines())
    assert (found["line"], found["articles"]) == ("خدمة أخبار عين دجلة", 6)


LIST = """<opml version="2.0"><body><outline text="عربي">
<outline type="rss" text="الفرات" sourceId="furat-ar" xmlUrl="https://amal:s3cret@furat.example/rss"/></outline>
<outline type="rss" text="Ledger" xmlUrl="https://ledger.example/feed"/>
<outline type="rss" text="x" xmlUrl="javascript:1"/></body></opml>"""


@pytest.mark.kafka
def test_subscriptions_are_added_listed_changed_exported_and_removed(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    where = ("--broker", kafka, "--topic-prefix", prefix)
    (tmp_path / "my.opml").write_text(LIST, "utf-8")
    imported = marsad("feeds", "import", "my.opml", *where, cwd=tmp_path)
    assert imported.returncode == 3
    assert imported.stdout.splitlines() == ["https://furat.example/rss", "https://ledger.example/feed"]
    assert "javascript:1" in imported.stderr
    added = marsad(
        "feeds", "add", "HTTPS://ledger.example/feed", "--no-check", "--full-text", *where, cwd=tmp_path
    )
    assert (added.returncode, added.stdout) == (0, "HTTPS://ledger.example/feed\n")
    listed = marsad("feeds", "list", *where, "-o", "json", cwd=tmp_path)
    rows = {row["source_id"]: row for row in map(json.loads, listed.stdout.splitlines())}
    assert rows["furat-ar"]["source_name"] == "الفرات"
    assert rows["furat-ar"]["folders"] == ["عربي"]
    assert rows["ledger.example"]["full_text"] is True
    assert (rows["furat-ar"]["status"], rows["furat-ar"]["wrong"]) == ("new", "not polled yet")
    assert rows["furat-ar"]["since"] == rows["furat-ar"]["subscribed_at"]
    exported = marsad("feeds", "export", *where, cwd=tmp_path)
    (tmp_path / "again.opml").write_text(exported.stdout, "utf-8")
    again = marsad("feeds", "import", "again.opml", *where, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "")
    removed = marsad("feeds", "remove", "furat-ar", "https://nobody.example/", *where, cwd=tmp_path)
    assert (removed.returncode, removed.stdout) == (3, "https://furat.example/rss\n")
    assert "https://nobody.example/: is not subscribed" in removed.stderr
    table = marsad("feeds", "list", *where, "-o", "table", cwd=tmp_path)
    assert "ledger.example" in table.stdout
    assert "furat" not in table.stdout
    for done in (imported, added, listed, exported, again, removed, table):
        assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.kafka
def test_feeds_that_bring_nothing_are_named_with_since_when_and_what_comes_next(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    where = ("--broker", kafka, "--topic-prefix", prefix)
    (tmp_path / "my.opml").write_text(
        '<opml version="2.0"><body><outline xmlUrl="http://127.0.0.1:1/rss"/></body></opml>', "utf-8"
    )
    ran = marsad("run", "--once", "--feeds", "my.opml", *where, cwd=tmp_path)
    assert ran.returncode == 3
    done = marsad("feeds", "check", *where, "-o", "json", cwd=tmp_path)
    (row,) = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 3
    assert "loopback" in row["wrong"]
    assert row["since"] == row["failing_since"]
    assert row["next_try"].startswith("in ")
    assert "http://127.0.0.1:1/rss" in done.stderr


@pytest.mark.kafka
def test_connectors_without_a_list_poll_what_is_added_meanwhile(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    where = ("--broker", kafka, "--topic-prefix", prefix)
    running = subprocess.Popen([sys.executable, "-m", "marsad", "connectors", *where], cwd=tmp_path)
    try:
        address = "http://127.0.0.1:1/rss"
        assert marsad("feeds", "add", address, "--no-check", *where, cwd=tmp_path).returncode == 0
        deadline = time.monotonic() + 120
        while True:
            done = marsad("feeds", "list", *where, "-o", "json", cwd=tmp_path)
            (row,) = map(json.loads, done.stdout.splitlines())
            if row["errors"]:
                break
            assert time.monotonic() < deadline
    finally:
        running.terminate()
    assert running.wait(60) == 0
    assert (row["feed_url"], row["status"]) == (address, "failing")


def test_an_address_that_cannot_be_subscribed_is_refused(tmp_path: Path) -> None:
    done = marsad("feeds", "add", "x.xml", "--broker", "127.0.0.1:1", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
