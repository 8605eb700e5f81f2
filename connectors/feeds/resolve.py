"""Names to addresses on threads that nobody waits for: `getaddrinfo` cannot be cancelled, a deadline can."""

import asyncio
import socket
import threading
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult


class ThreadedNames(AbstractResolver):
    """The system's own resolver, a daemon thread for each look-up: the end of a call never waits for it."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of `host`; raises OSError where there are none."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Any]] = loop.create_future()
        threading.Thread(target=_look_up, args=(loop, future, host, port, family), daemon=True).start()
        found = await future
        return [_result(host, family_, protocol, address) for family_, _, protocol, _, address in found]

    async def close(self) -> None:
        """Nothing is kept."""


def _look_up(
    loop: asyncio.AbstractEventLoop, future: "asyncio.Future[list[Any]]", host: str, port: int, family: int
) -> None:
    try:
        found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        outcome: list[Any] | OSError = list(found)
    except (OSError, UnicodeError) as error:
        outcome = error if isinstance(error, OSError) else OSError(str(error))
    try:
        loop.call_soon_threadsafe(_settle, future, outcome)
    except RuntimeError:
        return  # the loop has ended meanwhile; nobody waits


def _settle(future: "asyncio.Future[list[Any]]", outcome: "list[Any] | OSError") -> None:
    if future.done():
        return
    if isinstance(outcome, OSError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _result(host: str, family: int, protocol: int, address: tuple[Any, ...]) -> ResolveResult:
    numeric, port = str(address[0]), int(address[1])
    if family == socket.AF_INET6 and len(address) > 3 and address[3]:
        numeric = f"{numeric}%{address[3]}"
    return ResolveResult(
        hostname=host, host=numeric, port=port, family=family, proto=protocol,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )  # fmt: skip
