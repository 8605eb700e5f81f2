"""Worker processes under test: started, killed and stopped by their own ids."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from marsad.lag import drained

STAGES = ("normalize", "dedupe", "tag")
PATIENCE = 180.0
"""Seconds that a test waits for what must come; two busy cores make minutes of seconds."""
DRAIN_SECONDS = 300


class Workers:
    """One process a stage on one broker and prefix; logs go to files below `data`."""

    def __init__(self, broker: str, prefix: str, data: Path, env: dict[str, str] | None = None) -> None:
        self.broker, self.prefix, self.data = broker, prefix, data
        self.env = {**os.environ, **(env or {})}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *stages: str) -> None:
        for stage in stages or STAGES:
            self.data.mkdir(parents=True, exist_ok=True)
            with (self.data / f"{stage}.log").open("ab") as log:
                self.running[stage] = subprocess.Popen(self.command(stage), stderr=log, env=self.env)

    def command(self, stage: str) -> list[str]:
        arguments = ["worker", "--stage", stage, "--broker", self.broker, "--topic-prefix", self.prefix]
        return [sys.executable, "-m", "marsad", *arguments, "--data", str(self.data)]

    def kill(self, stage: str) -> None:
        self.running[stage].send_signal(signal.SIGKILL)
        self.running[stage].wait()

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(35)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, stage: str) -> str:
        return (self.data / f"{stage}.log").read_text()

    async def drained(self, seconds: float = DRAIN_SECONDS) -> None:
        async with asyncio.timeout(seconds):
            await drained({"bootstrap_servers": self.broker}, self.prefix, 0.2)
