"""Sitemap indexes: their sitemaps, fetched one by one, as many as a poll may take, three deep at most.

Sites mint sitemaps for ever (news-crawl#40), name other hosts, and name themselves; so there is a cap, a rule
of hosts and a set of what was seen. The site's robots.txt decides, since nobody subscribed to these.
"""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.feeds.poll import Poll, Poller
from connectors.feeds.robots import Robots
from connectors.feeds.source import Refused, Source
from events.article import RawArticle

DEPTH = 3
MOST_A_POLL = 20
WITHOUT_NEWS = "a sitemap without news, not a feed"


@dataclass(slots=True)
class _Way:
    """One walk: what waits (the most promising first), what was seen, what came of it."""

    source: Source
    seen: set[str]
    waiting: list[tuple[int, str]] = field(default_factory=list)
    articles: list[RawArticle] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    read: int = 0

    def add(self, children: tuple[str, ...], depth: int) -> None:
        """Take up the sitemaps of an index that are on its own host and were not met before."""
        host = urlsplit(self.source.address or "").hostname
        mine = [one for one in children if urlsplit(one).hostname == host and one not in self.seen]
        self.seen.update(mine)
        self.waiting += [(depth, one) for one in sorted(mine, key=lambda one: "news" not in one.lower())]


async def articles_of_index(poll: Poll, poller: Poller, robots: Robots, gap: float) -> list[RawArticle]:
    """Give the articles of the news sitemaps that an index names. Raises `Refused` where none can be read."""
    assert poll.reading is not None  # noqa: S101 (asked before)
    way = _Way(poll.source, {poll.source.address or ""})
    way.add(poll.reading.children, 1)
    for _ in range(MOST_A_POLL):
        if not way.waiting:
            break
        depth, address = way.waiting.pop(0)
        try:
            await _read(way, poller, robots, address, depth, gap)
        except Refused as refused:
            if str(refused) != WITHOUT_NEWS:
                way.faults.append(str(refused))
    if not way.read:
        raise Refused(
            f"a sitemap index without a news sitemap ({way.faults[0] if way.faults else 'none named'})"
        )
    return way.articles


async def _read(way: _Way, poller: Poller, robots: Robots, address: str, depth: int, gap: float) -> None:
    rules = await robots.rules(address)
    if not rules.allowed:
        raise Refused("robots.txt does not allow it, or cannot be read")
    await asyncio.sleep(max(gap, rules.delay))
    source = Source(way.source.shown, address, None, way.source.source_id, way.source.name)
    poll = await poller.poll(source)
    try:
        if poll.reading is None:
            return
        way.read += not poll.reading.children
        way.articles += poll.reading.articles()
        if depth < DEPTH:
            way.add(poll.reading.children, depth + 1)
    finally:
        poll.close()
