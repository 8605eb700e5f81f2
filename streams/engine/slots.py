"""Who a worker is: a numbered place below the data directory, held by a file lock.

The place carries the state and the static member id (KIP-345). After kill -9 the system gives the
lock back, so the successor takes the same place, the same id and the same state, and rejoins its
group without waiting for the session to time out. A second worker on the host takes the next place.
"""

import fcntl
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

MAX_SLOTS = 256


class NoSlotError(RuntimeError):
    """Every place below the data directory is taken."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A claimed place; the lock lasts as long as this process and its descriptor."""

    directory: Path
    instance_id: str
    descriptor: int


def claim(workers_dir: Path, stage: str, instance_id: str | None = None) -> Slot:
    """Claim the first free place for `stage` below `workers_dir`; raises `NoSlotError`.

    `instance_id` (a pod's name, say) overrides the random one that is kept in the place.
    """
    for number in range(MAX_SLOTS):
        directory = workers_dir / f"{stage}-{number}"
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = _try_lock(directory / "lock")
        if descriptor is not None:
            return Slot(directory, instance_id or _kept_id(directory / "instance", stage), descriptor)
    raise NoSlotError(f"{MAX_SLOTS} workers already hold {workers_dir}/{stage}-*")


def _try_lock(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _kept_id(path: Path, stage: str) -> str:
    if not path.exists() or not path.read_text().strip():
        path.write_text(f"{stage}-{uuid.uuid4().hex}\n")
    return path.read_text().strip()
