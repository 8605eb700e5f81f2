"""The loop: what it is at, so that a hang can be told from a wait, and what it lets out: nothing."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from events.rejected import Rejected
from streams.engine.agent import StageLoop
from streams.engine.contiguity import ContiguityGuard
from streams.engine.failstop import EXIT_CODE
from streams.engine.records import Handled, Incoming, Outgoing

OUTPUT = Outgoing("out", b"key", b"value")


@dataclass
class Gate:
    """A step that decides when it is told to, and refuses an empty value."""

    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, incoming: Incoming) -> Handled:
        await self.open.wait()
        if not incoming.value:
            raise Rejected("empty")
        return Handled((OUTPUT,), "normalized")


class Start:
    def committed_position(self, tp: TP) -> int | None:
        return None


async def events(*values: bytes) -> AsyncIterator[Any]:
    for offset, value in enumerate(values):
        message = SimpleNamespace(
            tp=TP("in", 0),
            topic="in",
            partition=0,
            offset=offset,
            timestamp=1.0,
            key=b"",
            value=value,
            headers=(),
        )
        yield SimpleNamespace(message=message, ack=lambda: None)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_deciding_delivering_and_waiting_are_told_apart() -> None:
    answers: list[asyncio.Future[Any]] = []
    room = asyncio.Event()

    async def publish(record: Outgoing) -> asyncio.Future[Any]:
        await room.wait()
        answers.append(asyncio.get_running_loop().create_future())
        return answers[-1]

    step, durable = Gate(), dict[TP, int]()
    loop = StageLoop("normalize", step, publish, durable.__setitem__, ContiguityGuard(Start(), {}))
    assert loop.doing == "waiting"
    running = asyncio.create_task(loop.run(events(b"one", b"")))
    await settle()
    assert (loop.doing, loop.depth) == ("deciding", 0)
    step.open.set()
    await settle()
    assert loop.doing == "delivering"
    room.set()
    await running
    assert (loop.doing, loop.counts.handled, loop.acknowledged, loop.depth) == ("waiting", 2, 0, 2)
    for answer in answers:
        answer.set_result(None)
    await settle()
    assert (loop.acknowledged, loop.depth, durable) == (2, 0, {TP("in", 0): 1})
    assert loop.counts.snapshot() == {"normalized": 1, "dead_letter": 1}
    assert loop.counts.reasons["empty"] == 1
    await loop.close()


class Broken:
    """A step with a bug: no `Rejected`, which is the record's fault, but an exception of its own."""

    async def handle(self, incoming: Incoming) -> Handled:
        raise LookupError(f"a bug at offset {incoming.offset}")


async def run_broken() -> None:
    async def publish(record: Outgoing) -> asyncio.Future[Any]:
        raise AssertionError(f"{record} must not be sent")

    def mark(tp: TP, offset: int) -> None:
        print("acknowledged", tp, offset)

    await StageLoop("tag", Broken(), publish, mark, ContiguityGuard(Start(), {})).run(events(b"one", b"two"))
    print("went on")


def test_a_bug_of_a_stage_ends_the_process_and_acknowledges_nothing() -> None:
    code = "import asyncio; from tests.engine.test_loop import run_broken; asyncio.run(run_broken())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == EXIT_CODE
    assert "LookupError: a bug at offset 0" in ended.stderr
    assert ended.stdout == ""
