"""What a stage answers over HTTP: /livez, /readyz, /metrics, /version. Faust's own pages stay off.

The answers come from a thread with a loop of its own, so that a stage whose loop hangs still says so. All
it reads is the last pulse and counters that never change their shape.
"""

import asyncio
import logging
import platform
import time
from contextlib import suppress
from importlib.metadata import version
from typing import cast

from prometheus_client import CollectorRegistry

from streams.engine.app import EngineSettings, StageApp
from streams.engine.backlog import Backlog
from streams.engine.faustfix import DurableConsumer
from streams.engine.metrics import Reading, StageCollector, registry
from streams.engine.probes import HealthAddress, ProbeServer
from streams.engine.vitals import STILL_SECONDS, Pulse, Verdict, Watch
from streams.tag import RULES_VERSION

log = logging.getLogger("marsad.engine")

TICK_SECONDS = 1.0
ASK_EVERY_SECONDS = 10.0


class Health:
    """Watches one stage from within its loop and answers for it."""

    def __init__(self, built: StageApp, settings: EngineSettings, still: float = STILL_SECONDS) -> None:
        self._built = built
        self._watch = Watch(time.monotonic(), still)
        self._backlog = Backlog(settings.connection())
        self._behind: dict[tuple[str, int], int] | None = None
        self._asked_at: float | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._server = ProbeServer(self)
        self.metrics: CollectorRegistry = registry(
            StageCollector(built.loop.counts, self._build_labels(), self._reading)
        )

    def start(self, address: HealthAddress) -> None:
        """Listen and begin to watch; raises OSError where the address is taken."""
        where = self._server.start(address)
        log.info("health of stage %s at %s", self._built.loop.stage, where)
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._ask_for_ever())]

    async def stop(self) -> None:
        """Stop watching and listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(Exception):
            await self._backlog.close()
        await asyncio.to_thread(self._server.stop)

    def alive(self) -> Verdict:
        """Answer /livez."""
        return self._watch.alive(time.monotonic())

    def ready(self) -> Verdict:
        """Answer /readyz."""
        return self._watch.ready(time.monotonic())

    def version(self) -> dict[str, str]:
        """Answer /version."""
        return {"stage": self._built.loop.stage, **self._build_labels(), "faust": version("faust-streaming")}

    @staticmethod
    def _build_labels() -> dict[str, str]:
        return {
            "version": version("marsad"),
            "rules_version": RULES_VERSION,
            "python": platform.python_version(),
        }

    def _reading(self) -> Reading:
        remembers, rules = self._built.loop.stage in ("dedupe", "alert"), self._built.rules
        return Reading(
            depth=self._watch.last.depth,
            alive=self.alive().ok,
            ready=self.ready().ok,
            backlog=self._behind,
            memories=len(self._built.memories) if remembers else None,
            rules=None if rules is None else len(rules.rules),
            rules_failed=None if rules is None else len(rules.failed),
            recovering=int(self._built.memories.recovering) if remembers else None,
            entries=self._built.memories.entries if remembers else None,
            assignments=self._built.membership.assignments,
        )

    async def _tick(self) -> None:
        while True:
            self._watch.see(self._pulse())
            await asyncio.sleep(TICK_SECONDS)

    def _pulse(self) -> Pulse:
        loop, held = self._built.loop, self._built.membership.held
        return Pulse(
            at=time.monotonic(),
            handled=loop.counts.handled,
            acknowledged=loop.acknowledged,
            doing=loop.doing,
            depth=loop.depth,
            joined=held is not None and not self._built.app.rebalancing,
            recovering=self._built.memories.recovering,
            waiting=None if self._behind is None else sum(self._behind.values()),
            asked_at=self._asked_at,
        )

    async def _ask_for_ever(self) -> None:
        while True:
            try:
                self._behind = await self._backlog.ask(self._nexts())
            except Exception as error:
                # A look from outside must not end the work; without an answer nothing is held against it.
                log.warning("the backlog cannot be asked for: %s: %s", type(error).__name__, error)
                self._behind = None
            if self._behind is not None:
                self._asked_at = time.monotonic()
            await asyncio.sleep(ASK_EVERY_SECONDS)

    def _nexts(self) -> dict[tuple[str, int], int]:
        held = self._built.membership.held
        if not held:
            return {}
        consumer = cast(DurableConsumer, self._built.app.consumer)
        return {
            (tp.topic, tp.partition): consumer.durable.get(tp) or consumer.committed_position(tp) or 0
            for tp in held
        }


def serve(built: StageApp, settings: EngineSettings) -> Health | None:
    """Start answering where the settings ask for it."""
    if settings.health is None:
        return None
    health = Health(built, settings)
    health.start(settings.health)
    return health


__all__ = ["Health", "serve"]
