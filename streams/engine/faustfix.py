"""Our local fixes to Faust 0.15.3, in one place, with the version they hold for.

What Faust commits is wrong in several ways (guide/FAUST.md section 2, and one found here: its stream
iterator *acknowledges* events of an older generation that it skips, `_py_aiter` and `_c_aiter`). So
nothing of Faust's own bookkeeping decides what is committed: only positions that our ack windows
have put into `durable` are.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

import faust
from aiokafka.consumer import group_coordinator
from aiokafka.protocol.commit import OffsetFetchRequest, OffsetFetchRequest_v1
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engine.failstop import fail_stop

WANTED = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.1"}


class FaustVersionError(RuntimeError):
    """Another Faust than the one these fixes were written and tested for."""


def check_faust_version() -> None:
    """Refuse to run on any other Faust; raises `FaustVersionError`."""
    for package, wanted in WANTED.items():
        if (found := version(package)) != wanted:
            raise FaustVersionError(
                f"{package} {found} is installed, the engine needs {wanted}; install from requirements.lock"
            )


class DurableConsumer(driver.Consumer):
    """A consumer that commits what is durable, and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.durable: dict[TP, int] = {}

    def mark_durable(self, tp: TP, offset: int) -> None:
        """Say that everything up to and including `offset` is durable downstream."""
        self.durable[tp] = offset + 1

    def committed_position(self, tp: TP) -> int | None:
        """Give the offset from which this partition was last resumed, None where none is committed."""
        return self._committed_offset[tp]

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in list(self.durable) if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        # Faust's own lists only have to be kept from growing.
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.durable.get(tp)

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:
        # A refused commit must be tried again (faust-streaming#692): forget that it was made.
        before = {tp: self._committed_offset[tp] for tp in offsets}
        committed: bool = await super()._commit_offsets(offsets, start_new_transaction)
        if not committed:
            self._committed_offset.update(before)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what became durable while the streams ran empty, then forget these partitions."""
        await super().on_partitions_revoked(revoked)
        self._forget(revoked)

    def _forget(self, revoked: Iterable[TP]) -> None:
        for tp in revoked:
            self.durable.pop(tp, None)


class IdempotentProducer(driver.Producer):
    """A producer that keeps order and never doubles on its own retries; Faust has no setting for it."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True, "value_serializer": _null_again}

    async def send(self, topic: str, key: bytes | None, value: Any, *more: Any, **named: Any) -> Any:
        """Send also a record that has neither key nor value: a dead letter may be one."""
        return await super().send(topic, key, NULL if key is value is None else value, *more, **named)


NULL: Any = object()
"""Stands for a null value, where aiokafka asserts that key and value are not both null (Kafka allows it)."""


def _null_again(value: bytes | None) -> bytes | None:
    return None if value is NULL else value


class FetchByPartition(OffsetFetchRequest):  # type: ignore[misc]  # aiokafka ships no types
    """Asks for committed offsets in version 1, where each partition has its error.

    From version 2 on a coordinator that has moved or is loading gives one error for the group, at which
    aiokafka 0.14 does not look: "nothing is committed", and all is read anew (connectors/committed.py).
    """

    def prepare(self, versions: Any) -> Any:
        """Give the request as it goes out, whatever later versions the broker knows."""
        return self.build(OffsetFetchRequest_v1)


class Transport(driver.Transport):
    """Faust's Kafka transport with our consumer and producer."""

    Consumer = DurableConsumer
    Producer = IdempotentProducer


class FailStopApp(faust.App):
    """An app that dies instead of shutting down when any of its services crashes."""

    def _crash(self, reason: BaseException) -> None:
        fail_stop("a Faust service crashed", reason)

    def _new_transport(self) -> Transport:
        group_coordinator.OffsetFetchRequest = FetchByPartition
        return Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> Transport:
        return Transport(self.conf.broker_producer, self)
