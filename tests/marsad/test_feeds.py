"""`marsad feeds check`: what it proposes, and how it says what is wrong with a list."""

import json
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
