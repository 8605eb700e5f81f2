"""Full text: the article pages of a feed's items, fetched as its reader asked for, and merged with them.

    robots.txt ─ the site's own pace ─ fetch ─ extract ─ is it this article? ─ merge

Whatever goes wrong with a page, the item goes out as the feed has it.
"""

import asyncio
import logging
import re
import time
from collections.abc import Sequence

import msgspec

from connectors.feeds.document import Job, Page
from connectors.feeds.hosts import line_of
from connectors.feeds.manners import Manners
from connectors.feeds.poll import Poller
from connectors.feeds.robots import Robots
from connectors.feeds.source import Refused, web_source
from events.article import RawArticle
from events.dates import parse_date
from events.times import wire_time

log = logging.getLogger(__name__)

_SECONDS = 30.0
_LONGER = 1.2
"""How much longer than the feed's own text a page's must be to be worth more."""
_SHARED = 0.5
_WORD = re.compile(r"[^\W\d_]{3,}")
_TAG = re.compile(r"<[^>]{0,2000}>")


class Pages:
    """Fetches article pages; all feeds share its pace and its memory of robots.txt."""

    def __init__(self, poller: Poller, manners: Manners) -> None:
        self._poller = poller
        self._manners = manners
        self.robots = Robots(poller.fetcher)
        self._next: dict[str, float] = {}
        self._room = asyncio.Semaphore(manners.at_once_pages)

    async def completed(self, articles: Sequence[RawArticle]) -> list[RawArticle]:
        """Give the articles, each with what its page has more than the feed; in order, none lost."""
        several = articles[: self._manners.pages_a_poll]
        full = await asyncio.gather(*map(self._completed, several))
        return [*full, *articles[len(several) :]]

    async def _completed(self, article: RawArticle) -> RawArticle:
        if not article.url:
            return article
        try:
            page = await self._page(article.url)
        except Refused as refused:
            log.info("no full text of %s: %s", article.url, refused)
            return article
        return merged(article, page)

    async def _page(self, address: str) -> Page:
        if not full_text_is_possible():
            raise Refused("full text needs `pip install marsad[fulltext]`")
        rules = await self.robots.rules(address)
        if not rules.allowed:
            raise Refused("robots.txt does not allow it, or cannot be read")
        await self._turn(address, max(self._manners.page_gap, rules.delay))
        async with self._room:
            answer = await self._poller.fetcher.fetch(address, seconds=_SECONDS, accept=_ACCEPT)
        if answer.body is None:
            raise Refused("no page came")
        try:
            job = Job("", address, "", answer.address, answer.content_type, answer.content_encoding)
            return await self._poller.page(answer.body, job, _SECONDS)
        finally:
            answer.body.close()

    async def _turn(self, address: str, gap: float) -> None:
        """Wait until the host's next page may be asked for."""
        line, now = line_of(web_source(address)), time.monotonic()
        mine = max(now, self._next.get(line, 0.0))
        self._next[line] = mine + gap
        if len(self._next) > _MOST_LINES:
            self._next = {one: at for one, at in self._next.items() if at > now}
        await asyncio.sleep(mine - now)


_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_MOST_LINES = 10_000


def merged(article: RawArticle, page: Page) -> RawArticle:
    """Give the item with the page's text where that is longer and this article's, and with its date. Pure."""
    if page.refused or not _is_about(article, page):
        return article
    if not article.published_at and (instant := parse_date(page.published) if page.published else None):
        article = msgspec.structs.replace(
            article,
            published_at=wire_time(instant),
            published_raw=article.published_raw or page.published,
            published_source="page",
        )
    if len(page.text) < _LONGER * max(map(len, _texts(article))):
        return article
    return msgspec.structs.replace(
        article, content_text=page.text, content_html=None, lang=article.lang or page.lang or None
    )


def _texts(article: RawArticle) -> list[str]:
    given = (article.content_html, article.content_text, article.summary_html)
    return [" ".join(_TAG.sub(" ", text).split()) for text in given if text] or [""]


def _is_about(article: RawArticle, page: Page) -> bool:
    """Tell whether the page is the article's: a login or an error page has other words than its title."""
    words = set(_WORD.findall((article.title or "").lower()))
    if len(words) < 2:
        return True
    there = set(_WORD.findall(f"{page.title} {page.text}".lower()))
    return len(words & there) >= _SHARED * len(words)


def full_text_is_possible() -> bool:
    """Tell whether what reads pages is installed (`pip install marsad[fulltext]`)."""
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec("trafilatura") is not None and find_spec("protego") is not None
