"""Why no feed came, in words a reader can act on."""

import ssl
from http import HTTPStatus

import aiohttp

from connectors.feeds.reach import ForbiddenAddress


def status_words(status: int) -> str:
    """Give an HTTP status with its standard phrase, never with the server's own."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def in_words(error: BaseException) -> str:
    """Say what went wrong, without the address (it may hold credentials) and without the server's words."""
    for cause in _causes(error):
        if isinstance(cause, ForbiddenAddress):
            return f"{cause}, which is not reached without leave (MARSAD_ALLOW_PRIVATE_HOSTS)"
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words
    return f"could not be fetched ({type(error).__name__})"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < 50:
        current = waiting.pop()
        if current is None or current in found:
            continue
        found.append(current)
        waiting += [current.__cause__, current.__context__, getattr(current, "os_error", None)]
        waiting += list(getattr(current, "exceptions", ()))
    return found


_KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "the host name is not known"),
    (aiohttp.ClientConnectorCertificateError, "the server's certificate is not valid"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "no secure connection could be made"),
    (aiohttp.ServerTimeoutError, "the server did not answer in time"),
    (aiohttp.ClientConnectorError, "no connection"),
    (aiohttp.ServerDisconnectedError, "the server closed the connection without an answer"),
    (aiohttp.ClientPayloadError, "the answer broke off"),
    ((aiohttp.InvalidURL, ValueError), "not a valid address"),
    (aiohttp.ClientResponseError, "the server's answer is not valid HTTP"),
    (OSError, "the connection broke"),
)
