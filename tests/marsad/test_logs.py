"""A line that comes a thousand times is shown a few times, and counted."""

import json
import logging
import sys

import pytest

from marsad.logs import BURST, BURST_SECONDS, RepeatFilter, formatter
from marsad.settings import Settings


def line(at: float, message: str = "lost %s", *args: object) -> logging.LogRecord:
    record = logging.LogRecord("aiokafka", logging.WARNING, __file__, 1, message, args or ("x",), None)
    record.created = at
    return record


def test_a_burst_of_one_kind_is_cut_and_counted_later() -> None:
    repeats = RepeatFilter()
    shown = [repeats.filter(line(100 + n / 1000)) for n in range(1_000)]
    assert sum(shown) == BURST
    later = line(100 + BURST_SECONDS + 2)
    assert repeats.filter(later)
    assert later.getMessage() == f"lost x (and {1_000 - BURST} more like it)"


def test_other_kinds_are_not_held_back() -> None:
    repeats = RepeatFilter()
    for n in range(100):
        repeats.filter(line(100 + n / 1000))
    assert repeats.filter(line(100.2, "something else %s"))


SETTINGS = Settings(sasl_password="sesame-öffne", web_token="abc")


def written(record: logging.LogRecord, settings: Settings = SETTINGS, on_terminal: bool = False) -> str:
    return formatter(settings, on_terminal).format(record)


def test_json_where_nobody_looks_one_event_a_line_arabic_unescaped() -> None:
    record = line(0, "kept %s", "بغداد\u202e\x1b[31m\nnext")
    record.article_id = "4f1c"
    said = json.loads(shown := written(record))
    assert "\n" not in shown
    assert "بغداد" in shown
    assert {name: said[name] for name in ("level", "logger", "event", "article_id")} == {
        "level": "warning", "logger": "aiokafka", "event": "kept بغداد [31m next", "article_id": "4f1c",
    }  # fmt: skip
    assert said["time"].endswith("Z")


def test_console_on_a_terminal_unless_asked_otherwise() -> None:
    assert "\x1b[" in written(line(0), on_terminal=True)
    assert json.loads(written(line(0), Settings(log_format="json"), on_terminal=True))
    with pytest.raises(json.JSONDecodeError):
        json.loads(written(line(0), Settings(log_format="console")))


def test_no_secret_and_no_password_of_an_address_is_shown() -> None:
    record = line(0, "no %s at %s", "sesame-öffne", "https://me:pass@host.example/rss")
    record.tried = {"with": ["sesame-öffne"]}
    try:
        raise ValueError("bad sesame-öffne")
    except ValueError:
        record.exc_info = sys.exc_info()
    shown = written(record)
    assert "sesame" not in shown
    assert "pass@" not in shown
    said = json.loads(shown)
    assert said["event"] == "no (hidden) at https://(hidden)@host.example/rss"
    assert said["exception"].splitlines()[-1] == "ValueError: bad (hidden)"
