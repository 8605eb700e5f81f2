"""JSON lines in: what is no fault, what is refused alone, and where a push goes on."""

import gzip
import io
import json
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard
from aiokafka import AIOKafkaConsumer

from connectors.archive import MAX_LINE, Line, read_archive, read_stream
from connectors.feeds.source import Refusal
from connectors.publish import BrokerAway, NoTopic, Publisher
from connectors.push import Pushed, push
from events.identity import article_id
from events.topics import RAW, full_name
from events.wire import decode_object, raw_article


def record(number: int, **more: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "source_id": "furat",
        "fetched_at": "2026-11-22T00:00:00Z",
        "url": f"https://furat.example/{number}",
        "title": f"خبر {number}",
    }
    return fields | more


def line(number: int, **more: object) -> bytes:
    return json.dumps(record(number, **more), ensure_ascii=False).encode()


def read(data: bytes, name: str | None = None) -> list[Line]:
    return list(read_stream(io.BytesIO(data), name))


def titles(lines: list[Line]) -> list[str | None]:
    return [one.article.title for one in lines if one.article]


def refusals(lines: list[Line]) -> list[str]:
    return [str(one.refusal) for one in lines if one.refusal]


@pytest.mark.parametrize(
    "data",
    [
        line(1) + b"\n" + line(2) + b"\n",
        line(1) + b"\n" + line(2),
        line(1) + b"\r\n" + line(2) + b"\r\n",
        b"\xef\xbb\xbf" + line(1) + b"\n\n  \n\r\n" + line(2) + b"\n\n",
        gzip.compress(line(1) + b"\n") + gzip.compress(line(2)),
        zstandard.compress(line(1) + b"\n") + zstandard.compress(line(2)),
    ],
    ids="plain no-last-newline crlf bom-and-blanks gzip zstd".split(),
)
def test_what_is_no_fault(data: bytes) -> None:
    lines = read(data)
    assert titles(lines) == ["خبر 1", "خبر 2"]
    assert refusals(lines) == []


def test_records_end_at_line_feeds_only() -> None:
    title = "أ\u2028ب\u0085ج\u000bد"
    odd = line(1, title=title) + b"\n" + line(2).replace(b", ", b",\r", 1) + b"\n" + line(3)
    lines = read(odd)
    assert titles(lines) == [title, "خبر 2", "خبر 3"]
    assert [one.number for one in lines] == [1, 2, 3]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"{", "not json"),
        (b"nonsense", "not json"),
        (b"\xff\xfe", "not json"),
        (b"null", "not object"),
        (b"[1]", "not object"),
        (b'"text"', "not object"),
        (line(9, source_id=None), "missing source id"),
        (line(9, fetched_at=""), "missing fetched at"),
        (line(9, url=None), "missing identity"),
        (line(9, title=7), "wrong type"),
        (line(9, authors="أمل"), "wrong type"),
        (line(9, fetched_at="yesterday"), "bad time"),
        (line(9).replace('"خبر 9"'.encode(), b"NaN"), "not json"),
        (line(9, title="x" * MAX_LINE), "too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_that_does_not_fit_is_refused_alone_with_its_place_and_reason(bad: bytes, words: str) -> None:
    data = line(1) + b"\n\n" + bad + b"\n" + line(2)
    assert titles(read(data)) == ["خبر 1", "خبر 2"]
    (named,) = refusals(read(data, "day.jsonl"))
    assert named.startswith(f"day.jsonl:3: {words}")
    (from_stdin,) = refusals(read(data))
    assert from_stdin.startswith(f"line 3: {words}")


def test_unknown_fields_pass_and_the_bytes_stay_as_they_were() -> None:
    data = line(1, unheard_of={"of": [1, None]})
    (only,) = read(b"  " + data + b" \r\n")
    assert only.data == data


@pytest.mark.parametrize("unknown", [b"NaN", b"[-Infinity, NaN]"])
def test_what_is_no_number_refuses_a_line_only_in_a_known_field(unknown: bytes) -> None:
    data = line(1, heat=0).replace(b'"heat": 0', b'"heat": ' + unknown)
    assert titles(read(data)) == ["خبر 1"]
    (named,) = refusals(read(data.replace('"خبر 1"'.encode(), b"NaN"), "day.jsonl"))
    assert named.startswith("day.jsonl:1: not json")
    for broken in (data + b"}", b"[" + data + b"]", data.replace("خبر".encode(), b"\\ud800")):
        assert titles(read(broken)) == [] and len(refusals(read(broken))) == 1


def test_reasons_hold_no_control_or_bidi_characters() -> None:
    (named,) = refusals(read(line(1, fetched_at="\u202e\x1b[31m\u2066"), "a\u202eb.jsonl"))
    assert not set("\u202e\x1b\u2066") & set(named)


def test_a_line_of_fifty_megabytes_is_skipped_unheld() -> None:
    class Huge(io.RawIOBase):
        left = 50_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    lines = list(read_stream(io.BufferedReader(Huge())))  # type: ignore[arg-type]
    assert [one.rejected.reason for one in lines if one.rejected] == ["too_large"]
    assert lines[0].end == 50_000_000
    assert not lines[0].data


def test_compressed_bytes_that_are_cut_give_what_came_before(tmp_path: Path) -> None:
    body = b"".join(line(n, title=uuid.UUID(int=n**9).hex) + b"\n" for n in range(2000))
    for name, data in (("a.gz", gzip.compress(body)), ("a.zst", zstandard.compress(body))):
        path = tmp_path / name
        path.write_bytes(data[: len(data) // 2])
        lines = list(read_archive(path))
        assert 0 < len(titles(lines)) < 2000
        if name == "a.gz":
            assert f"{path}: its compressed bytes are broken or cut" in refusals(lines)[-1]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusals(list(read_archive(tmp_path / "no.jsonl"))) == [
        f"{tmp_path / 'no.jsonl'}: cannot be read: No such file or directory"
    ]
    assert "cannot be read" in refusals(list(read_archive(tmp_path)))[0]


# --- push, on a real Kafka


async def pushed(
    kafka: str, prefix: str, folder: Path, *paths: Path, restart: bool = False
) -> tuple[Pushed, list[Refusal], list[str]]:
    named: list[Refusal] = []
    notes: list[str] = []
    async with Publisher({"bootstrap_servers": kafka}, patience=20) as publisher:
        done = await push(
            list(paths),
            publisher,
            full_name(RAW, prefix),
            folder,
            on_refusal=named.append,
            on_note=notes.append,
            restart=restart,
        )
    return done, named, notes


async def raw_topic(kafka: str, prefix: str) -> list[tuple[bytes, bytes, dict[str, bytes]]]:
    consumer = AIOKafkaConsumer(
        full_name(RAW, prefix), bootstrap_servers=kafka, auto_offset_reset="earliest", fetch_max_wait_ms=200
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found = []
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(one.key, one.value, dict(one.headers)) for one in records]
        return found
    finally:
        await consumer.stop()


@pytest.mark.kafka
async def test_push_writes_each_record_as_given_under_its_article_id(
    kafka: str, prefix: str, tmp_path: Path
) -> None:
    path = tmp_path / "day.jsonl.gz"
    first = line(1, unheard_of=1)
    path.write_bytes(gzip.compress(first + b"\nnonsense\n" + line(2) + b"\n"))
    done, named, _ = await pushed(kafka, prefix, tmp_path / "progress", path)
    assert (done.sent, done.refused) == (2, 1)
    assert str(named[0]).startswith(f"{path}:2: not json")
    by_key = {key: (value, headers) for key, value, headers in await raw_topic(kafka, prefix)}
    raw = raw_article(decode_object(first))
    value, headers = by_key[article_id(raw).encode()]
    assert value == first
    assert headers["ce_type"] == b"marsad.RawArticle.v1"
    assert headers["ce_subject"] == article_id(raw).encode()
    assert len(by_key) == 2


@pytest.mark.kafka
async def test_push_goes_on_where_it_stopped_and_begins_anew_when_told(
    kafka: str, prefix: str, tmp_path: Path
) -> None:
    path = tmp_path / "day.jsonl"
    half = line(3)[:30]
    path.write_bytes(line(1) + b"\n" + line(2) + b"\n" + half)
    first, named, _ = await pushed(kafka, prefix, tmp_path / "progress", path)
    assert (first.sent, len(named)) == (2, 1)
    path.write_bytes(line(1) + b"\n" + line(2) + b"\n" + line(3) + b"\n")
    second, named, notes = await pushed(kafka, prefix, tmp_path / "progress", path)
    assert (second.sent, second.before, named) == (1, 2, [])
    assert "--restart" in notes[0]
    third, _, _ = await pushed(kafka, prefix, tmp_path / "progress", path)
    assert third.sent == 0
    again, _, _ = await pushed(kafka, prefix, tmp_path / "progress", path, restart=True)
    assert again.sent == 3
    path.write_bytes(line(7) + b"\n")
    other, _, _ = await pushed(kafka, prefix, tmp_path / "progress", path)
    assert other.sent == 1
    assert len(await raw_topic(kafka, prefix)) == 7


@pytest.mark.kafka
async def test_a_topic_that_is_not_there_is_said_so(kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    path.write_bytes(line(1))
    with pytest.raises(NoTopic, match="topics apply"):
        await pushed(kafka, "nowhere.", tmp_path / "progress", path)


async def test_a_broker_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    path.write_bytes(line(1))
    with pytest.raises(BrokerAway, match="does not answer"):
        await pushed("127.0.0.1:1", "news.", tmp_path / "progress", path)


@pytest.mark.parametrize("cut", [1, 4, 9])
def test_a_cut_zstd_archive_is_no_short_one(cut: int) -> None:
    whole = zstandard.compress(b"".join(line(number) + b"\n" for number in range(3)))
    lines = read(whole + whole[:-cut], "a.zst")
    assert titles(lines)[:3] == ["خبر 0", "خبر 1", "خبر 2"]
    assert len(refusals(lines)) == 1 and refusals(lines)[0].startswith("a.zst: its compressed bytes are")


def test_a_record_of_a_slow_pipe_does_not_wait_for_the_next() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", buffering=0) as slow, os.fdopen(reading, "rb") as pipe:
        lines = read_stream(pipe)
        with ThreadPoolExecutor(1) as reader:
            for number in range(3):
                slow.write(line(number) + b"\n")
                try:
                    got = reader.submit(next, lines).result(timeout=10)
                except TimeoutError:
                    slow.close()
                    raise
                assert got.article is not None and got.article.title == f"خبر {number}"
