"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not read."""

import json
from typing import Any

from connectors.feeds import ninjs
from connectors.feeds.document import MAX_ITEMS, MAX_NAME, Asks, Job, Parsed, first_text
from connectors.feeds.item import Item, article, is_void
from connectors.feeds.links import escaped, web_address
from connectors.feeds.source import Refused


def parse(text: str, job: Job, complete: bool) -> Parsed:
    """Read a JSON Feed. Raises `Refused`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("neither XML nor a JSON Feed: broken JSON") from error
    if ninjs_items := ninjs.items_of(document):
        return ninjs.parse(ninjs_items, job, complete)
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org/version" not in str(document.get("version")):
        raise Refused("JSON, but neither a JSON Feed nor ninjs")
    title = first_text(document.get("title"))
    lang = first_text(document.get("language")) or None
    given = [_item(item, lang) for item in items[:MAX_ITEMS] if isinstance(item, dict)]
    told = [item for item in given if not is_void(item, job.base)]
    name = job.name or title[:MAX_NAME] or None
    return Parsed(
        articles=(article(item, job, name) for item in told), title=title or None, lang=lang,
        asks=_asks(document, job.base), complete=complete, version="json", crowded=len(items) > MAX_ITEMS,
        void=len(given) - len(told),
    )  # fmt: skip


def _asks(document: dict[str, Any], base: str) -> Asks:
    hubs = document.get("hubs")
    given = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    wanted = (first_text(hub.get("url")) for hub in given if str(hub.get("type")).lower() == "websub")
    return Asks(
        hub=next((address for url in wanted if (address := web_address(url, base))), None),
        topic=web_address(first_text(document.get("feed_url")), base),
    )


def _item(item: dict[str, Any], lang: str | None) -> Item:
    given = item.get("authors")
    people = given if isinstance(given, list) else [item.get("author")]
    names = (first_text(person.get("name")) for person in people if isinstance(person, dict))
    tags = item.get("tags")
    return Item(
        guid=_identifier(item.get("id")),
        link=first_text(item.get("url")),
        title=first_text(item.get("title")),
        summary_html=escaped(first_text(item.get("summary"))) or None,
        content_html=first_text(item.get("content_html")) or None,
        content_text=first_text(item.get("content_text")) or None,
        lang=first_text(item.get("language")) or lang,
        authors=tuple(dict.fromkeys(name for name in names if name)),
        categories=tuple(dict.fromkeys(map(first_text, tags))) if isinstance(tags, list) else (),
        published=first_text(item.get("date_published")),
        updated=first_text(item.get("date_modified")),
    )


def _identifier(value: object) -> str:
    """Give an id as text; numbers are allowed by version 1.1 of the format ("coerce to string")."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return first_text(value)
