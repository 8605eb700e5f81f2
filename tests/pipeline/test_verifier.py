"""The verifier can find fault: logs made by hand, each wrong in one way."""

from collections import namedtuple
from typing import Any

import orjson
import pytest

from events.identity import article_id
from events.topics import app_id
from events.wire import decode_raw, encode
from streams.dedupe import Index
from streams.local import Chain
from streams.normalize import normalize
from tests.pipeline import commits, corpus, tables, verifier
from tests.pipeline.verifier import FAULTLESS, Logs

Record = namedtuple("Record", "topic partition offset timestamp key value headers")
PREFIX = "v."


class Writer:
    """Appends records to logs, a millisecond each, as brokers would."""

    def __init__(self) -> None:
        self.logs = Logs({name: [] for name in (*"raw normalized deduped repeats enriched current".split(),)})
        self.clock = 0

    def append(self, name: str, origin: str, key: bytes | None, value: bytes | None) -> Any:
        self.clock += 1
        log = self.logs.records.setdefault(name, [])
        headers = (("news_origin", origin.encode()),) if origin else ()
        record = Record(f"{PREFIX}articles.{name}.v1", 0, len(log), self.clock, key, value, headers)
        log.append(record)
        return record


@pytest.fixture
def logs() -> Logs:
    """What three articles and a repeat leave behind when all is well."""
    writer, index = Writer(), Index()
    chain = Chain.up_to("tag")
    for value in [orjson.dumps(corpus.raw(number)) for number in (1, 2, 1, 3)]:
        raw = decode_raw(value)
        here = verifier.position(writer.append("raw", "", article_id(raw).encode(), value))
        article = normalize(raw)
        writer.append("normalized", here, article.shard.encode(), encode(article))
        for key, entry in index.decide(article, here).changes.put:
            writer.append("changelog", "", key.encode(), entry)
        index.apply(index.decide(article, here).changes)
        made = chain.run(raw, here)
        for name in ("repeats",) if made.outcome == "repeat" else ("deduped", "enriched", "current"):
            writer.append(name, here, made.value.article_id.encode(), made.data)
    return derived(writer.logs)


def derived(logs: Logs) -> Logs:
    found = logs.records
    logs.raw = {verifier.position(record): record.value for record in found["raw"]}
    logs.order = list(dict.fromkeys(verifier.origin(record) for record in found["normalized"]))
    logs.enriched = [(verifier.origin(record), record.key, record.value) for record in found["enriched"]]
    logs.repeats = [verifier.origin(record) for record in found["repeats"]]
    logs.current = {record.key: record.value for record in found["current"]}
    return logs


def faults(logs: Logs) -> set[str]:
    found = verifier.check(derived(logs))
    return {name for name in FAULTLESS if found.get(name)}


def test_what_is_well_is_well(logs: Logs) -> None:
    assert faults(logs) == set()
    assert tables.model(logs.records["changelog"]) == tables.decided(logs.records["normalized"])


def test_a_lost_event_is_seen(logs: Logs) -> None:
    logs.records["enriched"].pop(1)
    assert "lost" in faults(logs)


def test_a_lost_repeat_is_seen(logs: Logs) -> None:
    logs.records["repeats"].clear()
    assert faults(logs) == {"lost"}


def test_an_invented_event_is_seen(logs: Logs) -> None:
    event = orjson.loads(logs.records["enriched"][0].value) | {"event_id": "other"}
    first = logs.records["enriched"][0]
    logs.records["enriched"].append(first._replace(value=orjson.dumps(event)))
    assert "invented" in faults(logs)


def test_another_text_under_one_event_id_is_seen(logs: Logs) -> None:
    first = logs.records["enriched"][0]
    logs.records["enriched"].append(first._replace(value=first.value.replace(b'"lang":"ar"', b'"lang":"en"')))
    assert faults(logs) == {"changed"}


def test_an_event_of_another_raw_record_is_seen(logs: Logs) -> None:
    first, second, _ = logs.records["enriched"]
    logs.records["enriched"][:2] = [
        first._replace(headers=second.headers),
        second._replace(headers=first.headers),
    ]
    assert faults(logs) == {"changed"}


def test_an_old_revision_in_current_is_seen(logs: Logs) -> None:
    first, second = logs.records["current"][:2]
    logs.records["current"].append(second._replace(key=first.key))
    assert faults(logs) == {"changed"}


def test_a_story_that_went_back_is_seen(logs: Logs) -> None:
    writer = Writer()
    for offset, value in ((3, b"{}"), (7, b'{"articles":2}')):
        told = writer.append("stories", "", b"story", value)
        order = f"{PREFIX}articles.normalized.v1/0/{offset}/1000".encode()
        writer.logs.records["stories"][-1] = told._replace(headers=(("news_order", order),))
    logs.records["stories"] = told = writer.logs.records["stories"]
    assert faults(logs) == set()
    told.append(told[0])
    assert faults(logs) == {"changed"}


def test_a_record_that_ended_twice_is_seen(logs: Logs) -> None:
    logs.records["repeats"].append(
        logs.records["repeats"][0]._replace(headers=logs.records["enriched"][0].headers)
    )
    assert faults(logs) == {"twice"}


def test_a_dead_letter_with_other_bytes_is_seen(logs: Logs) -> None:
    place = f"{PREFIX}articles.raw.v1/0/4"
    poison = Record(f"{PREFIX}articles.raw.v1", 0, 4, 99, b"k", b"{", ())
    logs.records["raw"].append(poison)
    headers = {"news_dlt_topic": f"{PREFIX}articles.raw.v1".encode(), "news_dlt_reason": b"not_json"}
    logs.dead = [(place, headers, poison)]
    assert faults(logs) == set()
    logs.dead = [(place, headers, poison._replace(value=b"["))]
    assert faults(logs) == {"invented"}


def commit(stage: str, offset: int, at: int) -> commits.Commit:
    return commits.Commit(app_id(stage, PREFIX), f"{PREFIX}whatever", 0, offset, at)


@pytest.mark.parametrize(
    ("stage", "reads", "makes"),
    [
        ("normalize", "raw", "normalized"),
        ("dedupe", "normalized", "changelog"),
        ("tag", "deduped", "enriched"),
    ],
)
def test_a_commit_before_its_outcome_is_seen(logs: Logs, stage: str, reads: str, makes: str) -> None:
    last = max(record.timestamp for name in logs.records for record in logs.records[name])
    every = len(logs.records[reads])
    assert list(commits.too_early(logs, [commit(stage, every, last)], PREFIX)) == []
    before = logs.records[makes][1].timestamp - 1
    assert len(list(commits.too_early(logs, [commit(stage, 2, before)], PREFIX))) == 1
    beyond = commit(stage, every + 1, last)
    assert ["beyond" in line for line in commits.too_early(logs, [beyond], PREFIX)] == [True]


def test_a_superseded_revision_need_not_be_in_current(logs: Logs) -> None:
    last = max(record.timestamp for name in logs.records for record in logs.records[name])
    logs.records["current"].clear()
    assert len(list(commits.too_early(logs, [commit("tag", 3, last)], PREFIX))) == 3
    first = logs.records["deduped"][0]
    logs.records["deduped"][0] = first._replace(headers=(*first.headers, ("news_superseded", b"1")))
    assert len(list(commits.too_early(logs, [commit("tag", 3, last)], PREFIX))) == 2


def test_a_commit_is_read_as_kafka_writes_it() -> None:
    key = b"\x00\x01\x00\x02gr\x00\x03top\x00\x00\x00\x05"
    value = b"\x00\x03" + (77).to_bytes(8, "big") + b"\xff\xff\xff\xff\x00\x00" + (9).to_bytes(8, "big")
    record = Record(commits.OFFSETS, 0, 0, 1234, key, value, ())
    assert commits.parsed(record) == commits.Commit("gr", "top", 5, 77, 1234)
    assert commits.parsed(record._replace(value=None)) is None
    assert commits.parsed(record._replace(key=b"\x00\x02\x00\x02gr")) is None


def test_a_missing_and_a_wrong_entry_are_seen(logs: Logs) -> None:
    (right,) = tables.model(logs.records["changelog"]).values()
    first, second = list(right)[:2]
    assert tables.differences(right, dict(right)) == 0
    assert tables.differences(right, {key: value for key, value in right.items() if key != first}) == 1
    assert tables.differences(right, right | {first: right[second]}) == 1


def test_a_tombstone_takes_an_entry_out_of_the_model(logs: Logs) -> None:
    first = logs.records["changelog"][0]
    kept = tables.model([*logs.records["changelog"], first._replace(value=None)])
    assert first.key not in kept[0]
    assert len(kept[0]) == 3
