"""One item of a feed -> RawArticle: identity, address and dates, by the same rules for every format."""

from dataclasses import dataclass
from typing import Protocol

from connectors.feeds.links import web_address
from events.article import RawArticle
from events.dates import parse_date
from events.identity import digest
from events.times import wire_time

MAX_ID = 2_048
"""A longer guid is kept as its digest (a guid of 1 MB would be the key of nothing)."""


class Context(Protocol):
    """What an item's article carries from its feed."""

    @property
    def source_id(self) -> str: ...  # noqa: D102
    @property
    def feed_url(self) -> str: ...  # noqa: D102
    @property
    def fetched_at(self) -> str: ...  # noqa: D102
    @property
    def base(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Item:
    """An item in words, whatever its format; "" or None where the feed says nothing."""

    guid: str = ""
    link: str = ""
    title: str = ""
    summary_html: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    lang: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""


def is_void(item: Item, base: str) -> bool:
    """Tell whether an item holds nothing that names it and nothing to read: a date alone is no news."""
    texts = (item.title, item.summary_html, item.content_html, item.content_text)
    return not (item.guid or any(texts) or web_address(item.link, base))


def article(item: Item, context: Context, source_name: str | None) -> RawArticle:
    """Give the raw article of `item`."""
    url = web_address(item.link, context.base)
    return RawArticle(
        source_id=context.source_id,
        source_name=source_name,
        feed_url=context.feed_url,
        item_id=_item_id(item, url),
        url=url,
        title=item.title or None,
        summary_html=item.summary_html,
        content_html=item.content_html,
        content_text=item.content_text,
        lang=item.lang,
        authors=item.authors,
        categories=item.categories,
        published_at=_instant(item.published),
        published_raw=item.published or None,
        updated_at=_instant(item.updated),
        fetched_at=context.fetched_at,
    )


def _item_id(item: Item, url: str | None) -> str | None:
    if item.guid:
        return item.guid if len(item.guid) <= MAX_ID else _computed("guid", item.guid)
    return None if url else computed_id(item)


def computed_id(item: Item) -> str:
    """Give the id of an item that has neither guid nor address: the same at every poll.

    Title and date name it where both are there, so that an edited text is the same item; else the text
    counts too, since a title such as "خبر عاجل" comes again.
    """
    if item.title and item.published:
        return _computed("dated", item.title, item.published, item.link)
    text = item.content_html or item.content_text or item.summary_html or ""
    return _computed("text", item.title, item.published, item.link, text)


def _computed(*parts: str) -> str:
    return f"urn:marsad:item:{digest(*parts)}"


def _instant(text: str) -> str | None:
    instant = parse_date(text) if text else None
    return wire_time(instant) if instant else None
