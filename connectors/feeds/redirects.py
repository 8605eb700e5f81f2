"""Where a redirect leads: http or https, without credentials, or nowhere."""

from urllib.parse import quote, urldefrag, urljoin, urlsplit

from connectors.feeds.links import web_address
from connectors.feeds.source import Refused, safe


def next_address(url: str, location: str) -> str:
    """Give the address that a redirect from `url` leads to. Raises `Refused` with the reason in words."""
    if not location:
        raise Refused("a redirect that does not say where to")
    target = quote(location.encode("utf-8", "surrogateescape"), safe="!#$%&'()*+,/:;=?@[]~-._")
    try:
        scheme = urlsplit(urljoin(url, target)).scheme
    except ValueError as error:
        raise Refused("a redirect to what is no address") from error
    if scheme not in ("http", "https"):
        raise Refused(f"a redirect to {safe(scheme, 20) or 'nothing'}:, only http and https are followed")
    absolute = web_address(target, url)
    if absolute is None:
        raise Refused("a redirect to what is no address")
    return urldefrag(absolute).url
