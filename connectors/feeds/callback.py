"""The web server that hubs talk to: off unless a public callback address is set. Says as little as it can."""

import contextlib
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from connectors.feeds.websub import MAX_BODY, Hubs


@contextlib.asynccontextmanager
async def listening(hubs: Hubs, host: str, port: int) -> AsyncIterator[int]:
    """Listen for hubs while the block lasts; gives the port. Raises OSError where it is taken."""
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_get("/{path:.*?}{feed:[0-9a-f]{1,64}}", partial(_verify, hubs))
    app.router.add_post("/{path:.*?}{feed:[0-9a-f]{1,64}}", partial(_told, hubs))
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _verify(hubs: Hubs, request: web.Request) -> web.Response:
    challenge = hubs.verify(request.match_info["feed"], dict(request.query))
    if challenge is None:
        raise web.HTTPNotFound
    # As bytes of no type a browser would render: it is the hub's text, not ours.
    return web.Response(body=challenge.encode(), content_type="application/octet-stream")


async def _told(hubs: Hubs, request: web.Request) -> web.Response:
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        body = b""
    ours = hubs.told(request.match_info["feed"], body, request.headers.get("X-Hub-Signature", ""))
    # 2xx also where the signature is wrong (WebSub section 7.1.1); 503 sends the hub to another worker.
    return web.Response(status=202 if ours else 503)
