"""What the faults act on: a broker, one worker a stage, workers with faults built in. All real processes."""

import asyncio
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.topics import Topic, full_name
from marsad.kafka import EmbeddedKafka
from tests.pipeline.commits import set_config, stamped
from tests.pipeline.workers import STAGES, Workers

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 180.0


class Missed(Exception):
    """A fault that did no harm, because what it waited for did not come in time."""


class Mortal:
    """A worker with a fault built in (worker.py), with a log of its own."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.path = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(command, env=environment, stderr=file, cwd=ROOT)

    async def said(self, text: str, seconds: float = WAIT_SECONDS) -> bool:
        """Wait until it says `text`; False where it ends, or time is up, before."""
        for _ in range(int(seconds / 0.1)):
            if text in self.path.read_text(errors="replace"):
                return True
            if self.process.poll() is not None:
                return False
            await asyncio.sleep(0.1)
        return False

    async def ended(self, seconds: float = WAIT_SECONDS) -> int | None:
        """Wait for its end; give its code, None where it lives on."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self.process.wait, seconds), seconds + 5)
        except (subprocess.TimeoutExpired, TimeoutError):
            return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    async def terminate(self) -> None:
        self.process.terminate()
        if await self.ended(35) is None:
            self.kill()


@dataclass
class Rig:
    """Broker and workers; `dice` makes every choice, so that a seed repeats a run's plan."""

    kafka: EmbeddedKafka
    workers: Workers
    dice: random.Random
    brief: bool = False
    mortals: list[Mortal] = field(default_factory=list)

    @property
    def client(self) -> dict[str, Any]:
        return {"bootstrap_servers": self.kafka.address}

    def stage(self) -> str:
        return self.dice.choice(STAGES)

    async def ensure_workers(self) -> None:
        """Start every stage that does not run."""
        for stage in STAGES:
            if stage not in self.workers.running or self.workers.running[stage].poll() is not None:
                self.workers.start(stage)

    async def keep_workers(self) -> None:
        """Start again, for as long as this is awaited, every stage that ended by a failure of its own."""
        while True:
            for stage, process in list(self.workers.running.items()):
                if process.poll() not in (None, 0, -signal.SIGKILL, -signal.SIGTERM):
                    self.workers.start(stage)
            await asyncio.sleep(1)

    def mortal(
        self, stage: str, *options: str, data: Path | None = None, tmpfs: str = "", **env: str
    ) -> Mortal:
        """Start a worker with these options of worker.py; `tmpfs`: its data on a disk of that size."""
        data = data or self.workers.data
        environment = {
            **os.environ,
            "MARSAD_BROKER": self.workers.broker,
            "MARSAD_DATA": str(data),
            "MARSAD_TOPIC_PREFIX": self.workers.prefix,
            **env,
        }
        command = [sys.executable, "-m", "tests.chaos.worker", stage, *options]
        if tmpfs:
            command = [*on_tmpfs(data, tmpfs), *command]
        made = Mortal(command, environment, self.workers.data / f"mortal-{len(self.mortals)}.log")
        self.mortals.append(made)
        return made

    def stop(self) -> None:
        for mortal in self.mortals:
            if mortal.process.poll() is None:
                mortal.kill()
        self.workers.stop()

    def states(self) -> list[Path]:
        """Where dedupe's databases lie."""
        return sorted(self.workers.data.glob("workers/*/*/dedupe-*/dedupe-*"))

    def held(self, stage: str) -> int:
        """How many places of `stage` below the data directory somebody holds."""
        return sum(map(is_locked, self.workers.data.glob(f"workers/*/*/{stage}-*/lock")))

    async def kill_nodes(self, pids: Sequence[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        while len(self.kafka.ended()) < len(pids):  # revive starts only what is known to have ended
            await asyncio.sleep(0.05)
        await asyncio.sleep(self.dice.uniform(0.5, 3))
        await asyncio.to_thread(self.kafka.revive)

    async def freeze_nodes(self, pids: Sequence[int], seconds: float) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


def is_locked(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def on_tmpfs(folder: Path, size: str) -> list[str]:
    """Give what runs a command with `folder` on a disk of `size`, seen by that command alone."""
    folder.mkdir(parents=True, exist_ok=True)
    script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", script, "sh", size, str(folder)]


def can_mount(folder: Path) -> bool:
    """Tell whether this machine lets us mount a small disk in a name space of our own."""
    if shutil.which("unshare") is None:
        return False
    return (
        subprocess.run([*on_tmpfs(folder, "64k"), "true"], capture_output=True, check=False).returncode == 0
    )


async def set_max_bytes(broker: str, prefix: str, topic: Topic, size: int | None) -> None:
    """Let `topic` take records of up to `size` bytes only; None: as many as it should."""
    configs = stamped(topic.config())
    if size is not None:
        configs["max.message.bytes"] = str(size)
    await set_config(broker, full_name(topic, prefix), configs)
