"""A peer: the same stages on Quix Streams, one application a stage.

`python -m benchmarks.engines.quix STAGE BROKER PREFIX FOLDER [--empty]`. At least once, its default. Raw
bytes in and out, so that nothing is parsed twice; dedupe's changes go into its state (RocksDB, changelog).
`commit_interval` is its default of 5 s: a longer one means fewer writes (quix.io/docs/quix-streams,
advanced/checkpointing); the clients have the settings of the bare loop, by `consumer_extra_config` and
`producer_extra_config` (the same, configuration).
"""

import sys
from collections.abc import Iterator
from typing import Any

from quixstreams import Application, State, message_context
from quixstreams.models import BytesDeserializer, Serializer

from benchmarks.engines.bare import COMMIT_SECONDS, FAST_CONSUMER, FAST_PRODUCER
from benchmarks.engines.hops import Kept, Record, hop
from events.topics import CURRENT, DEDUPED, ENRICHED, NORMALIZED, READS, REPEATS, STORIES, app_id, full_name

OUTPUTS = {
    "normalize": (NORMALIZED,),
    "dedupe": (DEDUPED, REPEATS, STORIES),
    "tag": (ENRICHED, CURRENT),
}


class ValueOf(Serializer):
    """Writes the value of a record as it is."""

    def __call__(self, record: Record, *args: Any, **named: Any) -> bytes:
        """Give the bytes."""
        return record.value


def run(stage: str, broker: str, prefix: str, folder: str, empty: bool) -> None:
    """Run until SIGTERM."""
    app = Application(
        broker,
        consumer_group=app_id(stage, prefix),
        auto_offset_reset="earliest",
        commit_interval=COMMIT_SECONDS,
        consumer_extra_config=FAST_CONSUMER,
        producer_extra_config=FAST_PRODUCER,
        state_dir=folder,
        loglevel="WARNING",
    )
    source = app.topic(full_name(READS[stage], prefix), value_deserializer=BytesDeserializer())
    sinks = {
        name: app.topic(name, value_serializer=ValueOf())
        for name in (full_name(topic, prefix) for topic in OUTPUTS[stage])
    }
    work = _callback(stage, prefix, empty)
    frame = app.dataframe(source).apply(work, expand=True, metadata=True, stateful=stage == "dedupe")
    frame = frame.set_headers(lambda record, *_: list(record.headers))
    frame.to_topic(lambda record, *_: sinks[record.topic], key=lambda record: record.key)
    app.run()


def _callback(stage: str, prefix: str, empty: bool) -> Any:
    work = hop(stage, prefix, empty)

    def plain(value: bytes, key: bytes, _: int, headers: Any) -> Iterator[Record]:
        return iter(work(_record(value, key, headers))[0])

    def stateful(value: bytes, key: bytes, _: int, headers: Any, state: State) -> Iterator[Record]:
        made, kept = work(_record(value, key, headers))
        _keep(kept, state)
        return iter(made)

    return stateful if stage == "dedupe" else plain


def _record(value: bytes, key: bytes, headers: Any) -> Record:
    here = message_context()
    return Record(
        here.topic, key, value, tuple(headers or ()), f"{here.topic}/{here.partition}/{here.offset}"
    )


def _keep(kept: Kept, state: State) -> None:
    for key, value in kept:
        if value is None:
            state.delete(key)
        else:
            state.set_bytes(key, value)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], "--empty" in sys.argv)
