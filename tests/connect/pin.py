"""Renew jars.tsv: `python -m tests.connect.pin > tests/connect/jars.tsv` (needs the network)."""

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from marsad.kafka.jars import KAFKA_VERSION, pinned

WANTED = ("connect-runtime", "connect-file", "connect-json")


def main() -> None:
    """Print what Connect needs beside the broker's own jars."""
    ours = {jar.coordinate for jar in pinned()}
    with tempfile.TemporaryDirectory() as repo:
        context = MavenContext(repo_cache=Path(repo))
        names = [f"org.apache.kafka:{one}:{KAFKA_VERSION}" for one in WANTED]
        inputs, transitive = context.resolver.resolve([context.create_dependency(name) for name in names])
        sys.stdout.write(f"# {', '.join(names)} as jgo resolves them, less marsad/kafka/jars.tsv\n")
        for one in sorted(inputs + transitive, key=lambda one: str(one.artifact)):
            artifact = one.artifact
            coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            if coordinate not in ours:
                content = artifact.resolve().read_bytes()
                sys.stdout.write(f"{coordinate}\t{len(content)}\t{hashlib.sha256(content).hexdigest()}\n")


if __name__ == "__main__":
    main()
