"""One sink's way to its receiver: which attempt is made, how often, and when it is given up."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.sinks.attempt import Delivered, Later, Never, Outcome, pause
from connectors.sinks.config import Sink
from connectors.sinks.notify import notify
from connectors.sinks.post import Poster
from connectors.sinks.requests import alertmanager, pagerduty, webhook
from events.alert import Alert
from events.times import parse_instant

log = logging.getLogger("marsad.sinks")


@dataclass(frozen=True, slots=True)
class Given:
    """What became of an alert: `reason` None where it was delivered, else why it never will be."""

    reason: str | None
    attempts: int


@dataclass(slots=True)
class Courier:
    """Delivers alerts of one sink. Clock and dice can be others in tests."""

    sink: Sink
    poster: Poster
    allowed: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.time
    dice: Callable[[], float] = random.random
    failing_since: float | None = field(default=None)

    async def deliver(self, alert: Alert) -> Given:
        """Try until the receiver has it, refuses it, or `give_up_hours` have passed."""
        await self._until(alert.deliver_after)
        began, failures = self.clock(), 0
        while True:
            outcome = await self.attempt(alert)
            if isinstance(outcome, Delivered):
                self._recovered()
                return Given(None, failures + 1)
            failures += 1
            if isinstance(outcome, Never):
                return Given(outcome.reason, failures)
            if self.clock() - began > self.sink.give_up_hours * 3600:
                return Given(f"given up after {failures} attempts: {outcome.reason}", failures)
            await self._wait(outcome, failures)

    async def attempt(self, alert: Alert) -> Outcome:
        """Try once."""
        sink, now = self.sink, self.clock()
        first = sink.secrets[0] if sink.secrets else None
        if sink.type == "apprise":
            return await notify(sink.secrets, alert, self.allowed)
        if sink.type == "webhook":
            return await self.poster.post(webhook(sink.url, sink.secrets, alert, now))
        if sink.type == "pagerduty":
            return await self.poster.post(pagerduty(sink.url, first or "", alert))
        return await self.poster.post(alertmanager(sink.url, first, sink.resolve_minutes, alert, now))

    async def _until(self, deliver_after: str | None) -> None:
        """Wait for the end of the rule's quiet hours; in steps, since a machine may sleep meanwhile."""
        end = parse_instant(deliver_after).timestamp() if deliver_after else 0.0
        while (left := end - self.clock()) > 0:
            await asyncio.sleep(min(left, 30.0))

    async def _wait(self, outcome: Later, failures: int) -> None:
        if self.failing_since is None:
            self.failing_since = self.clock()
            log.warning("sink %s: %s; trying again with growing pauses", self.sink.shown, outcome.reason)
        await asyncio.sleep(max(outcome.after, pause(failures, self.dice())))

    def _recovered(self) -> None:
        if self.failing_since is not None:
            log.info("sink %s answers again after %.0f s", self.sink.shown, self.clock() - self.failing_since)
            self.failing_since = None
