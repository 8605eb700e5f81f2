"""Renew jars.tsv after a change of Kafka's version: `python -m marsad.kafka.pin > marsad/kafka/jars.tsv`.

Needs the network. What it prints is reviewed and committed; a user's machine takes only what is listed
there.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.maven import MavenContext

KAFKA = "org.apache.kafka:kafka_2.13:4.3.0"
LOG4J_BRIDGE = "org.apache.logging.log4j:log4j-slf4j-impl"
"""Kafka logs through slf4j 1.7; its release archive adds this bridge, its POM does not."""


def resolved(repo: Path) -> dict[str, Path]:
    """Resolve Kafka's POM, and the bridge in the version of the log4j that came with it."""
    context = MavenContext(repo_cache=repo)
    inputs, transitive = context.resolver.resolve([context.create_dependency(KAFKA)])
    artifacts = [dependency.artifact for dependency in inputs + transitive]
    log4j = next(one.version for one in artifacts if one.artifactId == "log4j-core")
    artifacts.append(context.create_dependency(f"{LOG4J_BRIDGE}:{log4j}").artifact)
    return {f"{one.groupId}:{one.artifactId}:{one.version}": one.resolve() for one in artifacts}


def main() -> None:
    """Print the table."""
    out = sys.stdout
    out.write(f"# {KAFKA} as jgo resolves it, with {LOG4J_BRIDGE}. Renew: python -m marsad.kafka.pin\n")
    out.write("# coordinate\tbytes\tsha256\n")
    with tempfile.TemporaryDirectory() as repo:
        for coordinate, path in sorted(resolved(Path(repo)).items()):
            content = path.read_bytes()
            out.write(f"{coordinate}\t{len(content)}\t{hashlib.sha256(content).hexdigest()}\n")


if __name__ == "__main__":
    main()
