"""What the faults act on: a broker, one worker a stage, a steady load. All of it real processes."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from connectors.publish import Publisher, Record
from marsad import topics
from marsad.kafka import EmbeddedKafka
from tests.pipeline.corpus import numbered
from tests.pipeline.feeding import key_of
from tests.pipeline.workers import STAGES, Workers

PER_SECOND = 25


@dataclass
class Rig:
    """Broker, workers, load; `dice` makes every choice, so that a seed repeats a run's plan."""

    kafka: EmbeddedKafka
    workers: Workers
    dice: random.Random
    others: list[Workers] = field(default_factory=list)

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

    def start_mortal(self, stage: str, point: str, nth: int) -> "subprocess.Popen[bytes]":
        """Start a worker of `stage` that kills itself at `point`."""
        environment = {
            **os.environ,
            "MARSAD_BROKER": self.workers.broker,
            "MARSAD_DATA": str(self.workers.data),
            "MARSAD_TOPIC_PREFIX": self.workers.prefix,
        }
        command = [sys.executable, "-m", "tests.chaos.worker", stage, point, str(nth)]
        with (self.workers.data / f"{stage}.log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stderr=log, cwd=Path(__file__).parents[2])

    async def kill_broker(self) -> None:
        for pid in self.kafka.pids:
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(self.dice.uniform(0.5, 3))
        await asyncio.to_thread(self.kafka.revive)

    async def freeze_broker(self, seconds: float) -> None:
        pids = self.kafka.pids
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def set_max_bytes(broker: str, topic: str, size: int) -> None:
    """Let `topic` take records of up to `size` bytes only."""
    async with topics.admin({"bootstrap_servers": broker}) as client:
        configs = {"max.message.bytes": str(size)}
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs)])


async def load(rig: Rig, count: int, stop: asyncio.Event) -> int:
    """Write numbered records at a steady pace until `stop`; a broker that is away is waited for."""
    sent = 0
    async with Publisher(rig.client) as publisher:
        for value in numbered(count, seed=rig.dice.randrange(10**6)):
            if stop.is_set():
                break
            await publisher.publish(f"{rig.workers.prefix}articles.raw.v1", [Record(key_of(value), value)])
            sent += 1
            await asyncio.sleep(1 / PER_SECOND)
    return sent
