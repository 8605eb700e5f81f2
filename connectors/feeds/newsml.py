"""NewsML-G2 (IPTC, 2.x): a newsItem, or a newsMessage with several; the text parts of each."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from connectors.feeds.document import MAX_NAME, Job, Parsed
from connectors.feeds.item import Item, article
from connectors.feeds.source import Refused
from connectors.feeds.tree import below, children, elements, language, name, text_at
from events.article import RawArticle

_CANCELLED = ("stat:canceled", "stat:withheld")
_PLAIN = re.compile(r"[a-z][a-z0-9.-]*")
_DECLARED = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')


def parse(text: str, job: Job, complete: bool) -> Parsed:
    """Read the news items of a document. Raises `Refused`."""
    root = elements(text)
    found = [root] if name(root) == "newsitem" else [*below(root, "itemset", "newsitem")]
    if not complete and found and "</newsItem>" not in text[text.rfind("<newsItem") :]:
        found.pop()
    items = [item for item in found if _is_text(item)]
    if not items:
        raise Refused("NewsML without a text item")
    title = text_at(root, "header", "sender") or text_at(items[0], "itemmeta", "provider", "name")
    named = job.name or title[:MAX_NAME] or None
    return Parsed(
        articles=_articles(items, job, named), title=title or None, complete=complete, version="newsml"
    )


def _is_text(item: Any) -> bool:
    """Tell whether an item is to be read: pictures are not, nor what was cancelled before it came."""
    kind = next((one.get("qcode") or "" for one in below(item, "itemmeta", "itemclass")), "")
    status = next((one.get("qcode") or "" for one in below(item, "itemmeta", "pubstatus")), "")
    return (not kind or kind.endswith((":text", ":composite"))) and status not in _CANCELLED


def _articles(items: list[Any], job: Job, named: str | None) -> Iterator[RawArticle]:
    for item in items:
        yield article(_item(item), job, named)


def _item(item: Any) -> Item:
    html, text = _content(item)
    subjects = (text_at(one, "name") for one in below(item, "contentmeta", "subject"))
    tags = (one.get("tag") or "" for one in below(item, "contentmeta", "language"))
    people = [text_at(one, "name") for one in below(item, "contentmeta", "creator")]
    people += [" ".join("".join(one.itertext()).split()) for one in below(item, "contentmeta", "by")]
    return Item(
        guid=(item.get("guid") or "").strip(),
        link=_link(item),
        title=text_at(item, "contentmeta", "headline") or text_at(item, "itemmeta", "title"),
        summary_html=text_at(item, "contentmeta", "description") or None,
        content_html=html,
        content_text=text,
        lang=next((tag for tag in tags if tag), None) or language(item),
        authors=tuple(dict.fromkeys(person for person in people if person)),
        categories=tuple(dict.fromkeys(subject for subject in subjects if subject)),
        published=text_at(item, "contentmeta", "contentcreated") or text_at(item, "itemmeta", "firstcreated"),
        updated=text_at(item, "contentmeta", "contentmodified")
        or text_at(item, "itemmeta", "versioncreated"),
    )


def _link(item: Any) -> str:
    """Give the address of the web page, where the item names one."""
    links = [link for link in below(item, "itemmeta", "link") if link.get("href")]
    pages = [link for link in links if "html" in (link.get("contenttype") or "")]
    return str(pages[0].get("href")).strip() if pages else ""


def _content(item: Any) -> tuple[str | None, str | None]:
    """Give the text: XHTML or NITF as HTML, inline data as it is."""
    for part in children(item, "contentset"):
        for one in children(part, "inlinexml"):
            if html := _html(one):
                return html, None
        for one in children(part, "inlinedata"):
            text = "".join(one.itertext()).strip()
            if text:
                return (text, None) if "html" in (one.get("contenttype") or "") else (None, text)
    return None, None


def _html(inline: Any) -> str | None:
    bodies = [one for one in inline.iter() if name(one) in ("body.content", "body")]
    body = next((one for one in bodies if name(one) == "body.content"), bodies[0] if bodies else inline)
    for one in body.iter():
        if isinstance(one.tag, str):
            one.tag = name(one) if _PLAIN.fullmatch(name(one)) else "span"
    parts = [etree.tostring(child, encoding="unicode", method="html") for child in body if name(child)]
    return _DECLARED.sub("", (body.text or "") + "".join(parts)).strip() or None
