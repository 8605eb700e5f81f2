"""The embedded Kafka: a real one, for this machine only, that ends with the process that started it."""

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from marsad.errors import Failure
from marsad.kafka import store
from marsad.kafka.config import Node
from marsad.kafka.jars import classpath
from marsad.kafka.java import find_java
from marsad.kafka.ports import HOST, claim, free_port, is_free
from marsad.kafka.process import KafkaProcess, PortTaken, format_storage
from marsad.settings import cache_dir

START_TIMEOUT = 120.0
"""Seconds; three on an idle machine, but two cores may be busy with a whole test run."""
PORT_ATTEMPTS = 4
STOP_TIMEOUT = 15.0
LOOK = 0.2
LIVES = 3

Say = Callable[[str], None]


class EmbeddedKafka:
    """Kafka 4.3.0 (KRaft, combined nodes) with its records below `data_dir`, on the loopback interface.

    `with EmbeddedKafka(Path(".marsad")) as kafka: kafka.address`, or `async with`; both give the address
    clients bootstrap from. `port` None takes the previous run's port where it is free, else a free one; the
    first start fetches jars into `cache`. `more` are further lines of server.properties (listeners behind
    ours), `scram` the passwords of users that a new folder begins with. A folder holds one number of nodes
    for its whole life.

    Raises Failure (one paragraph: what is wrong and the fix) from entering.
    """

    def __init__(
        self,
        data_dir: Path | str,
        port: int | None = None,
        nodes: int = 1,
        cache: Path | None = None,
        say: Say | None = None,
        more: Mapping[str, str] | None = None,
        scram: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = Path(data_dir).absolute() / "kafka"
        self.port = port
        self.size = nodes
        self.cache = cache or cache_dir()
        self.say = say or _to_stderr
        self.more = more or {}
        self.scram = scram or {}
        self.processes: list[KafkaProcess] = []
        self.cluster_id = ""
        self._lock = -1
        self._stopped = True
        self._mutex = threading.Lock()
        self._make: Callable[[Node], KafkaProcess]

    @property
    def address(self) -> str:
        """Give HOST:PORT of every node, separated by commas, as `--broker` takes them."""
        return ",".join(f"{HOST}:{process.node.port}" for process in self.processes)

    @property
    def first_address(self) -> str:
        """Give HOST:PORT of the first node."""
        return f"{HOST}:{self.processes[0].node.port}"

    @property
    def pids(self) -> list[int]:
        """Give the process ids of the Javas that run."""
        return [process.pid for process in self.processes if process.pid is not None]

    def start(self) -> None:
        """Start all nodes and return when they serve."""
        java, jars = find_java(), classpath(self.cache, self.say)
        store.prepare(self.folder)
        self._lock = store.lock(self.folder, self.say)
        self._stopped = False
        self._make = lambda node: KafkaProcess(node, java.path, jars, self._lock)
        try:
            self.cluster_id = store.cluster_id(self.folder)
            self._check_size()
            self._start_nodes(java.path, jars)
        except OSError as error:
            self.stop()
            raise store.unwritable(self.folder, error) from error
        except BaseException:
            self.stop()
            raise

    def _start_nodes(self, java: Path, jars: list[Path]) -> None:
        for attempt in range(PORT_ATTEMPTS):
            nodes = self._nodes()
            store.write_settings(nodes, self.more)
            for node in nodes:
                format_storage(node, java, jars, self.cluster_id, self._lock, self.say, self.scram)
            try:
                self._launch(nodes)
            except PortTaken:
                self._end_processes()
                if attempt + 1 == PORT_ATTEMPTS or not all(is_free(one) for one in self._asked_for()):
                    raise
            else:
                store.keep_ports(self.folder, nodes)
                return

    def _asked_for(self) -> Iterable[int]:
        return () if self.port is None else (self.port,)

    def _launch(self, nodes: tuple[Node, ...]) -> None:
        self.processes = []
        for node in nodes:
            self.processes.append(self._make(node))
        self._await_ready(self.processes)

    def _await_ready(self, processes: list[KafkaProcess]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        for process in processes:
            process.await_ready(self.cluster_id, self.size, deadline)

    def _nodes(self) -> tuple[Node, ...]:
        before, given, nodes = store.recall_ports(self.folder), set(self._asked_for()), []
        for number in range(1, self.size + 1):
            port = self._port_of(number, before, given)
            given.add(port)
            controller = free_port(given)
            given.add(controller)
            nodes.append(Node(number, port, controller, self.folder / f"node-{number}"))
        return tuple(nodes)

    def _port_of(self, number: int, before: dict[int, int], given: set[int]) -> int:
        if number == 1 and self.port is not None:
            return claim(self.port)
        previous = before.get(number)
        if previous is not None and previous not in given and is_free(previous):
            return previous
        return free_port(given)

    def _check_size(self) -> None:
        found = store.cluster_size(self.folder, self.size)
        if found != self.size:
            raise Failure(
                f"{self.folder} holds a cluster of {found} node(s), not {self.size}: its records are spread "
                f"over them. Start it with --nodes {found}, or name another data directory with --data."
            )

    def ended(self) -> list[int]:
        """Give the numbers of the nodes that no longer run."""
        return [process.node.number for process in self.processes if not process.running]

    def await_end(self) -> Failure:
        """Wait until no node runs any more, saying which ended; give the reason of the last."""
        told: set[int] = set()
        while len(gone := self.ended()) < len(self.processes):
            for number in set(gone) - told:
                told.add(number)
                self.say(f"node {number} ended; the others go on")
            time.sleep(LOOK)
        return self.processes[-1].why_it_ended()

    async def keep(self) -> None:
        """Start again, on the same port, whatever node ends, for as long as this is awaited.

        Raises Failure with the reason where a node ends more than LIVES times within a minute.
        """
        deaths: list[float] = []
        while True:
            await asyncio.sleep(LOOK)
            gone = [process for process in self.processes if not process.running]
            if not gone:
                continue
            reason = gone[0].why_it_ended()
            deaths = [at for at in deaths if at > time.monotonic() - 60] + [time.monotonic()]
            if len(deaths) > LIVES:
                self.say(f"Kafka does not stay up, giving up. {reason}")
                raise reason
            self.say(f"{str(reason).partition('. ')[0]}; starting it again")
            await asyncio.to_thread(self.revive)
            self.say(f"Kafka serves again at {self.address}")

    def revive(self) -> None:
        """Start the nodes that ended, on their ports, and return when they serve."""
        with self._mutex:
            if self._stopped:
                return
            again = [at for at, process in enumerate(self.processes) if not process.running]
            for at in again:
                self.processes[at].wait()
                self.processes[at] = self._make(self.processes[at].node)
        self._await_ready([self.processes[at] for at in again])

    def stop(self) -> None:
        """Stop all nodes in order; kill what does not stop. Safe to call twice."""
        with self._mutex:
            self._stopped = True
            self._end_processes()
            if self._lock >= 0:
                store.unlock(self._lock)
                self._lock = -1

    def _end_processes(self) -> None:
        for process in self.processes:
            process.stop()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_TIMEOUT)

    def __enter__(self) -> Self:
        """Start, and give itself."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start without blocking the event loop, and give itself."""
        starting = asyncio.ensure_future(asyncio.to_thread(self.start))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.wait([starting])  # a thread cannot be cancelled, and would leave a Java behind
            await asyncio.to_thread(self.stop)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop without blocking the event loop."""
        await asyncio.to_thread(self.stop)


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
