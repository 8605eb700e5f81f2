"""Poison: the refused record, byte for byte, with why in text headers (events/deadletter.py)."""

from events.deadletter import reason_headers
from events.rejected import Rejected
from events.topics import DEAD_LETTER_SUFFIX
from events.wire import ORIGIN_HEADER, REPLAYS_HEADER
from streams.engine.records import Incoming, Outgoing


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
    where = (incoming.topic, incoming.partition, incoming.offset, incoming.timestamp_ms)
    fields = reason_headers(where, stage, error, _replays(incoming) + 1)
    fields["__connect.errors.class.name"] = f"streams.{stage}"
    origin = incoming.position if stage == "normalize" else incoming.origin
    if incoming.header(ORIGIN_HEADER) != origin:
        # A raw record is its own origin, whatever header a stranger gave it; the last of a name counts.
        fields[ORIGIN_HEADER] = origin
    return tuple((name, text.encode("utf-8", "replace")) for name, text in fields.items())
