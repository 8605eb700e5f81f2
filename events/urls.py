"""One form for each web address, so that two spellings of it meet.

Takes what feeds write, gives `http(s)` addresses in one form, or None for what is no web address.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

import idna

MAX_LENGTH = 8_192
"""Longer addresses are no addresses (RFC 9110 section 4.1 asks for 8,000 octets)."""

# Query names that say how a reader came, not what is shown. Sources: miniflux
# internal/reader/urlcleaner/urlcleaner.go, courlan's list, and the links of real feeds
# (Al Jazeera: traffic_source; BBC: at_medium, at_campaign).
TRACKERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid ysclid igshid mc_cid mc_eid _hsenc _hsmi "
    "hsctatracking mkt_tok oly_anon_id oly_enc_id vero_id wickedid _openstat at_medium at_campaign "
    "at_format at_link_id at_link_origin at_link_type at_ptr_name at_bbc_team traffic_source ref_src "
    "s_cid ns_mchannel ns_source ns_campaign ns_linkname ns_fee ito cmpid ocid xtor".split()
)
TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "matomo_", "hsa_")

_SAFE_PATH = "/:@!$&'()*+,;=~-._"
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=256)  # an article's id and its record both ask
def canonical_url(url: str) -> str | None:
    """Give the canonical form of `url`, or None for anything that is no sane absolute http(s) address.

    Lower-case scheme, IDNA host, no credentials, no default port, no trackers, no fragment, dot segments
    resolved, one percent-encoding for each path (raw Arabic and `%D8..` meet). Idempotent.
    """
    # Feeds escape an address twice; "amp;c" is nobody's query name.
    cleaned = _CONTROL.sub("", url.strip()).replace("&amp;", "&")
    if len(cleaned) > MAX_LENGTH or _SURROGATE.search(cleaned):
        return None
    try:
        parts = urlsplit(cleaned)
        host, port = _host(parts.hostname), parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    shown_port = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    query = _query(parts.query)
    return f"{scheme}://{host}{shown_port}{_path(parts.path)}" + (f"?{query}" if query else "")


def _host(name: str | None) -> str | None:
    if not name:
        return None
    name = name.rstrip(".")
    if ":" in name:
        return f"[{name}]"
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        decoded = unquote_to_bytes(segment)
        if decoded == b"..":
            segments = segments[:-1]
        elif decoded != b".":
            segments.append(quote(decoded, safe=_SAFE_PATH.replace("/", "")))
    return "/" + "/".join(segments)


def _query(query: str) -> str:
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not _is_tracker(name.lower())
    ]
    return "&".join(_pair(name, value) for name, value in kept)


def _pair(name: str, value: str) -> str:
    left, right = (quote(part, safe="!$'()*,:@/~-._", errors="surrogateescape") for part in (name, value))
    return f"{left}={right}" if right else left


def _is_tracker(name: str) -> bool:
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)
