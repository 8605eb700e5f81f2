"""Addresses in feeds: which of an entry's links is the article, and what of it is a web address."""

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.feeds.document import first_text
from connectors.feeds.source import without_credentials
from events.urls import MAX_LENGTH

_PATH = r"A-Za-z0-9._~!*'(),:$+%/=\u0621-\u064a\u0660-\u0669-"
_PORT = r":(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3})"
_PLAIN = re.compile(rf"https?://[a-z0-9][a-z0-9.-]*(?:{_PORT})?(?:/[{_PATH}]*)?(?:\?[{_PATH}&]+)?", re.ASCII)
_IGNORED = re.compile(r"[\t\r\n]")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def web_address(link: str, base: str = "") -> str | None:
    """Give `link`, resolved against `base`, as an http(s) address without credentials; None where it is none.

    White space inside is escaped, tabs and line ends dropped, as browsers do (WHATWG URL, section 4.4).
    """
    link = link.strip()
    return link if is_plain(link) else _mended(_IGNORED.sub("", link), base)


def _mended(link: str, base: str) -> str | None:
    if not link or len(link) > MAX_LENGTH:
        return None
    try:
        absolute = urljoin(base, link).replace(" ", "%20")
        parts = urlsplit(absolute)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    if not known or len(absolute) > MAX_LENGTH or _FORBIDDEN.search(absolute):
        return None
    return _with_host(without_credentials(absolute))


def _with_host(address: str) -> str | None:
    """Give `address` where a host is left of it: what looks like a broken password may have held it."""
    try:
        parts = urlsplit(address)
        return address if parts.hostname and "@" not in parts.netloc else None
    except ValueError:
        return None


def is_plain(address: str) -> bool:
    """Say whether `address` is an absolute http(s) address of the common kind: no mending changes it."""
    return _PLAIN.fullmatch(address) is not None and len(address) <= MAX_LENGTH


def is_web_address(text: str) -> bool:
    """Say whether `text` is by itself an absolute http(s) address."""
    return " " not in text and web_address(text) is not None


def pick(entry: dict[str, Any]) -> str:
    """Give the link of the article: the first alternate page, else the first alternate, else ""."""
    links = entry.get("links")
    found = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    alternates = [link for link in found if link.get("rel") == "alternate" and _href(link)]
    pages = [link for link in alternates if "html" in str(link.get("type", "html"))]
    for link in (*pages, *alternates):
        if web_address(_href(link)):
            return _href(link)
    return _href((pages or alternates or [{}])[0])


def escaped(text: str) -> str:
    """Give plain text as HTML."""
    return html.escape(text, quote=False)


def _href(link: dict[str, Any]) -> str:
    return first_text(link.get("href"))
