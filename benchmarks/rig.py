"""Real processes for the long benchmarks, and what they hold: memory, open files, their own figures."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

STAGES = ("normalize", "dedupe", "tag")


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Member:
    """One process of the pipeline, started by us; `health` is its port, 0 where it has none."""

    name: str
    process: "subprocess.Popen[bytes]"
    health: int = 0

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None


def start(
    name: str,
    arguments: Sequence[str],
    folder: Path,
    health: bool = True,
    env: Mapping[str, str] | None = None,
) -> Member:
    """Start `marsad ARGUMENTS`; its log goes to `folder/NAME.log`."""
    port = free_port() if health else 0
    command = [sys.executable, "-m", "marsad", *arguments]
    if port:
        command += ["--health-port", str(port)]
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(env or {})})
    return Member(name, process, port)


def worker(name: str, stage: str, broker: str, prefix: str, folder: Path) -> Member:
    """Start one stage's production worker; all share one data directory."""
    arguments = ["worker", "--stage", stage, "--broker", broker, "--topic-prefix", prefix]
    return start(name, [*arguments, "--data", str(folder / "data")], folder)


def end(members: Sequence[Member]) -> None:
    """Ask all of them to stop, and wait."""
    for member in members:
        if member.alive:
            member.process.terminate()
    for member in members:
        try:
            member.process.wait(40)
        except subprocess.TimeoutExpired:
            member.process.kill()
            member.process.wait()


def held(pid: int) -> dict[str, float]:
    """Give resident and proportional memory and their peak in MB, and the open files, of a process."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = {line.split(":")[0]: line.split()[1] for line in status if line.startswith("Vm")}
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    pss = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return {
        "rss_mb": int(kilobytes["VmRSS"]) / 1024,
        "peak_mb": int(kilobytes["VmHWM"]) / 1024,
        "pss_mb": pss / 1024,
        "files": float(sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())),
    }


def processor_seconds(pid: int) -> float:
    """Give the processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(member: Member) -> dict[str, float]:
    """Give the figures a process tells at /metrics, labels but `outcome` left out, sums over the rest."""
    try:
        with urlopen(f"http://127.0.0.1:{member.health}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except (URLError, TimeoutError, ConnectionError):
        return {}
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = f"{sample.name}/{sample.labels['outcome']}" if "outcome" in sample.labels else sample.name
            found[name] = found.get(name, 0.0) + sample.value
    return found


def bytes_below(*folders: Path) -> int:
    """Give the bytes that the files below `folders` take on disk; what vanishes meanwhile counts nothing."""
    total = 0
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                status = path.lstat()
            except OSError:
                continue
            total += status.st_blocks * 512 if path.is_file() else 0
    return total
