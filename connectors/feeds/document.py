"""What goes into reading a feed, and what comes out of it, whatever the format."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from events.article import RawArticle

MAX_NAME = 300
"""Longest name of a source, in characters: it is repeated in each of its articles."""
MAX_ITEMS = 10_000
"""Most items read of one feed, from its top, where the newest stand: 50,000 take feedparser ten seconds."""


@dataclass(frozen=True, slots=True)
class Job:
    """Bytes to read as a feed, and what its articles carry besides.

    `base` is the address it was fetched from after redirects ("" for a file), `content_type` and
    `content_encoding` the response headers, `name` what a list calls the feed.
    """

    source_id: str
    feed_url: str
    fetched_at: str
    base: str = ""
    content_type: str = ""
    content_encoding: str = ""
    name: str | None = None
    whole: bool = True
    """False where the connection ended before the body did."""


class Asks(msgspec.Struct, frozen=True):
    """What a feed asks of those who poll it: `ttl` in minutes, `period` in seconds, days from Monday (0).

    `hub` and `topic` are the addresses of its WebSub hub and of itself there.
    """

    ttl: int | None = None
    period: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str | None = None
    topic: str | None = None


NO_ASKS = Asks()


class Page(msgspec.Struct, frozen=True):
    """The article of a web page: text as paragraphs, one a line; `published` as the page states it.

    `refused` says in words why the page is none: a paywall, a block page, nothing to read.
    """

    text: str = ""
    title: str = ""
    published: str = ""
    lang: str = ""
    authors: tuple[str, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A feed that was read; `complete` is False where its bytes ended early, `crowded` beyond MAX_ITEMS."""

    articles: Iterator[RawArticle]
    title: str | None = None
    lang: str | None = None
    asks: Asks = NO_ASKS
    complete: bool = True
    version: str = ""
    children: tuple[str, ...] = ()
    """The sitemaps that an index names."""
    crowded: bool = False
    void: int = 0
    """Items left out, since they hold nothing: no guid, no address, no text."""


def first_text(value: object) -> str:
    """Give `value` stripped where it is text, else "": a hostile element can put anything under any name.

    Lone surrogates (`&#xD800;` in a malformed feed) are no text and become "?".
    """
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8").strip()
