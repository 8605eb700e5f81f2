"""Dead letters as values: ours, Kafka Connect's and Spring's, told by their headers.

Connect writes text (`DeadLetterQueueReporter`), Spring big-endian numbers (`DeadLetterPublishingRecoverer`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.wire import REPLAY_OF_HEADER, REPLAYS_HEADER
from marsad.reading import Record

_OURS = "news_dlt_topic"
_CONNECT = "__connect.errors."
_SPRING = "kafka_dlt-"
_REPLAY = (REPLAYS_HEADER, REPLAY_OF_HEADER)


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter: where it stands, where it came from, why it was refused, and how often.

    `topic` and `partition` are None where no header says them; `headers` are those it had before.
    """

    record: Record
    topic: str | None
    partition: int | None
    stage: str | None
    reason: str | None
    message: str | None
    attempts: int
    headers: tuple[tuple[str, bytes | None], ...]

    @property
    def position(self) -> str:
        """Where the letter itself stands: `TOPIC/PARTITION/OFFSET`."""
        return f"{self.record.topic}/{self.record.partition}/{self.record.offset}"

    @property
    def key(self) -> str | None:
        """The key as text, None where it has none."""
        return None if self.record.key is None else self.record.key.decode("utf-8", "replace")


def read(record: Record) -> Letter:
    """Read a record of a dead-letter topic, whoever wrote it."""
    said: dict[str, bytes] = {name: value or b"" for name, value in record.headers}
    if _OURS in said:
        return _ours(record, said)
    if f"{_SPRING}original-topic" in said:
        return _spring(record, said)
    return _connect(record, said)


def _ours(record: Record, said: Mapping[str, bytes]) -> Letter:
    told = {name: _text(said.get(f"news_dlt_{name}")) for name in ("stage", "reason", "error_message")}
    # Ours are appended in one piece, so what stands before it is what the record had, also where
    # it was itself once a dead letter of Connect's.
    names = [name for name, _ in record.headers]
    before = len(names) - 1 - names[::-1].index(_OURS)
    return Letter(
        record=record,
        topic=_text(said[_OURS]),
        partition=_number(said.get("news_dlt_partition")),
        stage=told["stage"],
        reason=told["reason"],
        message=told["error_message"],
        attempts=_number(said.get("news_dlt_attempts")) or 1,
        headers=tuple(one for one in record.headers[:before] if one[0] not in _REPLAY),
    )


def _connect(record: Record, said: Mapping[str, bytes]) -> Letter:
    def told(name: str) -> str | None:
        return _text(said.get(_CONNECT + name))

    return Letter(
        record=record,
        topic=told("topic"),
        partition=_number(said.get(f"{_CONNECT}partition")),
        stage=told("connector.name"),
        reason=told("exception.class.name"),
        message=told("exception.message"),
        attempts=_attempts(said),
        headers=_without(record, _CONNECT),
    )


def _spring(record: Record, said: Mapping[str, bytes]) -> Letter:
    def told(name: str) -> str | None:
        return _text(said.get(_SPRING + name))

    partition = said.get(f"{_SPRING}original-partition", b"")
    return Letter(
        record=record,
        topic=told("original-topic"),
        partition=int.from_bytes(partition, "big") if len(partition) == 4 else None,
        stage=told("original-consumer-group"),
        reason=told("exception-cause-fqcn") or told("exception-fqcn"),
        message=told("exception-message"),
        attempts=_attempts(said),
        headers=_without(record, _SPRING),
    )


def _attempts(said: Mapping[str, bytes]) -> int:
    """Foreign letters count no attempts; what they keep is how often we have replayed them."""
    return (_number(said.get(REPLAYS_HEADER)) or 0) + 1


def _without(record: Record, prefix: str) -> tuple[tuple[str, bytes | None], ...]:
    return tuple(
        (name, value) for name, value in record.headers if not name.startswith(prefix) and name not in _REPLAY
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _number(value: bytes | None) -> int | None:
    return int(value) if value and value.isdigit() and len(value) < 20 else None


def row(letter: Letter) -> dict[str, Any]:
    """Give the letter as one row of `dlt list`."""
    return {
        "position": letter.position,
        "timestamp_ms": letter.record.timestamp,
        "key": letter.key,
        "stage": letter.stage,
        "reason": letter.reason,
        "error_message": letter.message,
        "attempts": letter.attempts,
        "origin": _text(dict(letter.record.headers).get("news_origin")),
    }
