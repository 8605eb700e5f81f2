"""Our programs on the guarded Kafka: each as the user of its component, its settings by environment."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from marsad.kafka.ports import HOST
from tests.security.guarded import Guarded, user_of

PATIENCE = 240.0
ROOT = Path(__file__).parents[2]


class Programs:
    """Processes that end with the block; logs below `folder`."""

    def __init__(self, guarded: Guarded, folder: Path, prefix: str) -> None:
        self.guarded, self.folder, self.prefix = guarded, folder, prefix
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, component: str) -> dict[str, str]:
        found = {name: value for name, value in os.environ.items() if not name.startswith("MARSAD_")}
        cache = {name: value for name, value in os.environ.items() if name == "MARSAD_CACHE"}
        ours = {"MARSAD_TOPIC_PREFIX": self.prefix, "MARSAD_DATA": str(self.folder / component)}
        ours["MARSAD_ALLOW_PRIVATE_HOSTS"] = HOST  # the receiver of alerts
        return {**found, **cache, **self.guarded.environment(user_of(component)), **ours}

    def start(self, component: str, *arguments: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "marsad", *arguments]
        with (self.folder / f"{component}.log").open("wb") as log:
            self.running[component] = subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment(component), cwd=ROOT
            )

    async def run(self, component: str, *arguments: str, **more: str) -> tuple[int, str, str]:
        """Run a command to its end; gives its exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "marsad", *arguments,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(component) | more,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            out, told = await process.communicate()
        return process.returncode or 0, out.decode(), told.decode()

    def log(self, component: str) -> str:
        return (self.folder / f"{component}.log").read_text()

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
