"""The HTTP side: routes and pages. Reads the page's memory, changes nothing."""

from collections.abc import Callable
from importlib.resources import files

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from yarl import URL

from events.times import wire_time
from events.wire import to_dict
from marsad.web import streams
from marsad.web.alerts import AlertQuery
from marsad.web.guard import HEALTH, guard, headers
from marsad.web.memory import Memory
from marsad.web.panels import FeedQuery, alerts_page, feeds_page, lag_page
from marsad.web.query import Query
from marsad.web.render import PAGE_STORIES, page, story_page
from marsad.web.sse import position_text
from marsad.web.streams import MEMORY
from marsad.web.texts import Texts, preferred, texts

MAX_LIMIT = 200
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
NO_CACHE = {"Cache-Control": "no-cache"}
Words = Callable[[web.Request], Texts]


def application(memory: Memory, token: str | None = None) -> web.Application:
    """Give the application; with a `token`, nobody sees anything without it."""
    app = web.Application(middlewares=[headers, guard(token)])
    app[MEMORY] = memory
    for path, handler in ROUTES.items():
        app.router.add_get(path, handler)
    return app


def _words(request: web.Request) -> Texts:
    return texts(preferred(request.query.get("ui"), request.headers.get("Accept-Language", "")))


def _html(html: str, words: Texts, status: int = 200) -> web.Response:
    told = NO_CACHE | {"Vary": "Accept-Language", "Content-Language": words.lang}
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=told)


def _json(document: object) -> web.Response:
    body = orjson.dumps(document, default=to_dict)
    return web.Response(body=body, content_type="application/json", headers=NO_CACHE)


async def _page(request: web.Request) -> web.Response:
    words, memory = _words(request), request.app[MEMORY]
    memory.watch.ask()
    query = Query.of(request.query)
    html = memory.cache.get((query, words.lang), memory.version, lambda: page(memory, query, words))
    return _html(html, words)


async def _story(request: web.Request) -> web.Response:
    """Give a story by itself; of one that was merged, send on to the one that it became part of."""
    memory, words = request.app[MEMORY], _words(request)
    asked = request.match_info["story_id"]
    now = memory.board.lineage.now(asked)
    if now != asked:
        path = Query.for_story(now, request.query).story_path
        raise web.HTTPFound(URL(path, encoded=True).with_query(request.rel_url.query))
    query = Query.for_story(asked, request.query)
    html = story_page(memory, query, words)
    return _html(html or page(memory, query, words), words, 200 if html else 404)


async def _alerts(request: web.Request) -> web.Response:
    words = _words(request)
    return _html(alerts_page(request.app[MEMORY], AlertQuery.of(request.query), words), words)


async def _feeds(request: web.Request) -> web.Response:
    words = _words(request)
    return _html(feeds_page(request.app[MEMORY], FeedQuery.of(request.query), words), words)


async def _lag(request: web.Request) -> web.Response:
    memory, words = request.app[MEMORY], _words(request)
    await memory.watch.fresh()
    return _html(lag_page(memory, request.query.get("ui", ""), words), words)


async def _api_articles(request: web.Request) -> web.Response:
    """Give the newest events as they are on the topic: filters as on the page, `limit`, `page`."""
    board, query = request.app[MEMORY].board, Query.of(request.query)
    asked = request.query.get("limit", "")
    limit = (
        min(int(asked), MAX_LIMIT) if asked.isascii() and asked.isdigit() and len(asked) < 9 else PAGE_STORIES
    )
    found = [known.event for known in board.newest(query)]
    first = (query.page - 1) * limit
    return _json(
        {
            "position": position_text(board.position),
            "total": len(found),
            "articles": found[first : first + limit],
        }
    )


async def _api_alerts(request: web.Request) -> web.Response:
    """Give the last alerts as they are on the topic, newest first: filters as on the page."""
    alerts = request.app[MEMORY].alerts
    found = list(alerts.newest(AlertQuery.of(request.query)))
    return _json({"position": position_text(alerts.position), "total": len(found), "alerts": found})


async def _api_feeds(request: web.Request) -> web.Response:
    """Give the feeds as `marsad feeds list -o json` does."""
    memory = request.app[MEMORY]
    rows = FeedQuery.of(request.query).rows(memory.feeds.rows(memory.now()))
    return _json({"total": len(rows), "feeds": [row.as_dict() for row in rows]})


async def _api_lag(request: web.Request) -> web.Response:
    """Give the lag as `marsad lag -o json` does, with when it was measured."""
    watch = request.app[MEMORY].watch
    await watch.fresh()
    measured = wire_time(watch.measured_at) if watch.measured_at else None
    return _json({"measured_at": measured, "stages": list(watch.lags)})


async def _health(request: web.Request) -> web.Response:
    board, readers = request.app[MEMORY].board, request.app[MEMORY].readers
    document = {"connected": board.connected, "events": len(board), "readers": len(readers)}
    return web.Response(body=orjson.dumps(document), content_type="application/json")


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    body = files("marsad.web").joinpath("static", name).read_bytes()
    told = {"Cache-Control": "max-age=300"}
    return web.Response(body=body, content_type=STATIC[name], charset="utf-8", headers=told)


ROUTES: dict[str, Handler] = {
    "/": _page,
    "/stories/{story_id}": _story,
    "/alerts": _alerts,
    "/feeds": _feeds,
    "/lag": _lag,
    "/events": streams.articles,
    "/events/alerts": streams.alerts,
    "/api/articles": _api_articles,
    "/api/alerts": _api_alerts,
    "/api/feeds": _api_feeds,
    "/api/lag": _api_lag,
    HEALTH: _health,
    "/static/{name}": _static,
}
