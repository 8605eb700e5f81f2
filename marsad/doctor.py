"""What is missing or wrong on this machine, and the fix: one check a function; none raises."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from marsad import topics
from marsad.connection import client_options
from marsad.errors import Failure
from marsad.kafka import jars
from marsad.kafka.java import find_java
from marsad.kafka.ports import HOST, is_free
from marsad.kafka.store import LEAST_ROOM, prepare
from marsad.settings import Settings

COMFORTABLE_ROOM = 2_000_000_000
"""Bytes; a week of raw articles of a few hundred feeds."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: str
    fix: str = ""


def examine(settings: Settings) -> list[Check]:
    """Look at everything a `marsad run` with these settings needs."""
    checks: list[Callable[[Settings], Check]] = [
        python,
        packages,
        java,
        kafka_jars,
        cache,
        data,
        disk,
        web_port,
    ]
    done = [check(settings) for check in checks]
    return done + (broker(settings) if settings.broker else [])


def python(_: Settings) -> Check:
    """Check the Python version."""
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Check("python", ok, f"{version} ({sys.executable})", "" if ok else "use Python 3.11, 3.12 or 3.13")


def packages(_: Settings) -> Check:
    """Check that what Marsad is built on is installed."""
    wanted = [
        re.split(r"[^A-Za-z0-9._-]", line)[0] for line in metadata.requires("marsad") or () if _always(line)
    ]
    missing = [name for name in wanted if not _installed(name)]
    if missing:
        return Check("packages", False, f"missing: {', '.join(missing)}", "make clean, then make run")
    return Check("packages", True, f"all {len(wanted)} installed")


def _always(requirement: str) -> bool:
    return "extra ==" not in requirement


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def java(_: Settings) -> Check:
    """Check for a Java that can run Kafka."""
    try:
        found = find_java()
    except Failure as failure:
        return Check("java", False, "none of version 17 or newer", str(failure))
    return Check("java", True, f"Java {found.major} from {found.source} ({found.path})")


def kafka_jars(settings: Settings) -> Check:
    """Check the cached jars; a cache that is not filled yet is no fault, the first start fills it."""
    folder = jars.jar_dir(settings.cache)
    unfit = jars.unfit(settings.cache)
    if not unfit:
        return Check("kafka jars", True, f"{len(jars.pinned())} whole in {folder}")
    cut = [jar.filename for jar in unfit if (folder / jar.filename).exists()]
    found = f"{len(unfit)} of {len(jars.pinned())} not in {folder} yet; the next start fetches them"
    return Check("kafka jars", True, found + (f", anew: {', '.join(cut)}" if cut else ""))


def cache(settings: Settings) -> Check:
    """Check that the cache can be written to, or need not be."""
    if not jars.unfit(settings.cache) or _writable(settings.cache):
        return Check("cache", True, str(settings.cache))
    return Check("cache", False, f"cannot write to {settings.cache}", "make it writable, or set MARSAD_CACHE")


def data(settings: Settings) -> Check:
    """Check that the data directory can be made and written to."""
    folder = settings.data.absolute()
    if not folder.exists():
        ok = _writable(folder)
        return Check(
            "data directory", ok, f"{folder}, not made yet", "" if ok else "name another one with --data"
        )
    try:
        prepare(folder, 0)
    except Failure as failure:
        return Check("data directory", False, f"cannot write to {folder}", str(failure))
    return Check("data directory", True, str(folder))


def _writable(path: Path) -> bool:
    while not path.exists():
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK | os.X_OK)


def disk(settings: Settings) -> Check:
    """Check the room on the data directory's disk."""
    folder = settings.data.absolute()
    while not folder.exists():
        folder = folder.parent
    room = shutil.disk_usage(folder).free
    found = f"{room / 1e9:.1f} GB free for {settings.data}"
    if room < LEAST_ROOM:
        return Check("disk", False, found, "free some room, or name a directory on another disk with --data")
    return Check("disk", True, found + ("" if room > COMFORTABLE_ROOM else ", which will not last long"))


def web_port(settings: Settings) -> Check:
    """Check that the live page's port is free."""
    if settings.web_port == 0 or is_free(settings.web_port):
        return Check("web port", True, f"{settings.web_port or 'any free one'} on {HOST}")
    fix = "another program, or a running Marsad, listens there: choose another with MARSAD_WEB_PORT"
    return Check("web port", False, f"{settings.web_port} on {HOST} is taken", fix)


def broker(settings: Settings) -> list[Check]:
    """Check that the broker named answers, and that its topics fit."""
    return asyncio.run(_broker(settings))


async def _broker(settings: Settings) -> list[Check]:
    wanted = topics.Wanted.by(settings)
    try:
        async with topics.admin(client_options(settings)) as client:
            cluster = await client.describe_cluster()
            found = await topics.look(client, wanted)
    except Failure as failure:
        return [Check("broker", False, f"{settings.broker} does not answer", str(failure))]
    ids = f"cluster {cluster.get('cluster_id')}, {len(cluster.get('brokers', ()))} broker(s)"
    lines = topics.compared(found, wanted)
    shown = "; ".join(lines[:3]) + ("; …" if len(lines) > 3 else "")
    fix = "marsad topics apply creates what is missing; marsad topics check names every difference"
    return [
        Check("broker", True, f"{settings.broker}: {ids}"),
        Check("topics", not lines, shown or f"{len(found)} as they should be", fix if lines else ""),
    ]
