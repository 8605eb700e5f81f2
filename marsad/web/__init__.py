"""The live page: stories as they develop, from the public log, for people and for `curl`.

`serve` runs until it is cancelled. It is a plain reader of `articles.enriched`, `stories`, `alerts` and
`feeds`: no consumer group, no state on disk, nothing written, bounded memory; any number of them may run.
"""

import asyncio
import errno
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from events.topics import DEFAULT_PREFIX
from marsad.errors import Failure, Misuse
from marsad.lag import Lag, all_lags
from marsad.web.guard import is_loopback
from marsad.web.memory import Memory
from marsad.web.reader import follow, followed
from marsad.web.server import application
from marsad.web.watch import Watch

__all__ = ["serve"]

DEFAULT_HOST = "127.0.0.1"


async def serve(
    client: Mapping[str, Any],
    prefix: str = DEFAULT_PREFIX,
    host: str = DEFAULT_HOST,
    port: int = 0,
    token: str | None = None,
    ready: Callable[[str], None] | None = None,
    any_port: bool = False,
) -> None:
    """Serve the page at `host:port` (0: any free port) until cancelled; `ready` is told its address.

    With `any_port` a taken port is no matter: another one will do, since nobody asked for this one.
    `client` are aiokafka's connection settings. Raises `Misuse` where a host that others can reach
    comes without a token, `Failure` where the port is taken.
    """
    if not token and not is_loopback(host):
        raise Misuse(f"the page at {host} could be read by anyone: give a token (MARSAD_WEB_TOKEN)")

    async def measure() -> Sequence[Lag]:
        return await all_lags(client, prefix, int(time.time() * 1000))

    memory = Memory(watch=Watch(measure))
    runner = web.AppRunner(application(memory, token or None), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, host, port, any_port)
        if ready:
            ready(_address(runner, host))
        async with asyncio.TaskGroup() as tasks:
            for one in followed(memory):
                tasks.create_task(follow(client, prefix, one))
            tasks.create_task(memory.watch.keep())
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, any_port: bool) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if any_port and error.errno == errno.EADDRINUSE:
            await web.TCPSite(runner, host, 0).start()
            return
        raise Failure(
            f"cannot serve the page at {host}:{port}: {error.strerror}; choose another with --port"
        ) from error


def _address(runner: web.AppRunner, host: str) -> str:
    bound = runner.addresses[0][1]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{bound}/"
