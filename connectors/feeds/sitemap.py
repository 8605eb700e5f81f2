"""News sitemaps (sitemaps.org 0.9 with Google's news tags) and sitemap indexes.

A sitemap without news tags lists a site and tells no news: refused. An index is no feed either; it names
its sitemaps, which `follow.py` fetches.
"""

from collections.abc import Iterator
from typing import Any

from connectors.feeds.document import MAX_NAME, Job, Parsed
from connectors.feeds.item import Item, article
from connectors.feeds.links import web_address
from connectors.feeds.source import Refused
from connectors.feeds.tree import below, children, elements, text_at
from events.article import RawArticle

MOST_CHILDREN = 1_000


def parse(text: str, job: Job, complete: bool) -> Parsed:
    """Read a news sitemap. Raises `Refused`."""
    root = elements(text)
    urls = [url for url in children(root, "url") if next(children(url, "news"), None) is not None]
    if not complete and urls and "</url>" not in text[text.rfind("<loc") :]:
        urls.pop()
    if not urls and next(children(root, "url"), None) is not None:
        raise Refused("a sitemap without news, not a feed")
    title = next((name for url in urls if (name := text_at(url, "news", "publication", "name"))), "")
    named = job.name or title[:MAX_NAME] or None
    return Parsed(
        articles=_articles(urls, job, named), title=title or None, complete=complete, version="sitemap"
    )


def _articles(urls: list[Any], job: Job, name: str | None) -> Iterator[RawArticle]:
    for url in urls:
        item = _item(url)
        if item.link or item.title:
            yield article(item, job, name)


def _item(url: Any) -> Item:
    words = text_at(url, "news", "keywords").replace("،", ",").split(",")
    return Item(
        link=text_at(url, "loc"),
        title=text_at(url, "news", "title"),
        lang=text_at(url, "news", "publication", "language") or None,
        categories=tuple(dict.fromkeys(word.strip() for word in words if word.strip())),
        published=text_at(url, "news", "publication_date"),
    )


def parse_index(text: str, job: Job, complete: bool) -> Parsed:
    """Read a sitemap index: no articles, but its sitemaps, of news and latest first. Raises `Refused`."""
    found = []
    for child in children(elements(text), "sitemap"):
        address = web_address(next((loc.text or "" for loc in below(child, "loc")), ""), job.base)
        if address:
            found.append((text_at(child, "lastmod"), address))
    if not found:
        raise Refused("a sitemap index that names no sitemap")
    found.sort(key=lambda one: ("news" in one[1].lower(), one[0]), reverse=True)
    addresses = tuple(dict.fromkeys(address for _, address in found))[:MOST_CHILDREN]
    return Parsed(articles=iter(()), complete=complete, version="sitemapindex", children=addresses)
