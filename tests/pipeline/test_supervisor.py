"""`worker --stage all`: one process a stage, restarted when it fails, ended with its parent."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import pytest
from aiokafka import AIOKafkaProducer

from tests.pipeline import corpus, verifier
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import PATIENCE, STAGES, Workers

ALL = "all"


@pytest.fixture
def everything(workers: Workers) -> Iterator[Workers]:
    workers.start(ALL)
    yield workers
    workers.stop()


def children(pid: int) -> dict[str, int]:
    """The stages' process ids below `pid`, by stage."""
    listed = subprocess.run(
        # Without -ww some ps cut arguments at a terminal's width, and with them the longest stage's name.
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return {
        stage: int(row[0])
        for row in rows
        for stage in STAGES
        if len(row) == 3 and int(row[1]) == pid and f"--stage {stage} " in row[2]
    }


async def until_up(workers: Workers) -> dict[str, int]:
    pids: dict[str, int] = {}
    async with asyncio.timeout(PATIENCE):
        while set(pids) != set(STAGES) or any(
            f"stage {stage} is up" not in workers.log(ALL) for stage in STAGES
        ):
            await asyncio.sleep(0.1)
            pids = children(workers.running[ALL].pid)
    return pids


async def until_gone(pids: list[int], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        for pid in pids:
            with suppress(ProcessLookupError):
                while True:
                    os.kill(pid, 0)
                    await asyncio.sleep(0.1)


async def test_a_killed_stage_is_started_again_and_nothing_is_lost(
    everything: Workers, producer: AIOKafkaProducer
) -> None:
    pids = await until_up(everything)
    await send(producer, everything.prefix, corpus.numbered(150, seed=6))
    os.kill(pids["dedupe"], signal.SIGKILL)
    await everything.drained()
    assert "stage dedupe ended with exit code -9; again in 1 s" in everything.log(ALL)
    assert good(found := verifier.check(await verifier.read_logs(everything.broker, everything.prefix))), (
        found
    )


async def test_the_stages_end_with_a_killed_parent(everything: Workers) -> None:
    pids = await until_up(everything)
    everything.kill(ALL)
    await until_gone(list(pids.values()))


async def test_sigterm_ends_all_of_it_in_order(everything: Workers) -> None:
    pids = await until_up(everything)
    everything.running[ALL].terminate()
    async with asyncio.timeout(PATIENCE):
        while everything.running[ALL].poll() is None:
            await asyncio.sleep(0.1)
    assert everything.running[ALL].returncode == 0
    await until_gone(list(pids.values()), 30)


async def test_sigterm_ends_a_worker_that_is_still_starting(workers: Workers) -> None:
    workers.start("tag")
    async with asyncio.timeout(PATIENCE):
        while not list(workers.data.glob("workers/*/*/tag-0/lock")):
            await asyncio.sleep(0.02)
    assert "is up" not in workers.log("tag")
    workers.running["tag"].terminate()
    assert await asyncio.to_thread(workers.running["tag"].wait, PATIENCE) == 0
