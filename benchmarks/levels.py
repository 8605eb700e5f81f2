"""Does a measured quantity level off? Robust slope of its second half, and a verdict that can fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 5
"""Points that the second half must have."""


@dataclass(frozen=True, slots=True)
class Level:
    """How a series stands in its second half: its median there, and by how much of that it rises."""

    name: str
    middle: float
    growth: float
    """Rise over the half by its slope, as a share of `middle`; negative where it falls."""
    allowed: float
    points: int

    @property
    def ok(self) -> bool:
        """Whether it has levelled off; a handful of points says nothing."""
        return self.growth <= self.allowed and self.points >= FEWEST


def slope(values: Sequence[float]) -> float:
    """Give the median of the slopes between all pairs (Theil and Sen), per step: a spike moves it little."""
    pairs = [
        (later - earlier) / (there - here)
        for here, earlier in enumerate(values)
        for there, later in enumerate(values[here + 1 :], here + 1)
    ]
    return median(pairs) if pairs else 0.0


def peaks(values: Sequence[float], width: int) -> list[float]:
    """Give the highest of the last `width` values at each place: for what grows until something sweeps it."""
    return [max(values[max(0, at - width + 1) : at + 1]) for at in range(len(values))]


def level(name: str, values: Sequence[float], allowed: float) -> Level:
    """Judge the second half of `values`, which are evenly spaced in time."""
    half = values[len(values) // 2 :]
    middle = median(half) if half else 0.0
    rise = slope(half) * max(0, len(half) - 1)
    return Level(name, middle, rise / middle if middle else rise, allowed, len(half))
