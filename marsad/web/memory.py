"""All that the page knows, in one place for those who fill it and those who show it."""

from dataclasses import dataclass, field
from datetime import datetime

from marsad.web.alerts import AlertEntry, Alerts
from marsad.web.board import Board, Entry
from marsad.web.cache import Cache
from marsad.web.feeds import Feeds
from marsad.web.sse import Readers
from marsad.web.watch import Clock, Watch, now


@dataclass(slots=True)
class Memory:
    """Articles, alerts, feeds and lag, and the readers who are told of them as they come."""

    board: Board = field(default_factory=Board)
    readers: Readers[Entry] = field(default_factory=Readers)
    alerts: Alerts = field(default_factory=Alerts)
    alert_readers: Readers[AlertEntry] = field(default_factory=Readers)
    feeds: Feeds = field(default_factory=Feeds)
    watch: Watch = field(default_factory=Watch)
    clock: Clock = now
    cache: Cache = field(default_factory=Cache)

    @property
    def version(self) -> tuple[object, ...]:
        """What a front page made a moment ago must share with the memory to be right still."""
        board = self.board
        return board.version, board.connected, board.lineage.version, self.alerts.version

    def now(self) -> datetime:
        """Give the time."""
        return self.clock()
