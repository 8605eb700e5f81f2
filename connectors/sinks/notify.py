"""One attempt by Apprise, in a process of its own: its import takes time, its plugins open what they like.

`python -m connectors.sinks.notify` reads one JSON object from stdin and ends with 0 (told),
1 (later) or 3 (never).
An audit hook refuses every connection to a private address in it, whatever plugin,
redirect or name leads there.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from typing import Any

from connectors.feeds.reach import ForbiddenAddress, forbidden
from connectors.sinks.attempt import Delivered, Later, Never, Outcome
from connectors.sinks.requests import body, summary
from events.alert import Alert

SECONDS = 120.0
"""Apprise's first import compiles 170 plugins."""
LATER, NEVER, MISSING = 1, 3, 4
KINDS = {"critical": "failure", "error": "failure", "warning": "warning", "info": "info"}
PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "VIRTUAL_ENV")
"""Of our environment the child gets this alone: no secrets, and no proxy that would dial for it."""


async def notify(urls: Sequence[str], alert: Alert, allowed: frozenset[str]) -> Outcome:
    """Try once."""
    job = {
        "urls": list(urls), "title": summary(alert)[:250], "body": body(alert), "kind": KINDS[alert.severity],
        "allowed": sorted(allowed),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "connectors.sinks.notify"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
    )
    try:
        async with asyncio.timeout(SECONDS):
            await process.communicate(json.dumps(job).encode())
    except TimeoutError:
        return Later(f"not told within {SECONDS:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _outcome(process.returncode)


def _outcome(code: int | None) -> Outcome:
    if code == 0:
        return Delivered()
    if code == MISSING:
        return Later("apprise is not installed: pip install 'marsad[apprise]'")
    if code == NEVER:
        return Never("no address that Apprise understands, or one that may not be reached")
    return Later("the service did not take it")


def _guard(allowed: Sequence[str]) -> list[str]:
    """Refuse connections to private addresses in this process from now on; give what was refused."""
    open_to = {str(found[4][0]) for host in allowed for found in _addresses(host)}
    refused: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("socket.connect", "socket.sendto") or not isinstance(arguments[1], tuple):
            return
        address = str(arguments[1][0])
        if forbidden(address) and address not in open_to and not _is_name_server(arguments[1]):
            refused.append(address)
            raise ForbiddenAddress(f"{address} is not reached without leave")

    sys.addaudithook(hook)
    return refused


def _is_name_server(address: tuple[Any, ...]) -> bool:
    return len(address) > 1 and address[1] == 53


def _addresses(host: str) -> list[Any]:
    try:
        return list(socket.getaddrinfo(host, None))
    except OSError:
        return []


def main() -> int:
    """Tell one alert; see above for the exit codes."""
    job = json.load(sys.stdin)
    try:
        import apprise  # noqa: PLC0415
    except ImportError:
        return MISSING
    refused = _guard(job["allowed"])
    told = apprise.Apprise()
    if not all(told.add(url) for url in job["urls"]):
        return NEVER
    done = told.notify(title=job["title"], body=job["body"], notify_type=job["kind"], body_format="text")
    if done:
        return 0
    return NEVER if refused else LATER


if __name__ == "__main__":
    sys.exit(main())
