"""One process a stage, watched: restarted with a back-off when it fails, given up loudly, never silently."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marsad.parent import PARENT_FD

Say = Callable[[str], None]

FIRST_DELAY = 1.0
LAST_DELAY = 30.0
HEALTHY_SECONDS = 60.0
"""A child that lived this long has its failures forgotten."""
MAX_FAILURES = 20
"""With the back-off about eight minutes of failing: longer than a broker's restart."""
STOP_SECONDS = 28.0
"""The contract gives a worker 30 s after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Child:
    """A `marsad` command to keep running; `environment` comes before our own.

    It is first started when `when` returns, at once without it.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    when: Callable[[], Coroutine[Any, Any, object]] | None = None


class GaveUpError(RuntimeError):
    """A child failed too often in a row."""


class Supervisor:
    """Keeps children running until `stop`; its own death, even by kill -9, ends them too."""

    def __init__(self, children: Sequence[Child], stop: asyncio.Event, say: Say) -> None:
        self._children = children
        self._stop = stop
        self._say = say
        self._read_end, self._write_end = os.pipe()

    async def run(self) -> None:
        """Run all children until `stop` is set; raises `GaveUpError` when one cannot be kept running."""
        try:
            async with asyncio.TaskGroup() as group:
                for child in self._children:
                    group.create_task(self._keep(child))
        except* GaveUpError as errors:
            raise errors.exceptions[0] from None
        finally:
            os.close(self._write_end)
            os.close(self._read_end)

    async def _keep(self, child: Child) -> None:
        failures = 0
        if child.when is not None:
            await _first_of(self._stop.wait(), child.when())
        while not self._stop.is_set():
            started = asyncio.get_running_loop().time()
            code = await self._run_once(child)
            if self._stop.is_set():
                return
            lived = asyncio.get_running_loop().time() - started
            failures = 1 if lived > HEALTHY_SECONDS else failures + 1
            await self._pause(child, code, failures)

    async def _pause(self, child: Child, code: int, failures: int) -> None:
        if failures >= MAX_FAILURES:
            self._say(f"{child.name} failed {failures} times in a row, last with exit code {code}: giving up")
            raise GaveUpError(f"{child.name} cannot be kept running (exit code {code}); its log says why")
        delay = min(FIRST_DELAY * 2 ** (failures - 1), LAST_DELAY)
        self._say(f"{child.name} ended with exit code {code}; again in {delay:.0f} s")
        await _first_of(self._stop.wait(), asyncio.sleep(delay))

    async def _run_once(self, child: Child) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "marsad", *child.arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=sys.stderr,
            pass_fds=(self._read_end,),
            env={**os.environ, **child.environment, PARENT_FD: str(self._read_end)},
        )
        try:
            await _first_of(self._stop.wait(), process.wait())
        finally:
            await _end(process)
        return process.returncode if process.returncode is not None else -1


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the child to stop, and kill it where it does not within the time it has."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
