"""What a feed's server wants to see before it answers: user and password, headers, cookies. Never on a topic.

A TOML file that only the connectors read; an entry is a feed's address, a folder above it, or a host:

    ["https://news.example/private/rss.xml"]
    user = "amal"
    password = "…"                      # or password_file = "/run/secrets/news"

    ["api.example"]
    headers = { X-Api-Key = "…" }       # or, a file each, header_files = { X-Api-Key = "/run/secrets/key" }
    cookies = { session = "…" }

They are sent to the origin of the feed's address alone: after a redirect to another host, nothing of them.
"""

import re
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.feeds.fetch import NOTHING_PRIVATE, Private, origin
from connectors.feeds.source import Source, host_and_port

_KNOWN = frozenset(
    {"user", "password", "password_file", "headers", "header_files", "cookies", "cookies_file"}
)
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\U0010ffff](?:[\t\x20-\x7e\x80-\U0010ffff]*[\x21-\x7e\x80-\U0010ffff])?")
_NOT_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


class BadSecrets(Exception):
    """The file cannot be used; says which entry and why, and never a secret."""


class Secrets:
    """The secrets of all feeds."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._entries = dict(entries or {})

    def __repr__(self) -> str:
        return f"Secrets of {len(self._entries)} feeds"

    def of(self, source: Source) -> Private:
        """Give what is sent for this feed, and to whom."""
        if source.address is None:
            return NOTHING_PRIVATE
        shown = source.shown
        names = [shown, *_folders(shown), source.host]
        headers = next((self._entries[name] for name in names if name in self._entries), None)
        return NOTHING_PRIVATE if headers is None else Private(origin(shown), headers)


def _folders(address: str) -> list[str]:
    """Give the addresses of the folders above, the nearest first, down to the origin."""
    parts = urlsplit(address)
    steps = parts.path.split("/")[:-1]
    base = f"{parts.scheme}://{parts.netloc}"
    return [f"{base}{'/'.join(steps[:length])}/" for length in range(len(steps), 0, -1)] + [base]


def load(path: Path | None) -> Secrets:
    """Read the file; raises `BadSecrets`."""
    if path is None:
        return Secrets()
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        # A TOML error may quote the line, and the line may hold the secret.
        reason = error.strerror if isinstance(error, OSError) else "no TOML"
        raise BadSecrets(f"{path}: cannot be read: {reason}") from None
    return Secrets({_name(path, name): _headers(path, name, entry) for name, entry in content.items()})


def _name(path: Path, name: str) -> str:
    if "://" not in name:
        return name.strip().lower()
    try:
        parts = urlsplit(name)
        host_and_port(name)
    except ValueError:
        raise BadSecrets(f"{path}: an entry whose name is no address and no host") from None
    if "@" in parts.netloc:
        raise BadSecrets(f"{path}: the entry for {parts.hostname} holds a password in its name")
    return name


def _headers(path: Path, name: str, entry: Any) -> dict[str, str]:
    where = f"{path}: [{name!r}]"
    if not isinstance(entry, dict):
        raise BadSecrets(f"{where} is no table")
    unknown = entry.keys() - _KNOWN
    if unknown:
        raise BadSecrets(
            f"{where} holds {', '.join(sorted(unknown))}, which is none of {', '.join(sorted(_KNOWN))}"
        )
    headers = {key: _text(where, value) for key, value in _table(where, entry, "headers")}
    headers |= {key: _file(where, value) for key, value in _table(where, entry, "header_files")}
    cookies = [f"{key}={_text(where, value)}" for key, value in _table(where, entry, "cookies")]
    if "cookies_file" in entry:
        cookies.append(_file(where, entry["cookies_file"]))
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    if "user" in entry:
        headers["Authorization"] = _basic(where, entry)
    for key, value in headers.items():
        _check(where, key, value)
    return headers


def _table(where: str, entry: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    value = entry.get(name, {})
    if not isinstance(value, dict):
        raise BadSecrets(f"{where} {name} is no table")
    return list(value.items())


def _basic(where: str, entry: Mapping[str, Any]) -> str:
    password = _file(where, entry["password_file"]) if "password_file" in entry else entry.get("password", "")
    pair = f"{_text(where, entry['user'])}:{_text(where, password)}"
    return "Basic " + b64encode(pair.encode()).decode()


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadSecrets(f"{where} holds a value that is no text")
    return value


def _file(where: str, path: Any) -> str:
    try:
        return Path(_text(where, path)).expanduser().read_text("utf-8").strip("\r\n")
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "no text file"
        raise BadSecrets(f"{where} names a file that cannot be read: {reason}") from None


def _check(where: str, name: str, value: str) -> None:
    if not _NAME.fullmatch(name) or name.lower() in _NOT_OURS:
        raise BadSecrets(f"{where} has a header whose name cannot be sent")
    if value and not _VALUE.fullmatch(value):
        raise BadSecrets(
            f"{where} has a value for {name} that cannot be sent (line ends, control characters)"
        )
