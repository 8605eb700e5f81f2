"""RSS 2.0 and Atom as most feeds are written, read by expat alone: what feedparser gives, far sooner.

Only what is known word for word (`plainnames.py`) is read. For anything else (another namespace, markup in a
text, a title that comes twice, `xml:base`, a DOCTYPE, broken XML) there is None, and feedparser reads the
feed. What it makes of the rest (6.0.14: `mixin.py`, `namespaces/_base.py`; our choices: `reader.py`) is made
here alike; `tests/connectors/test_plain.py` holds one against the other.
"""

import contextlib
import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from xml.parsers import expat

from feedparser.html import _cp1252
from feedparser.urls import _urljoin

from connectors.feeds import plainnames as names
from connectors.feeds.document import MAX_ITEMS
from connectors.feeds.links import is_plain
from connectors.feeds.plainnames import ATOM
from connectors.feeds.reader import Read

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
        self._open = [_Element("", {}, [], [])]
        self._left = _MOST_ELEMENTS

    @property
    def root(self) -> _Element:
        return self._open[0].inside[0]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) == 1 and names.XML_LANG in attributes:
            attributes[""] = _language(attributes.pop(names.XML_LANG))
        self._left -= 1
        holder = self._open[-1]
        if name not in names.KNOWN or self._left < 0 or (holder.name and holder.name not in names.HOLDERS):
            raise _Unusual
        if attributes and not attributes.keys() - {""} <= names.ATTRIBUTES.get(name, set()):
            raise _Unusual
        element = _Element(name, attributes, [], [])
        holder.inside.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:
        element = self._open.pop()
        if name in names.HOLDERS and element.inside and element.text:
            raise _Unusual

    def text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        low = (uri or "").lower()
        if low in names.OTHER_VERSIONS or "backend.userland.com/rss" in low:
            raise _Unusual
        if prefix in names.PREFIXES and f"{uri} " != names.PREFIXES[prefix]:
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
    version = names.VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")
    lang = root.attributes.get("")
    if [one.name for one in root.inside] != ["channel"]:
        raise _Unusual
    feed: Entry = {"language": lang} if lang else {}
    items: list[_Element] = []
    channel = root.inside[0]
    _once(channel.inside, names.CHANNEL)
    for one in channel.inside:
        if one.name == "item":
            items.append(one)
        elif field := names.CHANNEL.get(one.name):
            feed[field] = _settled(one.text)
        elif one.name == ATOM + "link":
            feed.setdefault("links", []).append(_link(one, base))
        elif one.name == "image":
            _only(one.inside, names.IMAGE)
        elif one.name not in names.CHANNEL_REST:
            raise _Unusual
    return _result(feed, [_item(one, lang, base) for one in items], version, "rss")


def _item(item: _Element, lang: str | None, base: str) -> Entry:
    entry: Entry = {"authors": [], "tags": []}
    _once(item.inside, names.ITEM)
    for one in item.inside:
        text = _settled(one.text)
        if one.name in names.ITEM:
            _put(entry, names.ITEM[one.name], text, "text/html", lang)
        elif one.name in names.ITEM_PEOPLE:
            entry["authors"].append(_person(text))
        elif one.name in names.ITEM_TAGS:
            entry["tags"].append({"term": text})
        elif one.name not in names.ITEM_REST:
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
    if root.name != ATOM + "feed":
        raise _Unusual
    lang = root.attributes.get("")
    feed: Entry = {"language": lang} if lang else {}
    entries: list[_Element] = []
    _once(root.inside, {ATOM + "title"})
    for one in root.inside:
        _type(one)
        if one.name == ATOM + "entry":
            entries.append(one)
        elif one.name == ATOM + "title":
            feed["title"] = _settled(one.text)
        elif one.name == ATOM + "link":
            feed.setdefault("links", []).append(_link(one, base))
        elif one.name == ATOM + "author":
            _author(one)
        elif one.name not in names.FEED_REST:
            raise _Unusual
    return _result(feed, [_entry(one, lang, base) for one in entries], "atom10", "feed")


def _entry(found: _Element, lang: str | None, base: str) -> Entry:
    entry: Entry = {"authors": [], "tags": [], "links": [], "guid_is_permalink": False}
    _once(found.inside, names.ENTRY)
    for one in found.inside:
        kind = _type(one)
        if field := names.ENTRY.get(one.name):
            _put(entry, field, _settled(one.text), kind, lang)
        elif one.name == ATOM + "link":
            entry["links"].append(_link(one, base))
        elif one.name == ATOM + "author":
            entry["authors"].append(_author(one))
        elif one.name == ATOM + "category" and not one.text:
            entry["tags"].append(one.attributes)
        elif one.name != ATOM + "rights":
            raise _Unusual
    if len(entry["authors"]) > 1 and not all(one.get("name") for one in entry["authors"]):
        raise _Unusual  # feedparser lends a nameless author the name of the one before
    return entry


def _type(element: _Element) -> str:
    kind = element.attributes.get("type", "")
    if element.name != ATOM + "link" and kind not in names.TYPES:
        raise _Unusual
    return names.TYPES.get(kind, "")


def _link(element: _Element, base: str) -> dict[str, str]:
    given = element.attributes
    if not given.get("href") or element.text:
        raise _Unusual
    rel = given.get("rel", "alternate").lower()
    kind = given.get("type", "application/atom+xml" if rel == "self" else "text/html").lower()
    return {"rel": rel, "type": kind, "href": _resolved(given["href"], base)}


def _author(author: _Element) -> dict[str, str]:
    _once(author.inside, names.PERSON)
    _only(author.inside, names.PERSON)
    if author.text:
        raise _Unusual
    return {names.PERSON[one.name]: one.text for one in author.inside}


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
    """Give a text as feedparser leaves it: UTF-8 that was read as Latin-1 mended, C1 as Windows meant it."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252) if _C1.search(text) else text


def _resolved(address: str, base: str) -> str:
    return address if is_plain(address) else str(_urljoin(base, address))


def _result(feed: Entry, entries: list[Entry], version: str, root: str) -> Read:
    if len(entries) > MAX_ITEMS:
        raise _Unusual
    return Read(feed, entries, version, root, broken=False)
