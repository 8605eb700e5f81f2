"""Dead letters: why a record was refused, as text headers; and what became of it, as a note beside it.

The names with two underscores are Kafka Connect's (DeadLetterQueueReporter), because operators' tools know
them; all values are text.
"""

import traceback
from importlib.metadata import version
from typing import Literal

from events.article import SCHEMA_VERSION, Value
from events.rejected import Rejected

Action = Literal["replayed", "dropped"]


class HandledLetter(Value, frozen=True, kw_only=True):
    """A dead letter that somebody has dealt with, key `position` (`TOPIC/PARTITION/OFFSET` of the letter).

    `sent_to` is where a replayed record stands now, null for a dropped one.
    """

    schema_version: int = SCHEMA_VERSION
    position: str
    action: Action
    handled_at: str
    sent_to: str | None = None


MAX_TRACE = 4096
"""Characters of stack trace kept: headers count against the record's size."""


def reason_headers(
    where: tuple[str, int, int, int], stage: str, error: Rejected, attempts: int
) -> dict[str, str]:
    """Give the headers for a refused record; `where`: topic, partition, offset, timestamp in ms."""
    topic, partition, offset, timestamp_ms = where
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return {
        "news_dlt_topic": topic,
        "news_dlt_partition": str(partition),
        "news_dlt_offset": str(offset),
        "news_dlt_timestamp": str(timestamp_ms),
        "news_dlt_stage": stage,
        "news_dlt_reason": error.reason,
        "news_dlt_error_type": kind,
        "news_dlt_error_message": error.message,
        "news_dlt_attempts": str(attempts),
        "news_dlt_app_version": version("marsad"),
        "__connect.errors.topic": topic,
        "__connect.errors.partition": str(partition),
        "__connect.errors.offset": str(offset),
        "__connect.errors.connector.name": f"marsad-{stage}",
        "__connect.errors.task.id": str(partition),
        "__connect.errors.stage": stage.upper(),
        "__connect.errors.class.name": f"marsad.{stage}",
        "__connect.errors.exception.class.name": kind,
        "__connect.errors.exception.message": error.message,
        "__connect.errors.exception.stacktrace": "".join(traceback.format_exception(error))[-MAX_TRACE:],
    }
