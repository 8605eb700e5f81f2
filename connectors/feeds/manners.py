"""How a worker behaves towards feeds and their hosts; all of it in one place. Lengths are in seconds."""

from dataclasses import dataclass, field
from typing import Literal

from connectors.feeds.rhythm import SHORTEST_SILENCE
from connectors.feeds.schedule import Pace

RetryScope = Literal["auto", "host", "feed"]


@dataclass(frozen=True, slots=True)
class Manners:
    """The pace of each feed, and what all feeds of a host take from it together."""

    pace: Pace = field(default_factory=Pace)
    gap: float = 1.0
    """Between the beginnings of two polls of one host."""
    at_once: int = 96
    at_once_per_host: int = 2
    spread: float = 0.02
    """By which the first polls of many feeds are set apart."""
    silence: float = SHORTEST_SILENCE
    """No shorter time without news is told as a silence."""
    host_pause: float = 600.0
    """How long a host is left alone after a 429 that does not say how long (NetNewsWire)."""
    retry_scope: RetryScope = "auto"
    """What a Retry-After is about: the whole host, the feed alone, or the host unless it is on the list of
    private ones, where one machine serves many sites (FreshRSS#7870, #7880)."""
    page_gap: float = 5.0
    """Between two article pages of one host."""
    pages_a_poll: int = 60
    at_once_pages: int = 8
    readers: int = 2
    """Processes that read feeds."""
