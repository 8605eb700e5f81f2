"""ninjs (IPTC news in JSON), 1.x and 2.x: one item, a list of them, or `{"items": [...]}`."""

from collections.abc import Iterator
from typing import Any

from connectors.feeds.document import MAX_NAME, Job, Parsed, first_text
from connectors.feeds.item import Item, article
from connectors.feeds.links import escaped, is_web_address
from events.article import RawArticle

_TEXTS = ("headline", "headlines", "title", "titles", "body_text", "body_html", "body_xhtml", "bodies")


def items_of(document: Any) -> list[dict[str, Any]]:
    """Give the text items of a JSON document, none where it is no ninjs."""
    listed = document.get("items") if isinstance(document, dict) and "uri" not in document else document
    several = listed if isinstance(listed, list) else [listed]
    return [one for one in several if isinstance(one, dict) and _is_item(one)]


def _is_item(one: dict[str, Any]) -> bool:
    has_text = any(one.get(name) for name in _TEXTS)
    is_text = one.get("type") in (None, "text", "composite")
    return (
        isinstance(one.get("uri"), str) and has_text and is_text and one.get("pubstatus") in (None, "usable")
    )


def parse(items: list[dict[str, Any]], job: Job, complete: bool) -> Parsed:
    """Read ninjs items."""
    title = next((name for one in items if (name := first_text(one.get("copyrightholder")))), "")
    named = job.name or title[:MAX_NAME] or None
    return Parsed(
        articles=_articles(items, job, named), title=title or None, complete=complete, version="ninjs"
    )


def _articles(items: list[dict[str, Any]], job: Job, named: str | None) -> Iterator[RawArticle]:
    for one in items:
        yield article(_item(one), job, named)


def _item(one: dict[str, Any]) -> Item:
    uri = first_text(one.get("uri"))
    bodies = [*_values(one, "bodies")]
    html = first_text(one.get("body_html")) or first_text(one.get("body_xhtml"))
    html = html or next((text for kind, text in bodies if "html" in kind), "")
    text = first_text(one.get("body_text")) or next((text for kind, text in bodies if "html" not in kind), "")
    summary = first_text(one.get("description_html")) or escaped(
        _one(one, "description_text", "descriptions")
    )
    published = one.get("contentcreated") or one.get("firstcreated") or one.get("versioncreated")
    return Item(
        guid=uri,
        link=uri if is_web_address(uri) else "",
        title=_one(one, "headline", "headlines") or _one(one, "title", "titles"),
        summary_html=summary or None,
        content_html=html or None,
        content_text=text or None,
        lang=first_text(one.get("language")) or None,
        authors=_people(one),
        categories=_names(one.get("subject")) or _names(one.get("subjects")),
        published=first_text(published),
        updated=first_text(one.get("versioncreated")),
    )


def _one(item: dict[str, Any], single: str, several: str) -> str:
    """Give a text that 1.x has as a field, 2.x as a list of values by role: the main one, else the first."""
    if found := first_text(item.get(single)):
        return found
    texts = [*_values(item, several)]
    return next((text for kind, text in texts if "main" in kind), texts[0][1] if texts else "")


def _values(item: dict[str, Any], name: str) -> Iterator[tuple[str, str]]:
    given = item.get(name)
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and (text := first_text(one.get("value"))):
            yield f"{first_text(one.get('contenttype'))} {first_text(one.get('role'))}", text


def _people(item: dict[str, Any]) -> tuple[str, ...]:
    by = first_text(item.get("byline")) or first_text(item.get("by"))
    return (by,) if by else ()


def _names(values: Any) -> tuple[str, ...]:
    given = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    return tuple(dict.fromkeys(name for one in given if (name := first_text(one.get("name")))))
