"""The embedded Kafka's folder below the data directory: its lock, identity, ports and settings."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from marsad.errors import Failure
from marsad.kafka.config import LOG4J, LOG4J_FILE, Node, properties_text, server_properties, with_more

LEAST_ROOM = 100_000_000
"""Bytes; under this a broker would start only to stop at its first segment."""
LOCK_WAIT = 20.0
"""Seconds; an orphaned Kafka is given three to stop, and a stopping one ten."""


def prepare(folder: Path, least_room: int = LEAST_ROOM) -> None:
    """Make the folder and prove that it can be written to. Raises Failure with the fix."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
        room = shutil.disk_usage(folder).free
    except OSError as error:
        raise unwritable(folder, error) from error
    if room < least_room:
        raise Failure(
            f"only {room // 1_000_000} MB free for the data directory {folder}, and Kafka needs "
            f"{least_room // 1_000_000}. Free some room, or name a directory on another disk with --data."
        )


def unwritable(folder: Path, error: OSError) -> Failure:
    """Say that the folder does not take what we write, and the fix."""
    return Failure(
        f"cannot write to the data directory {folder}: {error.strerror or error}. Make it writable, "
        "free some room there, or name another one with --data."
    )


def lock(folder: Path, say: Callable[[str], None], wait: float = LOCK_WAIT) -> int:
    """Take the folder for ourselves; give the file descriptor that holds it.

    The descriptor is handed on to the Java processes, so the lock lasts until the last of them is gone,
    whatever is killed before. Raises Failure where another broker keeps it.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise Failure(
                    f"another embedded Kafka is using {folder}{_owner(folder)}. Stop it, or name another "
                    "data directory with --data."
                ) from None
            if not told:
                say(f"waiting for the Kafka that still uses {folder}{_owner(folder)}")
                told = True
            time.sleep(0.1)
        else:
            return descriptor


def unlock(descriptor: int) -> None:
    """Let go of the folder; whoever inherited the descriptor still holds it."""
    os.close(descriptor)


def _owner(folder: Path) -> str:
    pids = sorted(path.read_text() for path in folder.glob("node-*/java.pid"))
    return f" (process {', '.join(pids)})" if pids else ""


def cluster_id(folder: Path) -> str:
    """Give the cluster's id: the one that is there, else a new one, kept before it is used."""
    path = folder / "cluster.id"
    if path.exists() and (kept := path.read_text().strip()):
        return kept
    fresh = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    _write(path, fresh + "\n")
    return fresh


def cluster_size(folder: Path, asked: int) -> int:
    """Give the number of nodes the records are spread over; the first start settles it."""
    path = folder / "nodes"
    with contextlib.suppress(FileNotFoundError, ValueError):
        return int(path.read_text())
    _write(path, f"{asked}\n")
    return asked


def recall_ports(folder: Path) -> dict[int, int]:
    """Give the ports of the previous run by node number; none where there was none."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        kept = json.loads((folder / "ports.json").read_text())
        return {int(number): int(port) for number, port in kept.items() if 0 < int(port) < 65536}
    return {}


def keep_ports(folder: Path, nodes: tuple[Node, ...]) -> None:
    """Remember the ports, so that clients find the next run where they found this one."""
    _write(folder / "ports.json", json.dumps({str(node.number): node.port for node in nodes}))


def write_settings(nodes: tuple[Node, ...], more: Mapping[str, str]) -> None:
    """Write what each node reads at its start, `more` lines over ours; every start writes it anew."""
    for node in nodes:
        node.logs.mkdir(parents=True, exist_ok=True)
        _write(node.properties, properties_text(with_more(server_properties(node, nodes), more)))
        _write(node.home / LOG4J_FILE, LOG4J)


def formatted_as(node: Node) -> str | None:
    """Give the cluster id this node's records were formatted with; None where they are not formatted yet."""
    with contextlib.suppress(FileNotFoundError):
        lines = (node.logs / "meta.properties").read_text().splitlines()
        return dict(line.partition("=")[::2] for line in lines).get("cluster.id")
    return None


def _write(path: Path, text: str) -> None:
    """Write a whole file or none: a broker may be killed at any moment."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(text)
    scratch.replace(path)
