"""One Kafka process under its watchdog: formatted, started, asked whether it serves, stopped."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from marsad.errors import Failure
from marsad.kafka import watchdog
from marsad.kafka.config import Node, java_command, java_environment
from marsad.kafka.ports import HOST
from marsad.kafka.store import formatted_as
from marsad.kafka.wire import ClusterView, describe

FORMAT_TIMEOUT = 120.0
TAIL_LINES = 15
_FRAME = re.compile(r"\s+(at [\w.$/]+\(|\.\.\. \d+ more)")
SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")
FULL = 2_000_000
"""Bytes free; a full disk takes the log's own last words too, so its room is the better witness."""
_LOGGED = re.compile(r"\d{4}-\d\d-\d\dT[\d:,.]+ ([A-Z]+) ")


class PortTaken(Failure):
    """Somebody took a port between our choosing it and Kafka's opening it."""


class KafkaProcess:
    """A running node. Ends when this Python process ends, also on kill -9."""

    def __init__(self, node: Node, java: Path, classpath: list[Path], lock: int) -> None:
        """Start it; it does not serve yet."""
        self.node = node
        command = java_command(java, classpath, "kafka.Kafka", node.properties.name)
        self._journal_from = _size(node.journal)
        node.pid_file.unlink(missing_ok=True)  # of a run whose watchdog was killed
        with node.console.open("wb") as console:
            self._dog = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", watchdog.__file__, str(node.pid_file), *command],
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=node.home,
                env=java_environment(),
                start_new_session=True,  # Ctrl-C at the terminal is for us; we stop Kafka in order
                pass_fds=(lock,),
                bufsize=0,
            )

    @property
    def running(self) -> bool:
        """Tell whether Java still runs."""
        return self._dog.poll() is None

    @property
    def pid(self) -> int | None:
        """Give the Java process's id, None before it started and after it ended."""
        try:
            return int(self.node.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def await_ready(self, cluster_id: str, brokers: int, deadline: float) -> None:
        """Wait until the node serves, as a member of our own cluster, beside the other brokers.

        Raises PortTaken where another program has its port, Failure where it ended or time is up.
        """
        while True:
            if not self.running:
                raise self.why_it_ended()
            view = self._view()
            if view is not None and view.cluster_id != cluster_id:
                raise stranger(self.node.port, view.cluster_id, cluster_id)
            if view is not None and len(view.brokers) >= brokers:
                return
            if time.monotonic() > deadline:
                raise Failure(
                    f"Kafka (node {self.node.number}) does not serve yet, and time is up. {self.tail()}"
                )
            time.sleep(0.05)

    def _view(self) -> ClusterView | None:
        try:
            return describe(HOST, self.node.port)
        except OSError:
            return None
        except ValueError as error:
            raise PortTaken(
                f"port {self.node.port} on {HOST}: {error}. Choose another one with --port."
            ) from error

    def why_it_ended(self) -> Failure:
        """Give the reason of its end in words, from what Java printed and Kafka logged."""
        tail = self.tail()
        if "Address already in use" in tail or "BindException" in tail:
            return PortTaken(
                f"Kafka (node {self.node.number}) found its port {self.node.port} or "
                f"{self.node.controller_port} on {HOST} taken by another program. Choose another one with "
                "--port, or stop what holds it."
            )
        if "No space left on device" in tail or shutil.disk_usage(self.node.home).free < FULL:
            return Failure(
                f"the disk of {self.node.home} is full. Free some room, or use another one with --data. "
                f"{tail}"
            )
        return Failure(
            f"Kafka (node {self.node.number}) ended by itself, with code {self._dog.returncode}. {tail}"
        )

    def tail(self) -> str:
        """Give the last lines that Java printed and Kafka logged in this run, for an error message."""
        lines = _lines(self.node.console, 0) + _lines(self.node.journal, self._journal_from)
        shown = _above_info(lines) or lines
        return f"The log is {self.node.journal}; it ends:\n  " + "\n  ".join(shown[-TAIL_LINES:])

    def stop(self) -> None:
        """Ask for an orderly stop; do not wait for it."""
        assert self._dog.stdin is not None  # noqa: S101  (Popen was given a pipe)
        try:
            os.write(self._dog.stdin.fileno(), b"stop\n")
        except (BrokenPipeError, ValueError):
            return

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; give Java's exit code (the signal's number where one ended it)."""
        code = self._dog.wait(timeout)
        assert self._dog.stdin is not None  # noqa: S101
        self._dog.stdin.close()
        self._end_orphan()
        return code

    def _end_orphan(self) -> None:
        """End a Java whose watchdog was killed: Linux does that by itself, macOS does not."""
        if self.pid is not None:  # an orderly watchdog takes the file away
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.node.pid_file.unlink(missing_ok=True)


def stranger(port: int, found: str, ours: str) -> PortTaken:
    """Describe a broker of another cluster on our port."""
    return PortTaken(
        f"port {port} on {HOST} answers as Kafka cluster {found!r}, not as ours ({ours!r}): another Kafka "
        "is running there. Choose another port (--port) or stop that one."
    )


def format_storage(
    node: Node,
    java: Path,
    classpath: list[Path],
    cluster_id: str,
    lock: int,
    say: Callable[[str], None],
    scram: Mapping[str, str],
) -> None:
    """Give a new node its identity, once. Raises Failure where its records belong to another cluster."""
    found = formatted_as(node)
    if found == cluster_id:
        return
    if found is not None:
        raise Failure(
            f"the records in {node.logs} belong to Kafka cluster {found!r}, but cluster.id in "
            f"{node.home.parent} says {cluster_id!r}. Put the id back, or name another folder with --data."
        )
    say(f"preparing {node.logs}")
    arguments = (
        "format",
        f"--cluster-id={cluster_id}",
        "--config",
        node.properties.name,
        "--ignore-formatted",
        *(
            f"--add-scram={kind}=[name={name},password={word}]"
            for name, word in scram.items()
            for kind in SCRAM
        ),
    )
    command = java_command(java, classpath, "kafka.tools.StorageTool", *arguments)
    done = subprocess.run(  # noqa: S603
        command,
        capture_output=True,
        timeout=FORMAT_TIMEOUT,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=node.home,
        env=java_environment(),
        pass_fds=(lock,),
    )
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise Failure(f"Kafka could not prepare {node.logs}: {said[-1500:]}")


def _above_info(lines: list[str]) -> list[str]:
    """Leave out what Kafka logged as mere information, with its continuation lines, and stack frames."""
    kept, informs = [], False
    for line in lines:
        if found := _LOGGED.match(line):
            informs = found[1] == "INFO"
        if not informs and not _FRAME.match(line):
            kept.append(line)
    return kept


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _lines(path: Path, start: int) -> list[str]:
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(start, _size(path) - 64 * 1024))
        return file.read().decode("utf-8", "replace").splitlines()
