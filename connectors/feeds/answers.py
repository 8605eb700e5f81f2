"""What is taken from the headers of an answer: validators, hints, each byte for byte or not at all."""

import aiohttp

HINTS = ("Cache-Control", "Expires", "Retry-After", "Date", "Link")


def header(response: aiohttp.ClientResponse, name: str) -> str | None:
    """Give a header byte for byte, or None where it could not be sent back or stored as it is."""
    value = response.headers.get(name)
    if not value or len(value) > 8_192 or any(char < " " or "\udc80" <= char <= "\udcff" for char in value):
        return None
    return value


def hints(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Give the headers that say when to come again, and who else knows."""
    return {name: value for name in HINTS if (value := header(response, name))}
