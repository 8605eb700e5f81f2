"""How far behind the stages are, measured while somebody looks: one measurement for all readers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from aiokafka.errors import KafkaError

from marsad.interrupts import end_if_cancelled
from marsad.lag import Lag

Measure = Callable[[], Awaitable[Sequence[Lag]]]
Clock = Callable[[], datetime]

EVERY_SECONDS = 15.0
STALE = timedelta(seconds=2 * EVERY_SECONDS)
PATIENCE = 5.0
"""Seconds that a reader waits for figures younger than STALE; then the old ones are shown."""
LONGEST = 60.0

log = logging.getLogger(__name__)


def now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


class Watch:
    """The lag of every stage as measured last; nothing is asked of the broker while nobody looks."""

    def __init__(self, measure: Measure | None = None, clock: Clock = now) -> None:
        self.lags: tuple[Lag, ...] = ()
        self.measured_at: datetime | None = None
        self._measure = measure
        self._clock = clock
        self._wanted = asyncio.Event()
        self._round = asyncio.Condition()

    async def keep(self, every: float = EVERY_SECONDS) -> None:
        """Measure for ever: at once, then each `every` seconds in which somebody asked."""
        while self._measure:
            self._wanted.clear()
            await self._once(self._measure)
            end_if_cancelled()
            async with self._round:
                self._round.notify_all()
            await asyncio.sleep(every)
            await self._wanted.wait()

    async def _once(self, measure: Measure) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                self.lags = tuple(await measure())
            self.measured_at = self._clock()
        except (KafkaError, OSError, LookupError) as error:  # TimeoutError is an OSError
            log.info("lag cannot be measured: %s", error)
        except Exception:
            # Figures are no reason to take the news away; the page says that they are old.
            log.exception("lag cannot be measured")

    @property
    def stale(self) -> bool:
        """Whether the figures are missing or old."""
        return self.measured_at is None or self._clock() - self.measured_at > STALE

    def ask(self) -> None:
        """Have the figures measured again soon."""
        self._wanted.set()

    async def fresh(self, patience: float = PATIENCE) -> None:
        """Have them measured, and where they are stale wait a little for it."""
        self.ask()
        if self._measure is None or not self.stale:
            return
        try:
            async with asyncio.timeout(patience), self._round:
                await self._round.wait()
        except TimeoutError:
            return
