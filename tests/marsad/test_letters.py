"""Dead letters as different programs write them."""

from types import SimpleNamespace
from typing import Any

import pytest

from events.rejected import Rejected
from marsad.deadletters import Wanted, obstacle
from marsad.errors import Misuse
from marsad.letters import Letter, read
from marsad.moments import moment_ms
from streams.engine.deadletter import dead_letter
from streams.engine.records import Incoming

THERE = {"orders": 3, "news.articles.raw.v1": 2}


def record(headers: list[tuple[str, bytes | None]], value: bytes | None = b"v", **fields: Any) -> Any:
    given = {"topic": "x.dlt", "partition": 1, "offset": 7, "timestamp": 1_000, "key": b"k", "value": value}
    return SimpleNamespace(**(given | fields), headers=tuple(headers))


def ours(*headers: tuple[str, bytes]) -> Letter:
    incoming = Incoming("news.articles.raw.v1", 1, 42, 900, b"k", b"{", headers)
    made = dead_letter(incoming, "normalize", Rejected("not_json", "line 1"))
    return read(record(list(made.headers)))


def test_ours() -> None:
    letter = ours(("a", b"1"), ("a", b""))
    assert (letter.topic, letter.partition, letter.stage, letter.reason) == (
        "news.articles.raw.v1", 1, "normalize", "not_json",
    )  # fmt: skip
    assert (letter.position, letter.message, letter.attempts) == ("x.dlt/1/7", "line 1", 1)
    assert letter.headers == (("a", b"1"), ("a", b""))


def test_a_strangers_own_dead_letter_headers_are_given_back() -> None:
    before = (("news_dlt_topic", b"elsewhere"), ("__connect.errors.topic", b"orders"), ("z", b"2"))
    letter = ours(*before)
    assert letter.topic == "news.articles.raw.v1"
    assert letter.headers == before


@pytest.mark.parametrize(("said", "attempts"), [(b"2", 3), (b"-1", 1), (b"9" * 40, 1), ("٣".encode(), 1)])
def test_attempts_count_the_replays(said: bytes, attempts: int) -> None:
    letter = ours(("news_replays", said), ("news_replay_of", b"x.dlt/0/1"), ("a", b"1"))
    assert letter.attempts == attempts
    assert letter.headers == (("a", b"1"),)


def test_connects() -> None:
    letter = read(
        record(
            [
                ("mine", b"1"),
                ("__connect.errors.topic", b"orders"),
                ("__connect.errors.partition", b"2"),
                ("__connect.errors.connector.name", b"es-sink"),
                ("__connect.errors.exception.class.name", b"org.apache.kafka.connect.errors.DataException"),
                ("__connect.errors.exception.message", "كذا".encode()),
            ]
        )
    )
    assert (letter.topic, letter.partition, letter.stage, letter.message) == ("orders", 2, "es-sink", "كذا")
    assert letter.headers == (("mine", b"1"),)
    assert obstacle(letter, THERE, 3) is None


def test_springs() -> None:
    letter = read(
        record(
            [
                ("kafka_dlt-original-topic", b"orders"),
                ("kafka_dlt-original-partition", (2).to_bytes(4, "big")),
                ("kafka_dlt-original-offset", (9).to_bytes(8, "big")),
                ("kafka_dlt-exception-fqcn", b"org.springframework.kafka.listener.ListenerExecutionFailed"),
                ("kafka_dlt-exception-cause-fqcn", b"java.lang.IllegalStateException"),
            ]
        )
    )
    assert (letter.topic, letter.partition) == ("orders", 2)
    assert letter.reason == "java.lang.IllegalStateException"
    assert letter.headers == ()


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([], "do not say"),
        ([("__connect.errors.topic", b"orders")], "do not say"),
        ([("__connect.errors.topic", b"gone"), ("__connect.errors.partition", b"0")], "no gone/0"),
        ([("__connect.errors.topic", b"orders"), ("__connect.errors.partition", b"3")], "no orders/3"),
        ([("kafka_dlt-original-topic", b"orders"), ("kafka_dlt-original-partition", b"1")], "do not say"),
        (
            [
                ("__connect.errors.topic", b"orders"),
                ("__connect.errors.partition", b"0"),
                ("news_replays", b"2"),
            ],
            "refused 3 times",
        ),
    ],
)
def test_what_cannot_be_replayed_says_why(headers: list[tuple[str, bytes | None]], words: str) -> None:
    assert words in (obstacle(read(record(headers)), THERE, 3) or "")


def test_choosing() -> None:
    letter = ours()
    assert letter in Wanted()
    assert letter in Wanted(
        reasons={"not_json"}, stages={"normalize"}, keys={"k"}, since_ms=1_000, until_ms=1_001
    )
    for other in (
        Wanted(reasons={"empty"}), Wanted(stages={"tag"}), Wanted(keys={"K"}),
        Wanted(positions={"x.dlt/1/8"}), Wanted(since_ms=1_001), Wanted(until_ms=1_000),
    ):  # fmt: skip
        assert letter not in other


def test_moments() -> None:
    assert moment_ms("2h", 10_000_000, "--since") == 10_000_000 - 7_200_000
    assert moment_ms("1970-01-01T00:00:01Z", 0, "--since") == 1_000
    for wrong in ("", "soon", "2", "-2h", "2026-13-01T00:00:00Z", "99999999d"):
        with pytest.raises(Misuse, match="--since"):
            moment_ms(wrong, 0, "--since")
