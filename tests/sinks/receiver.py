"""A receiver of alerts on the loopback: keeps what it was sent, and answers as a test wants it to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web


@dataclass
class Receiver:
    """`answer(n)` gives the status for the n-th request (from 0) and the seconds to wait before it."""

    answer: Callable[[int], tuple[int, float]] = lambda n: (202, 0.0)
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        number = len(self.seen)
        self.seen.append(({name.lower(): value for name, value in request.headers.items()}, body))
        status, seconds = self.answer(number)
        await asyncio.sleep(seconds)
        return web.Response(status=status, headers=self.headers)

    async def got(self, count: int, seconds: float = 600) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(seconds):
            while len(self.seen) < count:
                await asyncio.sleep(0.05)
