"""A small HTTP server in a thread of its own: yes or no with reasons, figures, and which program this is."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from streams.engine.vitals import Verdict

START_SECONDS = 10.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class HealthAddress:
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int


class Subject(Protocol):
    """Whom the server answers for; everything here is called from its thread."""

    metrics: CollectorRegistry

    def alive(self) -> Verdict:
        """Answer /livez."""

    def ready(self) -> Verdict:
        """Answer /readyz."""

    def version(self) -> Mapping[str, str]:
        """Answer /version."""


class ProbeServer:
    """Listens from `start` to `stop`; the thread ends with the process in any case."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._bound: Future[str] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self, address: HealthAddress) -> str:
        """Listen, and give the address as a URL; raises OSError where it cannot be had."""
        self._thread = threading.Thread(target=self._run, args=(address,), daemon=True, name="health")
        self._thread.start()
        return self._bound.result(START_SECONDS)

    def stop(self) -> None:
        """Stop listening, and wait for the thread."""
        if self._loop is not None and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self, address: HealthAddress) -> None:
        try:
            asyncio.run(self._serve(address))
        except OSError as error:
            if not self._bound.done():
                self._bound.set_exception(error)

    async def _serve(self, address: HealthAddress) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        runner = web.AppRunner(_application(self._subject), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, address.host, address.port).start()
            host, port = runner.addresses[0][:2]
            self._bound.set_result(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            await self._ended.wait()
        finally:
            await runner.cleanup()


def _application(subject: Subject) -> web.Application:
    async def metrics(request: web.Request) -> web.Response:
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(subject.metrics), headers={"Content-Type": kind})

    async def version(_: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(subject.version()), content_type="application/json")

    app = web.Application()
    app.router.add_get("/livez", _probe(subject.alive))
    app.router.add_get("/readyz", _probe(subject.ready))
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/version", version)
    return app


def _probe(judge: Callable[[], Verdict]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        verdict = judge()
        return web.Response(
            status=200 if verdict.ok else 503,
            text="".join(f"{line}\n" for line in verdict.reasons or ("ok",)),
        )

    return answer
