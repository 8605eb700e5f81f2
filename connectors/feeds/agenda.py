"""Which feed is polled when: by the time it is due, its host's turn, and the room there is. Pure.

All feeds of one host wait in one line: two polls of it begin at least `gap` seconds apart, at most
`at_once` run side by side, and a host that asked to be left alone is left alone by all of them. A line
that is long (500 feeds of one host) or stuck holds up no other. Times are seconds of any clock that
never goes back.
"""

import heapq
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Host:
    waiting: list[tuple[float, int, str]] = field(default_factory=list)
    """Heap of due time, stamp and feed; an entry whose stamp is not the feed's own any more is void."""
    running: int = 0
    free_at: float = 0.0
    stamp: int = 0


class Agenda:
    """The lines of all hosts, and which of them comes next."""

    def __init__(self, gap: float, at_once: int) -> None:
        self._gap = gap
        self._at_once = at_once
        self._hosts: dict[str, _Host] = {}
        self._feeds: dict[str, tuple[str, int]] = {}
        self._running: dict[str, str] = {}
        self._lines: list[tuple[float, int, str]] = []
        self._stamp = 0

    def __len__(self) -> int:
        return len(self._feeds)

    def put(self, feed: str, host: str, due: float) -> None:
        """Let `feed` wait in the line of `host` until `due`, and nowhere else."""
        self.drop(feed)
        stamp = self._next_stamp()
        self._feeds[feed] = host, stamp
        line = self._hosts.setdefault(host, _Host())
        heapq.heappush(line.waiting, (due, stamp, feed))
        self._offer(host, line)

    def drop(self, feed: str) -> None:
        """Let `feed` wait no more; a poll of it that runs is told by `done`."""
        host, _ = self._feeds.pop(feed, (None, 0))
        if host is not None:
            self._offer(host, self._hosts[host])

    def pause(self, host: str, until: float) -> None:
        """Let nothing of `host` begin before `until`."""
        line = self._hosts.setdefault(host, _Host())
        if until > line.free_at:
            line.free_at = until
            self._offer(host, line)

    def take(self, now: float) -> str | None:
        """Give a feed to be polled now, or None; `done` gives its place in the line back."""
        while self._lines and self._lines[0][0] <= now:
            _, stamp, host = heapq.heappop(self._lines)
            line = self._hosts[host]
            if stamp != line.stamp:
                continue
            _, _, feed = heapq.heappop(line.waiting)
            del self._feeds[feed]
            line.running += 1
            line.free_at = max(line.free_at, now + self._gap)
            self._running[feed] = host
            self._offer(host, line)
            return feed
        return None

    def done(self, feed: str) -> None:
        """Give back the place that a feed took."""
        host = self._running.pop(feed, None)
        if host is not None:
            line = self._hosts[host]
            line.running -= 1
            self._offer(host, line)

    def next_at(self) -> float | None:
        """Give when `take` may next give a feed; None where nothing waits that could begin."""
        while self._lines and self._lines[0][1] != self._hosts[self._lines[0][2]].stamp:
            heapq.heappop(self._lines)
        return self._lines[0][0] if self._lines else None

    def _offer(self, host: str, line: _Host) -> None:
        """Put the line where it belongs among the others, or nowhere while it has no room or nobody in it."""
        line.stamp = self._next_stamp()
        while line.waiting and self._feeds.get(line.waiting[0][2]) != (host, line.waiting[0][1]):
            heapq.heappop(line.waiting)
        if line.waiting and line.running < self._at_once:
            heapq.heappush(self._lines, (max(line.waiting[0][0], line.free_at), line.stamp, host))

    def _next_stamp(self) -> int:
        self._stamp += 1
        return self._stamp
