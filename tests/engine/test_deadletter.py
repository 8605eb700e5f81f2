"""A dead letter is the refused record, byte for byte, with why in text headers."""

from dataclasses import replace

from events.deadletter import MAX_TRACE
from events.rejected import Rejected
from streams.engine.deadletter import dead_letter
from streams.engine.records import Incoming

INCOMING = Incoming(
    topic="news.articles.raw.v1",
    partition=4,
    offset=17,
    timestamp_ms=1_795_000_000_000,
    key=b"\x00key",
    value=b"\xff not json",
    headers=(("a", b"1"), ("a", b"2")),
)


def letter(error: Rejected) -> tuple[dict[str, bytes], object]:
    made = dead_letter(INCOMING, "normalize", error)
    return dict(made.headers), made


def test_key_value_headers_and_partition_are_untouched() -> None:
    _, made = letter(Rejected("not_json", "line 1"))
    assert (made.topic, made.partition) == ("news.articles.raw.v1.dlt", 4)
    assert (made.key, made.value) == (INCOMING.key, INCOMING.value)
    assert made.headers[:2] == INCOMING.headers


def test_every_header_of_the_contract_is_there_as_text() -> None:
    headers, _ = letter(Rejected("not_json", "line 1"))
    wanted = {"topic": "news.articles.raw.v1", "partition": "4", "offset": "17", "stage": "normalize"}
    wanted |= {"timestamp": "1795000000000", "reason": "not_json", "error_message": "line 1", "attempts": "1"}
    for name, value in wanted.items():
        assert headers[f"news_dlt_{name}"].decode() == value
    assert {"news_dlt_error_type", "news_dlt_app_version"} <= headers.keys()
    connect = {name.removeprefix("__connect.errors.") for name in headers if name.startswith("__connect")}
    assert connect == {
        "topic", "partition", "offset", "connector.name", "task.id", "stage", "class.name",
        "exception.class.name", "exception.message", "exception.stacktrace",
    }  # fmt: skip


def test_its_origin_is_the_raw_position() -> None:
    headers, _ = letter(Rejected("empty"))
    assert headers["news_origin"] == b"news.articles.raw.v1/4/17"


def test_a_raw_record_is_its_own_origin_whatever_its_headers_say() -> None:
    forged = replace(INCOMING, headers=(*INCOMING.headers, ("news_origin", b"elsewhere/0/999")))
    made = dead_letter(forged, "normalize", Rejected("empty"))
    assert made.headers[:3] == forged.headers
    assert dict(made.headers)["news_origin"] == b"news.articles.raw.v1/4/17"


def test_a_later_record_keeps_the_origin_it_names() -> None:
    named = replace(INCOMING, topic="news.articles.deduped.v1", headers=(("news_origin", b"raw/0/9"),))
    made = dead_letter(named, "tag", Rejected("wrong_type"))
    assert [value for name, value in made.headers if name == "news_origin"] == [b"raw/0/9"]


def test_a_long_message_does_not_burst_the_headers() -> None:
    headers, _ = letter(Rejected("wrong_type", "x" * 100_000))
    assert sum(len(value) for value in headers.values()) < 3 * MAX_TRACE
