"""The feeds of a site, from its address.

The feed itself, those its page names, those at the usual places, the news sitemaps of its robots.txt: each
is fetched and read before it counts as one.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from connectors.feeds.fetch import FetchFailed
from connectors.feeds.poll import Poller
from connectors.feeds.robots import sitemaps
from connectors.feeds.source import Refused, Source, safe, web_source

USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
_PAUSE = 0.2
_ALIKE = 0.8
_COMMENTS = ("comments", "comment", "تعليقات")
A_PAGE = "a web page, not a feed"


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was found and could be read; `items` are the addresses or ids of its items."""

    source: Source
    title: str | None
    items: frozenset[str]


async def discover(poller: Poller, source: Source) -> list[Found]:
    """Give the feeds at or behind an address. Raises `Refused` where it cannot be read or leads to none."""
    try:
        return [await _read(poller, source)]
    except Refused as refused:
        if str(refused) != A_PAGE:
            raise
    for candidates in (
        await poller.links(source),
        _usual(source.address or ""),
        await sitemaps(poller.fetcher, source.address or ""),
    ):
        if found := _distinct(await _readable(poller, candidates, source.host)):
            return found
    raise Refused("a web page, and no feed of its site could be found")


async def _readable(poller: Poller, addresses: Iterable[str], host: str) -> list[Found]:
    found = []
    for address in addresses:
        try:
            found.append(await _read(poller, web_source(address)))
        except Refused:
            continue
        finally:
            await asyncio.sleep(_PAUSE if urlsplit(address).hostname == host else 0)
    return found


async def _read(poller: Poller, source: Source) -> Found:
    poll = await poller.poll(source)
    try:
        if poll.reading is None:
            raise FetchFailed("no feed came")
        items = frozenset(str(article.url or article.item_id) for article in poll.reading.articles())
        title = safe(poll.reading.title, 200) if poll.reading.title else None
        return Found(source, title, items)
    finally:
        poll.close()


def _distinct(found: list[Found]) -> list[Found]:
    """Leave out comments where there is anything else, and a feed that is another in another format."""
    chosen: list[Found] = []
    news = [one for one in found if not _is_of_comments(one)]
    for one in news or found:
        if not any(_same(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def _same(one: Found, other: Found) -> bool:
    if one.source.public_key == other.source.public_key:
        return True
    smaller = min(len(one.items), len(other.items))
    return smaller > 0 and len(one.items & other.items) >= _ALIKE * smaller


def _is_of_comments(found: Found) -> bool:
    words = f"{found.source.shown} {found.title or ''}".lower()
    return any(word in words for word in _COMMENTS)


def _usual(address: str) -> list[str]:
    root = urljoin(address, "/")
    return [urljoin(root, place) for place in USUAL]
