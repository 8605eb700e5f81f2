"""feedparser, held short: text in, its entries out, nothing opened, nothing guessed.

Takes the library's own parser classes, since `feedparser.parse` decides by itself what to open (a body
that is a path is read from disk), copies a guid into the link, content into the summary, and reads
dates in ways we do not trust (FEEDS.md section 2). The choices here follow feedparser 6.0.14 `api.py`.
"""

import contextlib
import io
import re
import xml.sax
from dataclasses import dataclass
from typing import Any
from xml.sax.handler import feature_external_ges, feature_namespaces
from xml.sax.xmlreader import InputSource

from feedparser import FeedParserDict
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.sanitizer import replace_doctype
from lxml import etree

from connectors.feeds.document import MAX_ITEMS

FEED_TAGS = frozenset({"rss", "feed", "rdf:rdf"})
"""An element that makes a document a feed; a namespace alone does not (feedparser thinks so)."""
OTHER_ROOTS = frozenset({"html", "urlset", "sitemapindex", "opml", "svg", "newsml", "newsitem"})


ITEM = re.compile(r"<(?:[A-Za-z0-9._-]+:)?(?:item|entry)[\s>]")
_SKIPS = 48
"""More hours or days than that nobody means."""
_TRIPPED = (AttributeError, TypeError, KeyError, ValueError, IndexError)
"""An element named like a field of feedparser's own (`<links>`) trips it; that element is passed over."""


class _Crowded(Exception):
    """There are more items than are read of one feed."""


class _Exact:
    """What we want otherwise than feedparser: guid, dates and content as they were stated."""

    first_tag = ""
    is_feed = False
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        self.first_tag = self.first_tag or tag
        self.is_feed = self.is_feed or tag in FEED_TAGS or (tag == "channel" and self.first_tag == tag)
        with contextlib.suppress(*_TRIPPED):
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        if len(self.entries) > MAX_ITEMS:  # type: ignore[attr-defined]
            raise _Crowded

    def unknown_endtag(self, tag: str) -> None:
        with contextlib.suppress(*_TRIPPED):
            super().unknown_endtag(tag)  # type: ignore[misc]

    def _start_guid(self, attrs: dict[str, Any]) -> None:
        super()._start_guid(attrs)  # type: ignore[misc]
        context = self._get_context()  # type: ignore[attr-defined]
        context["guid_is_permalink"] = attrs.get("ispermalink", "").strip().lower() != "false"
        self.guidislink = False  # else the guid would be resolved, and become the link

    def _end_guid(self) -> None:
        self.pop("id")  # type: ignore[attr-defined]

    def _start_id(self, attrs: dict[str, Any]) -> None:
        self._start_guid(attrs)
        self._get_context()["guid_is_permalink"] = False  # type: ignore[attr-defined]

    _end_id = _end_guid

    def _end_published(self) -> None:
        self.pop("published")  # type: ignore[attr-defined]

    _end_issued = _end_pubdate = _end_published

    def _end_updated(self) -> None:
        self.pop("updated")  # type: ignore[attr-defined]

    _end_modified = _end_lastbuilddate = _end_updated

    def _start_hour(self, attrs: dict[str, Any]) -> None:
        self.push("hour", 0)  # type: ignore[attr-defined]

    def _end_hour(self) -> None:
        self.skip_hours = (*self.skip_hours, str(self.pop("hour") or ""))[:_SKIPS]  # type: ignore[attr-defined]

    def _start_day(self, attrs: dict[str, Any]) -> None:
        self.push("day", 0)  # type: ignore[attr-defined]

    def _end_day(self) -> None:
        self.skip_days = (*self.skip_days, str(self.pop("day") or ""))[:_SKIPS]  # type: ignore[attr-defined]

    def _start_media_title(self, attrs: dict[str, Any]) -> None:
        self.push("media_title", 1)  # type: ignore[attr-defined]

    def _end_media_title(self) -> None:
        self.pop("media_title")  # type: ignore[attr-defined]

    def _start_media_description(self, attrs: dict[str, Any]) -> None:
        self.push("media_description", 1)  # type: ignore[attr-defined]

    def _end_media_description(self) -> None:
        self.pop("media_description")  # type: ignore[attr-defined]

    def _start_dc_date(self, attrs: dict[str, Any]) -> None:
        self.push("dc_date", 1)  # type: ignore[attr-defined]

    def _end_dc_date(self) -> None:
        self.pop("dc_date")  # type: ignore[attr-defined]

    def _end_created(self) -> None:
        self.pop("created")  # type: ignore[attr-defined]

    def _end_expirationdate(self) -> None:
        self.pop("expired")  # type: ignore[attr-defined]

    def _end_content(self) -> None:
        self.pop_content("content")  # type: ignore[attr-defined]

    _end_body = _end_xhtml_body = _end_content_encoded = _end_fullitem = _end_content


class _Strict(_Exact, StrictFeedParser):  # type: ignore[misc]
    pass


class _Loose(_Exact, LooseFeedParser):  # type: ignore[misc]
    pass


@dataclass(frozen=True, slots=True)
class Read:
    """What was read; `version` is empty where the document is no feed, `root` is its first element."""

    feed: FeedParserDict
    entries: list[FeedParserDict]
    version: str
    root: str
    broken: bool
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()
    crowded: bool = False


def read(text: str, base: str) -> Read:
    """Read a feed document; `base` is the address it was fetched from, "" where there is none.

    A malformed document is read again by the lenient parser, as feedparser does: the good part counts.
    """
    named, data, entities = replace_doctype(text.encode("utf-8", "replace"))
    try:
        return _result(_parse_strictly(data, base), named, broken=False)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 (malformed, or hostile in a way the strict parser does not foresee)
        found = _result(_parse_leniently(data, base, entities), named, broken=True)
    if not found.entries and found.version and ITEM.search(text):
        return _mended(data, base, named) or found
    return found


def _mended(data: bytes, base: str, named: str | None) -> Read | None:
    """Read again as libxml2 mends it: an unclosed title in the channel hides all items from feedparser."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(data, parser)
        return _result(_parse_strictly(etree.tostring(tree, encoding="utf-8"), base), named, broken=True)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 (beyond mending)
        return None


def _result(parser: Any, named: str | None, broken: bool) -> Read:
    root = parser.first_tag.rpartition(":")[2]
    is_feed = parser.is_feed and root not in OTHER_ROOTS
    version = (named or parser.version or "rss") if is_feed else ""
    entries = parser.entries if is_feed else []
    skips, crowded = (parser.skip_hours, parser.skip_days), len(entries) > MAX_ITEMS
    return Read(parser.feeddata, entries[:MAX_ITEMS], version, root, broken, *skips, crowded)


def _parse_strictly(data: bytes, base: str) -> Any:
    parser = _plain(_Strict(base, None, "utf-8"))
    reader = xml.sax.make_parser()  # noqa: S317 (external entities off; entities limited by expat and by replace_doctype)
    reader.setFeature(feature_namespaces, True)
    reader.setFeature(feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = InputSource()
    source.setByteStream(io.BytesIO(data))
    with contextlib.suppress(_Crowded):
        reader.parse(source)
    return parser


def _parse_leniently(data: bytes, base: str, entities: dict[str, str]) -> Any:
    parser = _plain(_Loose(base, None, "utf-8", entities))
    try:
        parser.feed(data.decode("utf-8", "replace"))
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 (what was read before it counts)
        return parser
    return parser


def _plain(parser: Any) -> Any:
    parser.sanitize_html = False
    parser.resolve_relative_uris = False
    return parser
