"""A feed document -> RawArticles, in document order, each as the feed states it.

Takes the bytes of one feed, gives `Parsed` or raises `Refused` with the reason in words. Pure but for
the time it takes; run it where it can be ended (`sandbox.py`).
"""

import re
from typing import Any

from connectors.feeds import jsonfeed, links, newsml, plain, sitemap
from connectors.feeds.asks import asks
from connectors.feeds.charset import decode, for_xml
from connectors.feeds.compression import MAX_BYTES, TooLarge, Unreadable, decompress
from connectors.feeds.document import MAX_NAME, Job, Parsed, first_text
from connectors.feeds.item import Item, article, is_void
from connectors.feeds.reader import ITEM, Read, read
from connectors.feeds.source import Refused
from connectors.feeds.tree import root_of

_LANGUAGE_TAG = 35  # RFC 5646 section 4.4.1
_WHAT_IT_IS = {
    "html": "a web page, not a feed",
    "opml": "a list of feeds (OPML), not a feed: give it with --opml",
    "newsml": "NewsML 1, which is not read; NewsML-G2 is",
}


def parse(body: bytes, job: Job) -> Parsed:
    """Read the body of a feed. Raises `Refused`."""
    try:
        data, complete = decompress(body, job.content_encoding)
    except TooLarge as error:
        raise Refused(f"larger than {MAX_BYTES // 1024 // 1024} MB once decoded") from error
    except Unreadable as error:
        raise Refused(str(error)) from error
    complete = complete and job.whole
    text = decode(data, job.content_type).text.lstrip("\ufeff")
    if not text.strip("\x00 \t\r\n\ufeff"):
        raise Refused("empty: nothing but white space" if data else "empty")
    text = text.lstrip()
    if text[:1] in ("{", "["):
        return jsonfeed.parse(text, job, complete)
    reader = _BY_ROOT.get(root_of(text))
    if reader is not None:
        return reader(for_xml(text), job, complete)
    xml = for_xml(text)
    return from_read(plain.read(xml, job.base) or read(xml, job.base), text, job, complete)


_BY_ROOT = {
    "urlset": sitemap.parse, "sitemapindex": sitemap.parse_index,
    "newsmessage": newsml.parse, "newsitem": newsml.parse,
}  # fmt: skip


def from_read(found: Read, text: str, job: Job, complete: bool) -> Parsed:
    """Give what was read of a feed as articles. Raises `Refused`."""
    if not found.version:
        raise Refused(_WHAT_IT_IS.get(found.root) or _by_looks(text))
    if found.broken and not found.entries and ITEM.search(text):
        raise Refused("broken markup: none of its items could be read")
    title = first_text(found.feed.get("title"))
    lang = first_text(found.feed.get("language"))
    name = job.name or (title[:MAX_NAME] if title else None)
    claimed = lang[:_LANGUAGE_TAG] if lang else None
    atom = found.version.startswith("atom")
    entries = found.entries if complete else _closed(found.entries, text)
    items = [_item(dict(entry), atom, claimed, job.base) for entry in entries]
    told = [item for item in items if not is_void(item, job.base)]
    return Parsed(
        articles=(article(item, job, name) for item in told),
        title=title,
        lang=claimed,
        asks=asks(found.feed, found.skip_hours, found.skip_days, job.base),
        complete=complete,
        version=found.version,
        crowded=found.crowded,
        void=len(items) - len(told),
    )


def _closed(entries: list[Any], text: str) -> list[Any]:
    """Leave out a last item that the end of the bytes cut in two: half an article is none."""
    closings = len(re.findall(r"</(?:[A-Za-z0-9._-]+:)?(?:item|entry)\s*>", text))
    return entries[:-1] if closings < len(entries) else entries


def _by_looks(text: str) -> str:
    head = text[:1000].lower()
    if "<html" in head or "<!doctype html" in head or "<body" in head:
        return _WHAT_IT_IS["html"]
    return "not a feed"


def _item(entry: dict[str, Any], atom: bool, lang: str | None, base: str) -> Item:
    content_html, content_text = _content(entry)
    guid = first_text(entry.get("id"))
    link = links.pick(entry)
    if entry.get("guid_is_permalink") and links.is_web_address(guid) and not links.web_address(link, base):
        link = guid
    published = first_text(entry.get("published")) or ("" if atom else first_text(entry.get("dc_date")))
    return Item(
        guid=guid,
        link=link,
        title=first_text(entry.get("title")) or first_text(entry.get("media_title")),
        summary_html=_summary(entry) or first_text(entry.get("media_description")) or None,
        content_html=content_html,
        content_text=content_text,
        lang=_own_language(entry) or lang,
        authors=_authors(entry),
        categories=_categories(entry),
        published=published or first_text(entry.get("created")),
        updated=first_text(entry.get("updated")) or (first_text(entry.get("dc_date")) if atom else ""),
    )


def _content(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    """Give the first full text of each kind: HTML and plain."""
    html = text = None
    for part in _dicts(entry.get("content")):
        value = first_text(part.get("value"))
        if part.get("type") == "text/plain":
            text = text or value or None
        else:
            html = html or value or None
    return html, text


def _summary(entry: dict[str, Any]) -> str | None:
    value = first_text(entry.get("summary"))
    detail = entry.get("summary_detail")
    plain = isinstance(detail, dict) and detail.get("type") == "text/plain"
    return (links.escaped(value) if plain else value) or None


def _own_language(entry: dict[str, Any]) -> str | None:
    details = [
        *_dicts(entry.get("content")),
        *_dicts([entry.get("title_detail"), entry.get("summary_detail")]),
    ]
    tags = (first_text(detail.get("language")) for detail in details)
    return next((tag[:_LANGUAGE_TAG] for tag in tags if tag), None)


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    people = _dicts(entry.get("authors"))
    names = (first_text(person.get("name")) or first_text(person.get("email")) for person in people)
    given = tuple(dict.fromkeys(name for name in names if name))
    alone = first_text(entry.get("author"))
    return given or ((alone,) if alone else _credits(entry))


def _credits(entry: dict[str, Any]) -> tuple[str, ...]:
    """Give whom Media RSS names as an author; photographers and copyright owners are none."""
    credits_ = (one for one in _dicts(entry.get("media_credit")) if one.get("role") in ("author", "reporter"))
    return tuple(dict.fromkeys(name for one in credits_ if (name := first_text(one.get("content")))))


def _categories(entry: dict[str, Any]) -> tuple[str, ...]:
    terms = (first_text(tag.get("label")) or first_text(tag.get("term")) for tag in _dicts(entry.get("tags")))
    return tuple(dict.fromkeys(term for term in terms if term))


def _dicts(values: object) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
