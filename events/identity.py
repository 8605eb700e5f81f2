"""Who an article is: ids that depend on its record alone, the same on every machine."""

import hashlib
from urllib.parse import urlsplit

from events.article import RawArticle
from events.urls import canonical_url


def digest(*parts: str | bytes, size: int = 16) -> str:
    """Give a hexadecimal BLAKE2b digest (RFC 7693) of `parts`, `size` bytes long.

    Parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ. Bytes stand for the text in UTF-8.
    """
    encoded = [part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass") for part in parts]
    framed = b"".join([len(data).to_bytes(8, "little") + data for data in encoded])
    return hashlib.blake2b(framed, digest_size=size).hexdigest()


def article_id(raw: RawArticle) -> str:
    """Give the id of the article that `raw` is a fetch of: the Kafka key of all its records.

    The page's address comes first, since guids churn and are shared (NetNewsWire#324, #3286,
    newrelic/docs-website#1271); http and https, `www.` and trackers do not count. An address without
    a path is a home page that many items may share, so there the guid decides.
    """
    address = identity_address(raw.url)
    if address:
        return digest("url", raw.source_id, address)
    return digest("item", raw.source_id, raw.item_id or raw.url or "")


def identity_address(url: str | None) -> str | None:
    """Give the part of an address that identifies a page, or None where it names no page."""
    canonical = canonical_url(url) if url and "//" in url else None
    return canonical_address(canonical) if canonical else None


def canonical_address(canonical: str) -> str | None:
    """Give what `identity_address` gives, for an address that is canonical already."""
    parts = urlsplit(canonical)
    if parts.path in ("", "/") and not parts.query:
        return None
    host = parts.netloc.removeprefix("www.")
    return f"{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")
