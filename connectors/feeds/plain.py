"""RSS 2.0 and Atom as most feeds are written, read by expat alone: what feedparser gives, far sooner.

Only what is known here word for word is read. For anything else (another namespace, markup inside a text, a
title that comes twice, `xml:base`, a DOCTYPE, a byte that is not XML) there is None, and feedparser reads the
feed. What it makes of the rest (6.0.14, `mixin.py`, `namespaces/_base.py`, with our choices in `reader.py`) is
made here alike; `tests/connectors/test_plain.py` holds one against the other.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from feedparser.html import _cp1252
from feedparser.urls import _urljoin

from connectors.feeds.document import MAX_ITEMS
from connectors.feeds.links import is_plain
from connectors.feeds.reader import Read

_A, _DC = "http://www.w3.org/2005/Atom ", "http://purl.org/dc/elements/1.1/ "
_CONTENT, _MEDIA = "http://purl.org/rss/1.0/modules/content/ ", "http://search.yahoo.com/mrss/ "
_SY, _SLASH = "http://purl.org/rss/1.0/modules/syndication/ ", "http://purl.org/rss/1.0/modules/slash/ "
_WFW, _WORDPRESS = "http://wellformedweb.org/CommentAPI/ ", "com-wordpress:feed-additions:1 "
_PREFIXES = {"content": _CONTENT, "dc": _DC, "media": _MEDIA, "slash": _SLASH, "sy": _SY, "wfw": _WFW}
"""What feedparser calls these namespaces; a feed that calls another one so is not read here."""
_TELLING = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}

_LINK = {"rel", "type", "href", "title", "hreflang", "length"}
_PICTURE = {"url", "type", "medium", "width", "height", "fileSize", "length"}
_IMAGE = {"url", "title", "link", "width", "height", "description"}
_RSS_FIELDS = {"title": "title", "description": "summary", "pubDate": "published", _DC + "date": "dc_date",
               "guid": "id", "link": "links", _CONTENT + "encoded": "content"}  # fmt: skip
_RSS_PEOPLE, _RSS_TAGS = {"author", _DC + "creator"}, {"category", _DC + "subject"}
_RSS_REST = {"comments", "enclosure", "source", _SLASH + "comments", _WFW + "commentRss", _WFW + "comment",
             _MEDIA + "content", _MEDIA + "thumbnail", _WORDPRESS + "post-id"}  # fmt: skip
_CHANNEL_FIELDS = {"title": "title", "language": "language", "ttl": "ttl", _SY + "updatePeriod": "sy_updateperiod",
                   _SY + "updateFrequency": "sy_updatefrequency"}  # fmt: skip
_CHANNEL_REST = {"link", "description", "pubDate", "lastBuildDate", "generator", "copyright", "docs", "category",
                 "managingEditor", "webMaster", _SY + "updateBase", _WORDPRESS + "site"}  # fmt: skip
_ATOM_FIELDS = {_A + "title": "title", _A + "summary": "summary", _A + "content": "content", _A + "id": "id",
                _A + "published": "published", _A + "updated": "updated"}  # fmt: skip
_FEED_REST = {
    _A + name for name in ("subtitle", "id", "updated", "generator", "icon", "logo", "rights", "category")
}
_PERSON = {_A + "name": "name", _A + "email": "email", _A + "uri": "href"}
_ATTRIBUTES = {
    "rss": {"version"}, "guid": {"isPermaLink"}, "category": {"domain"}, "source": {"url"}, "enclosure": _PICTURE,
    _MEDIA + "content": _PICTURE, _MEDIA + "thumbnail": _PICTURE, _A + "link": _LINK,
    _A + "category": {"term", "scheme", "label"}, _A + "generator": {"uri", "version"},
    _A + "title": {"type"}, _A + "subtitle": {"type"}, _A + "summary": {"type"}, _A + "content": {"type"},
    _A + "rights": {"type"},
}  # fmt: skip
_HOLDERS = {"rss", "channel", "item", "image", _A + "feed", _A + "entry", _A + "author"}
_KNOWN = frozenset().union(
    _HOLDERS, _IMAGE, _RSS_FIELDS, _RSS_PEOPLE, _RSS_TAGS, _RSS_REST, _CHANNEL_FIELDS, _CHANNEL_REST,
    _ATOM_FIELDS, _FEED_REST, _PERSON, {_A + "link", _A + "category"},
)  # fmt: skip
_TYPES = {"": "text/plain", "text": "text/plain", "html": "text/html"}

_XML_LANG = "http://www.w3.org/XML/1998/namespace lang"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_C1 = re.compile("[\x80-\x9f]")
_AMPERSAND = re.compile("&([A-Za-z0-9_]+);")
_MOST_ELEMENTS = 300_000
Entry = dict[str, Any]


class _Unusual(Exception):
    """Something that feedparser is to read."""


class _Element(NamedTuple):
    name: str
    attributes: dict[str, str]
    texts: list[str]
    inside: "list[_Element]"

    @property
    def text(self) -> str:
        return "".join(self.texts).strip()


def read(text: str, base: str) -> Read | None:
    """Read a feed document as `reader.read` does, or give None where it is not as plain as that."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text or (base and not is_plain(base)):
        return None
    try:
        root = _tree(text.encode("utf-8", "replace"))
        return _rss(root, base) if root.name == "rss" else _atom(root, base)
    except (_Unusual, expat.ExpatError):
        return None


# elements


class _Builder:
    """Builds the elements, and stops at the first that is not known."""

    def __init__(self) -> None:
        self.lang: str | None = None
        self._open = [_Element("", {}, [], [])]
        self._left = _MOST_ELEMENTS

    @property
    def root(self) -> _Element:
        return self._open[0].inside[0]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) == 1 and _XML_LANG in attributes:
            attributes[""] = _language(attributes.pop(_XML_LANG))
        self._left -= 1
        holder = self._open[-1]
        if name not in _KNOWN or self._left < 0 or (holder.name and holder.name not in _HOLDERS):
            raise _Unusual
        if attributes and not attributes.keys() - {""} <= _ATTRIBUTES.get(name, set()):
            raise _Unusual
        element = _Element(name, attributes, [], [])
        holder.inside.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:
        element = self._open.pop()
        if name in _HOLDERS and element.inside and element.text:
            raise _Unusual

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        low = (uri or "").lower()
        if low in _TELLING or "backend.userland.com/rss" in low:
            raise _Unusual
        if prefix in _PREFIXES and f"{uri} " != _PREFIXES[prefix]:
            raise _Unusual


def _tree(data: bytes) -> _Element:
    builder, parser = _Builder(), expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartNamespaceDeclHandler = builder.namespace
    parser.Parse(data, True)
    return builder.root


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        raise _Unusual
    return tag


# RSS


def _rss(root: _Element, base: str) -> Read:
    given = root.attributes.get("version", "")
    version = _VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")
    lang = root.attributes.get("")
    if [one.name for one in root.inside] != ["channel"]:
        raise _Unusual
    feed: Entry = {"language": lang} if lang else {}
    items: list[_Element] = []
    channel = root.inside[0]
    _once(channel.inside, _CHANNEL_FIELDS)
    for one in channel.inside:
        if one.name == "item":
            items.append(one)
        elif field := _CHANNEL_FIELDS.get(one.name):
            feed[field] = _settled(one.text)
        elif one.name == _A + "link":
            feed.setdefault("links", []).append(_link(one, base))
        elif one.name == "image":
            _only(one.inside, _IMAGE)
        elif one.name not in _CHANNEL_REST:
            raise _Unusual
    return _result(feed, [_item(one, lang, base) for one in items], version, "rss")


def _item(item: _Element, lang: str | None, base: str) -> Entry:
    entry: Entry = {"authors": [], "tags": []}
    _once(item.inside, _RSS_FIELDS)
    for one in item.inside:
        text = _settled(one.text)
        if one.name in _RSS_FIELDS:
            _put(entry, _RSS_FIELDS[one.name], text, "text/html", lang)
        elif one.name in _RSS_PEOPLE:
            entry["authors"].append(_person(text))
        elif one.name in _RSS_TAGS:
            entry["tags"].append({"term": text})
        elif one.name not in _RSS_REST:
            raise _Unusual
        if one.name == "guid":
            entry["guid_is_permalink"] = one.attributes.get("isPermaLink", "").strip().lower() != "false"
        elif one.name == "link":
            entry["links"] = [_web_link(one.text, base)]
    return entry


def _web_link(text: str, base: str) -> dict[str, str]:
    """Give a link as feedparser mends it: `?a=1&b;=2` is `?a=1&b=2`."""
    link = {"rel": "alternate", "type": "text/html"}
    address = _settled(_resolved(text, base)) if text else ""
    address = _AMPERSAND.sub(r"&\1", address.replace("&amp;", "&"))
    return link | {"href": address} if address else link


# Atom


def _atom(root: _Element, base: str) -> Read:
    if root.name != _A + "feed":
        raise _Unusual
    lang = root.attributes.get("")
    feed: Entry = {"language": lang} if lang else {}
    entries: list[_Element] = []
    _once(root.inside, {_A + "title"})
    for one in root.inside:
        if one.name == _A + "entry":
            entries.append(one)
        elif one.name == _A + "title":
            feed["title"] = _settled(one.text)
        elif one.name == _A + "link":
            feed.setdefault("links", []).append(_link(one, base))
        elif one.name == _A + "author":
            _author(one)
        elif one.name not in _FEED_REST:
            raise _Unusual
    return _result(feed, [_entry(one, lang, base) for one in entries], "atom10", "feed")


def _entry(found: _Element, lang: str | None, base: str) -> Entry:
    entry: Entry = {"authors": [], "tags": [], "links": [], "guid_is_permalink": False}
    _once(found.inside, _ATOM_FIELDS)
    for one in found.inside:
        if field := _ATOM_FIELDS.get(one.name):
            _put(entry, field, _settled(one.text), _type(one), lang)
        elif one.name == _A + "link":
            entry["links"].append(_link(one, base))
        elif one.name == _A + "author":
            entry["authors"].append(_author(one))
        elif one.name == _A + "category" and not one.text:
            entry["tags"].append(one.attributes)
        elif one.name != _A + "rights":
            raise _Unusual
        _type(one)
    if len(entry["authors"]) > 1 and not all(one.get("name") for one in entry["authors"]):
        raise _Unusual  # feedparser lends a nameless author the name of the one before
    return entry


def _type(element: _Element) -> str:
    kind = element.attributes.get("type", "")
    if element.name != _A + "link" and kind not in _TYPES:
        raise _Unusual
    return _TYPES.get(kind, "")


def _link(element: _Element, base: str) -> dict[str, str]:
    given = element.attributes
    if not given.get("href") or element.text:
        raise _Unusual
    rel = given.get("rel", "alternate").lower()
    kind = given.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
    return {"rel": rel, "type": kind, "href": _resolved(given["href"], base)}


def _author(author: _Element) -> dict[str, str]:
    _once(author.inside, _PERSON)
    _only(author.inside, _PERSON)
    if author.text:
        raise _Unusual
    return {_PERSON[one.name]: one.text for one in author.inside}


# both


def _put(entry: Entry, field: str, text: str, kind: str, lang: str | None) -> None:
    """Put a text where feedparser puts it, with its type and language beside it."""
    if field == "content":
        entry["content"] = [{"type": kind, "language": lang, "value": text}]
        return
    entry[field] = text
    if field in ("title", "summary"):
        entry[f"{field}_detail"] = {"type": kind, "language": lang}


def _person(text: str) -> dict[str, str]:
    if "@" in text:
        raise _Unusual  # feedparser tells name from address in several ways
    return {"name": text}


def _once(elements: Iterable[_Element], names: Iterable[str]) -> None:
    """Stop where a field comes twice: which one counts depends on more than is known here."""
    found = [one.name for one in elements if one.name in names]
    if len(found) != len(set(found)):
        raise _Unusual


def _only(elements: Iterable[_Element], names: Iterable[str]) -> None:
    if any(one.name not in names for one in elements):
        raise _Unusual


def _settled(text: str) -> str:
    """Give a text as feedparser leaves it: UTF-8 that was read as Latin-1 mended, Windows' quotes put right."""
    if text.isascii():
        return text
    try:
        text = text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        pass
    return text.translate(_cp1252) if _C1.search(text) else text


def _resolved(address: str, base: str) -> str:
    return address if is_plain(address) else str(_urljoin(base, address))


def _result(feed: Entry, entries: list[Entry], version: str, root: str) -> Read:
    if len(entries) > MAX_ITEMS:
        raise _Unusual
    return Read(feed, entries, version, root, broken=False)
