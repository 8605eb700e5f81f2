"""Whose patience a poll costs: the line in which a feed waits, and the worker whose it is.

Many names of a hosting service are one server with one limit (FreshRSS#8925: every tumblr.com name), so
they wait in one line. The table is `shared_hosts.toml`.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from aiokafka.partitioner import murmur2

from connectors.feeds.source import Source

_ADDRESS = re.compile(r"\[.*\]|[0-9.]+")


def line_of(source: Source) -> str:
    """Give the line in which a feed waits: its host and port, or the service that hosts it; a file's own."""
    host = source.host
    if not host:
        return source.key
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if _ADDRESS.fullmatch(name):
        return host
    labels = name.removeprefix("www.").split(".")
    for start in range(len(labels) - 1):
        service = ".".join(labels[start:])
        if service in _services():
            return service
    return host.removeprefix("www.")


def shard_of(line: str, shards: int) -> int:
    """Give the shard (a partition of the feeds topic) whose owner polls the feeds of this line."""
    return int(murmur2(line.encode("utf-8", "replace")) & 0x7FFFFFFF) % shards


@lru_cache
def _services() -> frozenset[str]:
    table = tomllib.loads((files("connectors.feeds") / "shared_hosts.toml").read_text("utf-8"))
    return frozenset(entry["name"] for entry in table["service"])
