"""Which addresses may be dialled. Checked on the socket: no name, redirect or rebinding gets round it.

The tables are IANA's special-purpose registries (RFC 6890, as of 2025); `ipaddress.is_global` differs
between Python versions and lets 64:ff9b::7f00:1, 2002:7f00:1::, ::127.0.0.1, fec0::1 and 224.0.0.1 pass.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

ALLOW_VARIABLE = "MARSAD_ALLOW_PRIVATE_HOSTS"

_SPECIAL_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(net), words)
    for net, words in (
        ("0.0.0.0/8", "local"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-internal"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "special"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "special"),
        ("192.52.193.0/24", "special"),
        ("192.88.99.0/24", "special"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "special"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(net), words)
    for net, words in (
        ("2001::/23", "special"),  # Teredo and other protocol assignments
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "special"),
        ("3fff::/20", "documentation"),
    )
)
_NAMED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(net), words)
    for net, words in (
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)


class ForbiddenAddress(OSError):
    """The socket would have gone to a loopback, private or special address."""


def forbidden(address: str) -> str | None:
    """Say in a word why `address` (an IP literal, scope allowed) must not be dialled; None where it may."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    return _forbidden_v4(parsed) if isinstance(parsed, IPv4Address) else _forbidden_v6(parsed)


def _forbidden_v4(address: IPv4Address) -> str | None:
    return next((words for net, words in _SPECIAL_V4 if address in net), None)


def _forbidden_v6(address: IPv6Address) -> str | None:
    if address in _NAT64:
        return _forbidden_v4(IPv4Address(address.packed[-4:]))
    if address not in _GLOBAL_V6:
        return next((words for net, words in _NAMED_V6 if address in net), "special")
    return next((words for net, words in _SPECIAL_V6 if address in net), None)


def guarded_socket(addr_info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
    """Open the socket for one resolved address, or raise `ForbiddenAddress`: aiohttp's `socket_factory`."""
    family, kind, protocol, _, sockaddr = addr_info
    why = forbidden(str(sockaddr[0]))
    if why:
        raise ForbiddenAddress(f"{sockaddr[0]} is a {why} address")
    return socket.socket(family=family, type=kind, proto=protocol)


def allowed_hosts(text: str | None) -> frozenset[str]:
    """Read `HOST[,HOST]`: names or addresses as they stand in a URL, without port."""
    return frozenset(_plain(host) for host in (text or "").split(",") if host.strip())


def is_allowed(host: str, allowed: frozenset[str]) -> bool:
    """Say whether `host`, as it stands in a URL, is on the list."""
    return _plain(host) in allowed


def _plain(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()
