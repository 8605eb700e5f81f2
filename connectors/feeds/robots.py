"""robots.txt (RFC 9309): which pages we may fetch, how fast, and the sitemaps that a site names.

Feeds that an operator subscribed to are asked for by a person (Google's own rule for Feedfetcher); article
pages and sitemaps we found ourselves are crawling, and the site decides.
"""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from connectors.feeds.fetch import Fetched, Fetcher, FetchFailed
from connectors.feeds.links import web_address

NAME = "marsad"
SECONDS = 10.0
KEPT_SECONDS = 86_400.0
_BYTES = 512_000
"""RFC 9309 section 2.5: at least 500 kibibytes are read."""
_MOST_SITES = 2_000
_MOST_SITEMAPS = 12
_LONGEST_DELAY = 120.0
_UNREACHABLE = "User-agent: *\nDisallow: /"
"""RFC 9309 section 2.3.1.4: a server that fails may not be crawled; one without the file may (2.3.1.3)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site allows: whether a page may be fetched, and the seconds between two pages."""

    allowed: bool
    delay: float = 0.0


class Robots:
    """The robots.txt of each site, asked for once a day."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._known: dict[str, tuple[float, asyncio.Task[str]]] = {}

    async def rules(self, address: str) -> Rules:
        """Give what the site of `address` allows there."""
        from protego import Protego  # noqa: PLC0415  (an extra; only full text and discovery need it)

        parsed = Protego.parse(await self._text(address))
        delay = parsed.crawl_delay(NAME) or 0.0
        return Rules(parsed.can_fetch(address, NAME), min(float(delay), _LONGEST_DELAY))

    async def _text(self, address: str) -> str:
        site = urljoin(address, "/robots.txt")
        until, text = self._known.get(site, (0.0, None))
        if text is None or until < time.monotonic():
            if len(self._known) >= _MOST_SITES:
                self._known.clear()
            text = asyncio.create_task(_fetched(self._fetcher, site))
            self._known[site] = time.monotonic() + KEPT_SECONDS, text
        return await asyncio.shield(text)  # others may wait for it too


async def sitemaps(fetcher: Fetcher, address: str) -> list[str]:
    """Give the sitemaps that the robots.txt of a site names, news ones first."""
    site = urljoin(address, "/robots.txt")
    lines = (await _fetched(fetcher, site)).splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("sitemap:")]
    host = urlsplit(address).hostname
    found = [one for name in named if (one := web_address(name, site)) and urlsplit(one).hostname == host]
    return sorted(dict.fromkeys(found), key=lambda one: "news" not in one.lower())[:_MOST_SITEMAPS]


async def _fetched(fetcher: Fetcher, site: str) -> str:
    try:
        answer = await fetcher.fetch(site, seconds=SECONDS, accept="text/plain, */*;q=0.1")
    except FetchFailed as failed:
        absent = failed.status is not None and 400 <= failed.status < 500 and failed.status != 429
        return "" if absent else _UNREACHABLE
    return _text_of(answer)


def _text_of(answer: Fetched) -> str:
    if answer.body is None:
        return ""
    try:
        answer.body.seek(0)
        return answer.body.read(_BYTES).decode("utf-8", "replace")
    finally:
        answer.body.close()
