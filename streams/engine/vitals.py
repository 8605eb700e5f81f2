"""Whether a stage is alive and ready, judged from what it last said of itself. Times come in as arguments.

Alive means: nothing that only a restart can mend. So what counts against a stage is a loop that does
not tick, one record that is decided for ever, and records that wait in the log while the loop waits for
them. What waits for the broker never counts, nor does a rebalance or a memory being rebuilt: killing
for these makes an outage longer (SmallRye #866 is that mistake).
"""

from dataclasses import dataclass
from typing import Literal

Doing = Literal["waiting", "checking", "deciding", "delivering"]
"""What the loop is at: waits for a record, asks the broker about a hole, decides, hands outputs over."""

STALE_SECONDS = 30.0
"""The loop ticks every second; the slowest article takes a small part of this."""
STILL_SECONDS = 120.0
"""How long nothing may move although something could; longer than any time-out of the clients (40 s)."""
STUCK_SECONDS = 30.0
"""How long the broker may owe an answer before the stage is not ready."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the loop said at one tick; `at` is monotonic seconds.

    `waiting` counts records in the log that this worker holds and has not made durable, None where the
    broker did not say; `asked_at` is when the broker was last heard.
    """

    at: float
    handled: int = 0
    acknowledged: int = 0
    doing: Doing = "waiting"
    depth: int = 0
    joined: bool = False
    recovering: bool = False
    waiting: int | None = None
    asked_at: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with the reasons in words."""

    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def could_move(pulse: Pulse) -> bool:
    """Tell whether it is this process's own turn to do something."""
    if pulse.doing == "deciding":
        return not pulse.recovering
    idle = pulse.doing == "waiting" and pulse.depth == 0
    return idle and pulse.joined and bool(pulse.waiting)


class Watch:
    """Keeps since when nothing has moved; `see` every pulse, then ask."""

    def __init__(self, started: float, still: float = STILL_SECONDS) -> None:
        self.last = Pulse(started)
        self._still = still
        self._free_since = started
        self._acknowledged_since = started

    def see(self, pulse: Pulse) -> None:
        """Take the next pulse in."""
        before, self.last = self.last, pulse
        moved = (pulse.handled, pulse.acknowledged) != (before.handled, before.acknowledged)
        if moved or not could_move(pulse):
            self._free_since = pulse.at
        if pulse.acknowledged != before.acknowledged or pulse.depth == 0:
            self._acknowledged_since = pulse.at

    def alive(self, now: float) -> Verdict:
        """Judge for a liveness probe: a no asks for a restart."""
        silent, still = now - self.last.at, self.last.at - self._free_since
        reasons = []
        if silent > STALE_SECONDS:
            reasons.append(f"the loop has not ticked for {silent:.0f} s")
        if still > self._still:
            what = "one record is being decided" if self.last.doing == "deciding" else "records are waiting"
            reasons.append(f"{what}, and nothing has moved for {still:.0f} s")
        return Verdict(tuple(reasons))

    def ready(self, now: float) -> Verdict:
        """Judge for a readiness probe: a no asks for patience."""
        reasons = list(self.alive(now).reasons)
        if not self.last.joined:
            reasons.append("not in its consumer group yet, or a rebalance is running")
        if self.last.recovering:
            reasons.append("rebuilding its memory from the changelog")
        owed = self.last.at - self._acknowledged_since
        if owed > STUCK_SECONDS:
            reasons.append(f"the broker has acknowledged nothing for {owed:.0f} s")
        if self.last.asked_at is None or now - self.last.asked_at > STUCK_SECONDS:
            reasons.append("the broker does not answer")
        return Verdict(tuple(reasons))
