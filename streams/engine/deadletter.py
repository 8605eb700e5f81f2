"""Poison: the refused record, byte for byte, with why in text headers.

The names with two underscores are Kafka Connect's (DeadLetterQueueReporter), because operators'
tools know them; all values are text.
"""

import traceback
from importlib.metadata import version

from events.rejected import Rejected
from events.topics import DEAD_LETTER_SUFFIX
from events.wire import ORIGIN_HEADER, REPLAYS_HEADER
from streams.engine.records import Incoming, Outgoing

MAX_TRACE = 4096
"""Characters of stack trace kept: headers count against the record's size."""


def dead_letter(incoming: Incoming, stage: str, error: Rejected) -> Outgoing:
    """Give the dead letter for a record that `stage` refused: same key, value, headers and partition."""
    return Outgoing(
        topic=incoming.topic + DEAD_LETTER_SUFFIX,
        key=incoming.key,
        value=incoming.value,
        headers=incoming.headers + _reason_headers(incoming, stage, error),
        partition=incoming.partition,
    )


def _replays(incoming: Incoming) -> int:
    """Give how often it was replayed before; a stranger's header that is no small count is none."""
    said = incoming.header(REPLAYS_HEADER) or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _reason_headers(incoming: Incoming, stage: str, error: Rejected) -> tuple[tuple[str, bytes], ...]:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    trace = "".join(traceback.format_exception(error))[-MAX_TRACE:]
    fields = {
        "news_dlt_topic": incoming.topic,
        "news_dlt_partition": str(incoming.partition),
        "news_dlt_offset": str(incoming.offset),
        "news_dlt_timestamp": str(incoming.timestamp_ms),
        "news_dlt_stage": stage,
        "news_dlt_reason": error.reason,
        "news_dlt_error_type": kind,
        "news_dlt_error_message": error.message,
        "news_dlt_attempts": str(_replays(incoming) + 1),
        "news_dlt_app_version": version("marsad"),
        "__connect.errors.topic": incoming.topic,
        "__connect.errors.partition": str(incoming.partition),
        "__connect.errors.offset": str(incoming.offset),
        "__connect.errors.connector.name": f"marsad-{stage}",
        "__connect.errors.task.id": str(incoming.partition),
        "__connect.errors.stage": stage.upper(),
        "__connect.errors.class.name": f"streams.{stage}",
        "__connect.errors.exception.class.name": kind,
        "__connect.errors.exception.message": error.message,
        "__connect.errors.exception.stacktrace": trace,
    }
    origin = incoming.position if stage == "normalize" else incoming.origin
    if incoming.header(ORIGIN_HEADER) != origin:
        # A raw record is its own origin, whatever header a stranger gave it; the last of a name counts.
        fields[ORIGIN_HEADER] = origin
    return tuple((name, text.encode("utf-8", "replace")) for name, text in fields.items())
