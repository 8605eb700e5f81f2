"""The feeds that a web page names: `<link rel="alternate">` first, else links that look like feeds.

Pure but for the time it takes; run where it can be ended (`sandbox.py`).
"""

import re
from typing import Any

from lxml import html

from connectors.feeds.charset import decode
from connectors.feeds.compression import MAX_BYTES, TooLarge, Unreadable, decompress
from connectors.feeds.document import Job
from connectors.feeds.links import web_address
from connectors.feeds.source import Refused

MOST = 12
_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
    "application/x.atom+xml", "application/x-atom+xml", "text/rss+xml", "text/atom+xml",
})  # fmt: skip
_MAYBE = frozenset({"application/xml", "text/xml", "application/json"})
_LOOKS = re.compile(r"(?:^|[/._?=-])(?:rss2?|feeds?|atom|rdf)(?:$|[/._?=&-])", re.IGNORECASE)


def feed_links(body: bytes, job: Job) -> tuple[str, ...]:
    """Give the addresses of feeds that the page names, in its order, at most `MOST`. Raises `Refused`."""
    tree = tree_of(body, job)
    base = _base(tree, job.base)
    declared = [_resolved(link, base) for link in tree.iter("link") if _is_feed(link)]
    found = [address for address in declared if address]
    if not found:
        looked = (
            _resolved(anchor, base) for anchor in tree.iter("a") if _LOOKS.search(anchor.get("href") or "")
        )
        found = [address for address in looked if address]
    return tuple(dict.fromkeys(found))[:MOST]


def tree_of(body: bytes, job: Job) -> Any:
    """Give the elements of a web page. Raises `Refused`."""
    try:
        data, _ = decompress(body, job.content_encoding)
    except TooLarge as error:
        raise Refused(f"larger than {MAX_BYTES // 1024 // 1024} MB once decoded") from error
    except Unreadable as error:
        raise Refused(str(error)) from error
    text = decode(data, job.content_type).text.replace("\x00", "")
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except Exception as error:
        if isinstance(error, MemoryError | RecursionError):
            raise
        raise Refused("a page that cannot be read") from error


_PARSER = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def _base(tree: Any, address: str) -> str:
    given = next((base.get("href") for base in tree.iter("base") if base.get("href")), None)
    return (web_address(given, address) if given else None) or address


def _is_feed(link: Any) -> bool:
    rel = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in rel and "feed" not in rel:
        return False
    href = link.get("href") or ""
    return (
        kind in _TYPES
        or (kind in _MAYBE and _LOOKS.search(href) is not None)
        or ("feed" in rel and bool(href))
    )


def _resolved(element: Any, base: str) -> str | None:
    return web_address(element.get("href") or "", base)
