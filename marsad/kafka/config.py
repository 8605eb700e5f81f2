"""What the embedded Kafka is told: server.properties, the log's settings, the Java command line."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from events.topics import MAX_DEAD_BYTES
from marsad.kafka.ports import HOST

BATCH_OVERHEAD = 1024 * 1024
"""Room for a record batch around the largest record."""
MAX_MESSAGE = MAX_DEAD_BYTES + BATCH_OVERHEAD
HEAP = "512m"
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""The quick one of Java's two compilers alone, and no threads for garbage: on a machine that all share, the
slow one takes more of the processor than Kafka's own work (docs/performance.md)."""
LISTENERS = ("listeners", "advertised.listeners")


@dataclass(frozen=True, slots=True)
class Node:
    """One combined broker and controller: its number from 1, its two ports, its folder."""

    number: int
    port: int
    controller_port: int
    home: Path

    @property
    def logs(self) -> Path:
        """Give the folder of the topics' records."""
        return self.home / "records"

    @property
    def properties(self) -> Path:
        """Give the path of server.properties."""
        return self.home / "server.properties"

    @property
    def journal(self) -> Path:
        """Give the path of Kafka's own log."""
        return self.home / "kafka.log"

    @property
    def console(self) -> Path:
        """Give the path of what Java itself prints: it has no log yet when it cannot start."""
        return self.home / "console.log"

    @property
    def pid_file(self) -> Path:
        """Give the path of the file that holds the Java process's id while it runs."""
        return self.home / "java.pid"


def server_properties(node: Node, cluster: tuple[Node, ...]) -> dict[str, str]:
    """Give the settings of one node of the cluster; only this machine can reach it."""
    replicas = min(3, len(cluster))
    in_sync = 2 if replicas == 3 else 1
    voters = ",".join(f"{one.number}@{HOST}:{one.controller_port}" for one in cluster)
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://{HOST}:{node.port},CONTROLLER://{HOST}:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{node.port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": node.logs.name,
        **_replication(replicas, in_sync),
        **_sizes(),
        "auto.create.topics.enable": "false",
        # Nobody else is about to join a group of one machine, and a restarted worker must not wait three
        # seconds.
        "group.initial.rebalance.delay.ms": "0" if len(cluster) == 1 else "500",
        "group.min.session.timeout.ms": "1000",
        # After kill -9 a node may register again only when its old session has ended; the default is 9 s.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # A laptop may sleep for a week; the public log keeps 30 days, so the places in it are kept as long.
        "offsets.retention.minutes": str(30 * 24 * 60),
    }


def _replication(replicas: int, in_sync: int) -> dict[str, str]:
    settings = {"default.replication.factor": str(replicas), "min.insync.replicas": str(in_sync)}
    settings["offsets.topic.replication.factor"] = str(replicas)
    for log in ("transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{log}.replication.factor"] = str(replicas)
        settings[f"{log}.min.isr"] = str(in_sync)
    # Kafka's 50 partitions each cost seconds at the first group's start; one machine has a handful of groups.
    for log in ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic"):
        settings[f"{log}.num.partitions"] = "10"
    return settings


def _sizes() -> dict[str, str]:
    return {
        "message.max.bytes": str(MAX_MESSAGE),
        "replica.fetch.max.bytes": str(MAX_MESSAGE),
        "socket.request.max.bytes": str(10 * MAX_MESSAGE),
        "log.cleaner.dedupe.buffer.size": str(32 * 1024 * 1024),  # the default takes a quarter of our heap
        "num.network.threads": "2",
        "num.io.threads": "4",
    }


def with_more(settings: dict[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Put `more` over the settings; its listeners behind ours, which are asked whether the node serves."""
    behind = {key: f"{settings[key]},{more[key]}" for key in LISTENERS if key in more}
    return settings | dict(more) | behind


def properties_text(settings: dict[str, str]) -> str:
    """Write settings as a Java properties file."""
    return "".join(f"{key}={value}\n" for key, value in settings.items())


LOG4J_FILE = "log4j2.properties"
LOG4J = """\
rootLogger.level = INFO
rootLogger.appenderRef.file.ref = file
logger.values.name = org.apache.kafka.common.config
logger.values.level = WARN
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = kafka.log
appender.file.filePattern = kafka.log.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %-5p %m (%c)%n%throwable
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
"""


def java_command(java: Path, classpath: list[Path], main: str, *arguments: str) -> list[str]:
    """Give the command that runs one of Kafka's programs in a node's folder.

    Every path of ours is relative to that folder: `log.dirs` is a list separated by commas, a properties
    file is Latin-1, log4j reads its setting as a URI, and a user's folder may hold commas, Arabic and spaces.
    """
    return [
        str(java),
        f"-Xmx{HEAP}",
        *QUICK_START,
        "-Djava.awt.headless=true",
        "-XX:ErrorFile=java-crash.log",
        f"-Dlog4j2.configurationFile={LOG4J_FILE}",
        "-cp",
        ":".join(map(str, classpath)),
        main,
        *arguments,
    ]


def java_environment() -> dict[str, str]:
    """Give Java's environment: ours, in UTF-8 always, or it cannot open a folder with an Arabic name."""
    return os.environ | ({"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {})
