"""Who may look: this machine alone, or who presents the token; and the headers that guard every answer."""

import hmac
import ipaddress

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

COOKIE = "marsad_token"
HEALTH = "/healthz"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Say whether `host` can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@web.middleware
async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the guarding headers on every answer."""
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        refused.headers.update(HEADERS)
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def guard(token: str | None) -> Middleware:
    """Give what lets in those who may look; with a `token`, nobody sees anything without it."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == HEALTH:
            return await handler(request)  # three counts; a probe comes by address and knows no token
        if token is None:
            _only_this_machine(request)
            return await handler(request)
        given = request.query.get("token")
        if given is not None and _same(given, token):
            raise _remembered(request, token)
        if _same(_presented(request), token):
            return await handler(request)
        raise web.HTTPUnauthorized(text="This page needs its token: open /?token=… once.\n")

    return guarded


def _only_this_machine(request: web.Request) -> None:
    """Refuse foreign names that lead here: a page on the web must not read ours (DNS rebinding)."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if not is_loopback(host):
        raise web.HTTPForbidden(text="Without a token this page answers to localhost only.\n")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())


def _presented(request: web.Request) -> str:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def _remembered(request: web.Request, token: str) -> web.HTTPFound:
    """Keep the token in a cookie and take it out of the address, where history and logs would keep it."""
    left = {name: value for name, value in request.query.items() if name != "token"}
    answer = web.HTTPFound(request.rel_url.with_query(left))
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=request.secure)
    return answer
