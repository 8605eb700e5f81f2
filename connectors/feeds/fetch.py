"""Bytes from an address: one GET, its redirects, a deadline that really ends and a cap on size.

What leaves this machine: the address asked for, a User-Agent with a contact, validators as they were
given, credentials to the host they were given for and to no other. What comes back is spooled, not
held; its coding is undone where it is read (`compression.py`).
"""

import asyncio
import contextlib
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import IO, Self
from urllib.parse import unquote_to_bytes, urldefrag, urlsplit

import aiohttp
from yarl import URL

from connectors.feeds.answers import header, hints
from connectors.feeds.compression import MAX_BYTES
from connectors.feeds.faults import in_words, status_words
from connectors.feeds.reach import allowed_hosts, guarded_socket, is_allowed
from connectors.feeds.redirects import next_address
from connectors.feeds.resolve import ThreadedNames
from connectors.feeds.source import Refused, host_and_port, without_credentials

HOME = "https://github.com/marsad/marsad"
MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_SPOOL = 512 * 1024
_MAX_HEADER = 65_536


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave to ask again with, byte for byte; None where it gave none or it cannot be sent."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Give the conditional request headers."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class Private:
    """Request headers that are a secret between us and one origin (scheme, host and port)."""

    origin: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


NOTHING_PRIVATE = Private()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer. `body` is spooled and to be closed; None where the feed has not changed (304).

    `address` is where it came from in the end; `moved` is set where every redirect was permanent.
    `complete` is False where the connection ended before the body did.
    """

    address: str
    body: IO[bytes] | None
    content_type: str = ""
    content_encoding: str = ""
    validators: Validators = NO_VALIDATORS
    moved: bool = False
    complete: bool = True
    headers: Mapping[str, str] | None = None


class FetchFailed(Refused):
    """No feed came; `status` is the HTTP status, `retry_after` the header as given."""

    def __init__(self, reason: str, status: int | None = None, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


def user_agent(contact: str | None = None) -> str:
    """Give the name under which we come, with where to complain: an address or a page of the operator's."""
    return f"marsad/0.1 (feed reader; {contact or '+' + HOME})"


class Fetcher:
    """Two connection pools: one that dials public addresses only, one for the hosts on the allow list."""

    def __init__(
        self,
        allow_private: frozenset[str] = frozenset(),
        connections: int = 64,
        contact: str | None = None,
    ) -> None:
        self._allowed = allowed_hosts(",".join(allow_private))
        self._connections = connections
        self._agent = user_agent(contact)
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._public = await self._stack.enter_async_context(
            _session(self._connections, self._agent, guarded=True)
        )
        self._private = await self._stack.enter_async_context(
            _session(self._connections, self._agent, guarded=False)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def allows_private(self, host: str) -> bool:
        """Tell whether `host` is on the list of private hosts."""
        return is_allowed(host, self._allowed)

    async def fetch(
        self,
        address: str,
        validators: Validators = NO_VALIDATORS,
        seconds: float = 27.0,
        private: Private = NOTHING_PRIVATE,
        accept: str | None = None,
    ) -> Fetched:
        """Fetch `address` within `seconds`. Raises `FetchFailed` with the reason in words.

        `private` goes to the origin it is meant for and to no other; without it what `address` holds does.
        """
        private = private if private.headers else in_address(address)
        open_ = validators.headers() | ({"Accept": accept} if accept else {})
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(_bare(address), open_, private, bool(validators.headers()))
        except TimeoutError as error:
            raise FetchFailed(f"no complete answer within {seconds:.3g} s") from error

    async def post(self, address: str, form: bytes, seconds: float = 20.0) -> None:
        """Post a form; raises `FetchFailed` unless it is accepted. Redirects are not followed."""
        try:
            async with asyncio.timeout(seconds):
                target = URL(_bare(address))
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                asking = self._session_for(target).post(
                    target, data=form, headers=headers, allow_redirects=False
                )
                async with asking as answer:
                    if answer.status // 100 != 2:
                        raise FetchFailed(status_words(answer.status), answer.status)
        except TimeoutError as error:
            raise FetchFailed(f"no answer within {seconds:.3g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchFailed(in_words(error)) from error

    async def _follow(
        self, url: str, open_: Mapping[str, str], private: Private, conditional: bool
    ) -> Fetched:
        first, permanent = url, True
        for hop in range(MAX_REDIRECTS + 1):
            ours = private.origin is not None and origin(url) == private.origin
            headers = {**open_, **(private.headers if ours else {})}
            answer = await self._get(url, headers, hop, conditional)
            if isinstance(answer, Fetched):
                moved = permanent and url != first
                return replace(answer, moved=moved) if moved else answer
            status, location = answer
            permanent = permanent and status in (301, 308)
            url = _led(url, location)
        raise FetchFailed(f"more than {MAX_REDIRECTS} redirects")

    def _session_for(self, target: URL) -> aiohttp.ClientSession:
        # yarl's reading of the host decides, since yarl's is the one that is dialled.
        return self._private if self.allows_private(target.host or "") else self._public

    async def _get(
        self, url: str, headers: dict[str, str], hop: int, conditional: bool
    ) -> Fetched | tuple[int, str]:
        try:
            target = URL(url)
            session = self._session_for(target)
            async with session.get(target, headers=headers, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    return response.status, response.headers.get("Location", "")
                return await _take(response, url, conditional)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            where = f"redirected to {host_and_port(url)}: " if hop else ""
            raise FetchFailed(where + in_words(error)) from error


def _session(connections: int, agent: str, guarded: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=connections,
        resolver=ThreadedNames(),
        socket_factory=guarded_socket if guarded else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
        auto_decompress=False,
        trust_env=False,  # a proxy would dial for us, past the guard
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=15),
        max_line_size=_MAX_HEADER,
        max_field_size=_MAX_HEADER,
        max_headers=256,
    )


async def _take(response: aiohttp.ClientResponse, url: str, conditional: bool) -> Fetched:
    if response.status == HTTPStatus.NOT_MODIFIED:
        if not conditional:
            raise FetchFailed("HTTP 304 Not Modified to a request that set no condition", 304)
        return Fetched(url, None, validators=_validators(response), headers=hints(response))
    if response.status != HTTPStatus.OK:
        raise FetchFailed(status_words(response.status), response.status, header(response, "Retry-After"))
    if (response.content_length or 0) > MAX_BYTES:
        raise FetchFailed(f"larger than {MAX_BYTES // 1024 // 1024} MB")
    body = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 (closed by whoever takes it)
    try:
        complete = await _spool(response, body)
    except BaseException:
        body.close()
        raise
    return Fetched(
        address=url,
        body=body,
        content_type=header(response, "Content-Type") or "",
        content_encoding=header(response, "Content-Encoding") or "",
        validators=_validators(response) if complete else NO_VALIDATORS,
        complete=complete,
        headers=hints(response),
    )


async def _spool(response: aiohttp.ClientResponse, body: IO[bytes]) -> bool:
    """Take the body up to the cap; give whether its end was reached."""
    size = 0
    try:
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > MAX_BYTES:
                raise FetchFailed(f"larger than {MAX_BYTES // 1024 // 1024} MB")
            body.write(chunk)
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionError):
        if not size:
            raise
        return False
    return True


def _led(url: str, location: str) -> str:
    try:
        return next_address(url, location)
    except Refused as refused:
        raise FetchFailed(str(refused)) from refused


def _bare(address: str) -> str:
    return urldefrag(without_credentials(address)).url


def in_address(address: str) -> Private:
    """Give what `user:password@` of an address is to the origin that it names."""
    given = _credentials(address)
    return Private(origin(_bare(address)), {"Authorization": given}) if given else NOTHING_PRIVATE


def _credentials(address: str) -> str | None:
    """Give the Authorization header for `user:password@` of an address (RFC 7617)."""
    user_info, at, _ = urlsplit(address).netloc.rpartition("@")
    if not at:
        return None
    user, _, password = user_info.partition(":")
    return "Basic " + b64encode(unquote_to_bytes(user) + b":" + unquote_to_bytes(password)).decode()


def origin(url: str) -> str | None:
    """Give scheme, host and port of an address; None where it has none."""
    try:
        return str(URL(url).origin())
    except ValueError:
        return None


def _validators(response: aiohttp.ClientResponse) -> Validators:
    return Validators(header(response, "ETag"), header(response, "Last-Modified"))
