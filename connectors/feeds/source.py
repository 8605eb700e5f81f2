"""Where a feed comes from: an address or a file, how it is named, and what of it may be shown.

Credentials in an address are used for the request and stand nowhere else: not in `shown`, not in
`source_id`, not in a refusal.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_USERINFO = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:[\\/]*|//))([^/\\?#]*@)")
# An unescaped "/", "?" or "#" in a password ends the host part, so what follows the scheme up to the
# last "@" is hidden whole where the user's name is followed by a colon.
_BROKEN_USERINFO = re.compile(
    r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:[\\/]{2,})([^/\\?#@:]+:(?!\d{1,5}(?:[/?#]|$))[^@\s]*@)"
)
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_SHOWN = 500
"""Longest name or reason in one line of a report, in characters."""


class Refused(Exception):
    """An input that is not taken, with the reason in words; it stops nothing else."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line for stderr: what was refused (address, path, `FILE:N`) and why.

    `counts` is False for a remark on something that was worked around: no input was refused.
    """

    name: str
    reason: str
    counts: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", safe(self.name) or '""')
        object.__setattr__(self, "reason", safe(self.reason))

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Source:
    """One feed to poll: `address` for a web address, `path` for a file, never both.

    `shown` is what was given, less credentials; it becomes `feed_url`. `source_id` and `name` are
    what an OPML list says, else None.
    """

    shown: str
    address: str | None = field(default=None, repr=False)
    path: Path | None = None
    source_id: str | None = None
    name: str | None = None
    folders: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for two spellings of one address, so that it is polled once."""
        return _address_key(self.address) if self.address else f"file:{self.path}"

    @property
    def public_key(self) -> str:
        """The key less credentials: what two accounts at one address share."""
        return _address_key(self.shown) if self.address else self.key

    @property
    def identity(self) -> str:
        """The `source_id` of this feed's articles."""
        if self.source_id:
            return self.source_id
        return _host_id(self.address) if self.address else _stem(self.path or Path())

    @property
    def host(self) -> str:
        """Host and port that are paced together; empty for a file."""
        return host_and_port(self.address) if self.address else ""


def safe(text: str, limit: int = MAX_SHOWN) -> str:
    """Give `text` on one line without control, bidi or invisible characters, each shown as its escape."""
    shown = _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"


def without_credentials(address: str) -> str:
    """Give `address` as written, less `user:password@`."""
    bare = _USERINFO.sub(r"\1", address, count=1)
    return _BROKEN_USERINFO.sub(r"\1", bare, count=1)


def from_argument(text: str) -> Source:
    """Read a SOURCE of the command line: an http(s) or file address, or a path; raises `Refused`."""
    scheme = _scheme(text)
    if scheme in _DEFAULT_PORTS:
        return web_source(text)
    if scheme == "file":
        return Source(shown=_unicode(without_credentials(text)), path=_file_address(text))
    if scheme and not _exists(text):
        raise Refused(f"{scheme}: addresses are not fetched, only http, https and files")
    if "\x00" in text or not text:
        raise Refused("no path")
    if _unicode(text) != text and not _exists(text):
        raise Refused("no such file")
    shown = text if _exists(text) else without_credentials(text)
    return Source(shown=_unicode(shown), path=Path(text).absolute())


def from_opml(text: str, folder: Path) -> Source:
    """Read the address of an OPML entry: http(s), or a path that stays inside `folder`; raises `Refused`."""
    scheme = _scheme(text)
    if scheme in _DEFAULT_PORTS:
        return web_source(text)
    if scheme:
        raise Refused(
            f"{scheme}: addresses are not fetched from a list, only http, https and files beside it"
        )
    return Source(shown=text, path=_inside(folder, text))


def web_source(address: str) -> Source:
    """Read an http(s) address; raises `Refused` where it names no host."""
    address = re.sub(r"[\t\r\n]", "", address.strip())
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Refused("not a valid address") from error
    if not (host or "").strip(".") or _UNSAFE.search(address) or parts.scheme.lower() not in _DEFAULT_PORTS:
        raise Refused("not a valid address")
    return Source(shown=without_credentials(address), address=address)


def host_and_port(address: str) -> str:
    """Give the lower-case host of `address`, with its port where that is not the scheme's own."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    default = parts.port in (None, _DEFAULT_PORTS.get(parts.scheme.lower()))
    return shown if default else f"{shown}:{parts.port}"


def _host_id(address: str) -> str:
    return host_and_port(address).removeprefix("www.")


def _stem(path: Path) -> str:
    name = path.name
    for ending in (".gz", ".zst"):
        name = name.removesuffix(ending)
    return safe(Path(name).stem) or "file"


def _address_key(address: str) -> str:
    parts = urlsplit(address)
    user = parts.netloc.rpartition("@")[0]
    path = parts.path or "/"
    host = host_and_port(address)
    netloc = f"{user}@{host}" if user else host
    return urlunsplit((parts.scheme.lower(), netloc, path, parts.query, ""))


def _scheme(text: str) -> str:
    found = _SCHEME.match(text.strip())
    return found[1].lower() if found else ""


def _unicode(text: str) -> str:
    """Give a path as text: names of files need not be UTF-8, records must."""
    return text.encode("utf-8", "replace").decode()


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def _file_address(text: str) -> Path:
    parts = urlsplit(text.strip())
    if parts.netloc not in ("", "localhost"):
        raise Refused("names a file on another machine; file:///PATH is one on this")
    path = unquote(parts.path)
    if not path or "\x00" in path:
        raise Refused("no path")
    return Path(path).absolute()


def _inside(folder: Path, text: str) -> Path:
    if "\x00" in text:
        raise Refused("no path")
    root = folder.resolve()
    for spelling in (text, unquote(text)):
        path = (root / spelling).resolve()
        if not path.is_relative_to(root) or Path(spelling).is_absolute():
            raise Refused("leads out of the folder of the list")
        if path.exists():
            break
    return path
