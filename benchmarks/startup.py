"""How long a user waits at the start: `python -m benchmarks.startup`.

`marsad --help`, the best of five; the embedded Kafka, its jars at hand; then, for each stage on that broker
and with an empty state, the seconds until its worker answers yes at /readyz. By the wall, so on an idle
machine; processor seconds stand beside.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks import rig
from benchmarks.rig import STAGES, Member
from benchmarks.timing import least
from events.topics import DEFAULT_PARTITIONS
from marsad import topics
from marsad.kafka import EmbeddedKafka

TRIES = 5
PREFIX = "startup."
LOOK_SECONDS = 0.02


def help_text() -> None:
    """Ask for help."""
    subprocess.run([sys.executable, "-m", "marsad", "--help"], stdout=subprocess.DEVNULL, check=True)


def ready(member: Member) -> bool:
    """Ask a worker whether it is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{member.health}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def until_ready(stage: str, broker: str, folder: Path) -> tuple[float, float]:
    """Give the seconds by the wall and of the processor until a worker is ready."""
    started = time.perf_counter()
    member = rig.worker(stage, stage, broker, PREFIX, folder)
    try:
        while not ready(member):
            if not member.alive:
                raise RuntimeError(f"{stage} ended with {member.process.returncode}")
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - started, rig.processor_seconds(member.process.pid)
    finally:
        rig.end([member])


async def main() -> None:
    """Print a line each."""
    print(f"marsad --help: {least(help_text, TRIES, time.perf_counter):.2f} s")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        started = time.perf_counter()
        async with EmbeddedKafka(folder / "broker") as kafka:
            wall, cpu = time.perf_counter() - started, sum(map(rig.processor_seconds, kafka.pids))
            print(f"embedded Kafka: up after {wall:.1f} s, {cpu:.1f} s of the processor")
            await topics.apply(
                {"bootstrap_servers": kafka.address}, topics.Wanted(PREFIX, DEFAULT_PARTITIONS, 1)
            )
            for stage in STAGES:
                wall, cpu = await asyncio.to_thread(until_ready, stage, kafka.address, folder)
                print(f"worker {stage}: ready after {wall:.1f} s, {cpu:.1f} s of the processor")


if __name__ == "__main__":
    asyncio.run(main())
