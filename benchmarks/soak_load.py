"""The load of the soak: made-up articles in event time that runs much faster than the clock, and a feed.

The windows of dedupe are 1 to 14 days of event time. So that its memory turns over several times within an
hour, with the settings of production and the production worker, the articles' `fetched_at` runs ahead: one
identity window with its margin in `TURNOVER_SECONDS`.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from benchmarks.articles import ARABIC, ENGLISH, raw_lines
from connectors.publish import Publisher, Record
from events.identity import article_id
from events.times import wire_time
from events.wire import raw_article
from streams.dedupe import DedupeSettings

TURNOVER_SECONDS = 8 * 60
ENDLESS = 10**9
VARIETY = 300
"""So that the numbers in the texts are no endless stream of new words, which no language has."""
FEED_ITEMS = 20
POISON = b'{"poison": 1'


def event_seconds_a_second() -> float:
    """Give how much faster than the clock event time runs."""
    settings = DedupeSettings()
    return (settings.identity_window_ms + settings.margin_ms) / 1000 / TURNOVER_SECONDS


def records(rate: float, begin: datetime) -> Iterator[Record]:
    """Give raw records without end, `rate` of them for each second of the clock.

    Half of them in Arabic, half in English; of each a fifth copies, a twentieth revisions; besides, a
    tenth of all says again what was said before, and one in a hundred is no JSON.
    """
    dice = random.Random(1)
    arabic = raw_lines(ENDLESS, 1, ARABIC, VARIETY)
    english = raw_lines(ENDLESS, 2, ENGLISH, VARIETY)
    earlier: list[dict[str, Any]] = []
    step = timedelta(seconds=event_seconds_a_second() / rate)
    for number in range(ENDLESS):
        chance = dice.random()
        if chance < 0.01:
            yield Record(b"poison", POISON)
            continue
        if chance < 0.11 and earlier:
            raw = dict(dice.choice(earlier))
        else:
            raw = (
                _named(orjson.loads(next(english)), "en")
                if dice.random() < 0.5
                else orjson.loads(next(arabic))
            )
            earlier = [*earlier[-200:], raw]
        raw["fetched_at"] = wire_time(begin + number * step)
        yield Record(article_id(raw_article(raw)).encode(), orjson.dumps(raw))


def _named(raw: dict[str, Any], lang: str) -> dict[str, Any]:
    """Give an article of another language its own sources and addresses."""
    names = {name: f"{lang}-{raw[name]}" for name in ("source_id", "source_name", "item_id")}
    return (
        raw
        | names
        | {"lang": lang, "url": f"{raw['url']}/{lang}", "title": f"Report {raw['item_id']} from Baghdad"}
    )


async def press(client: dict[str, Any], topic: str, rate: float, seconds: float, stop: asyncio.Event) -> int:
    """Write `rate` records a second for `seconds`, or until `stop`; give how many. Event time ends now."""
    begin = datetime.now(UTC) - timedelta(seconds=seconds * event_seconds_a_second())
    started, sent = time.monotonic(), 0
    async with Publisher(client) as publisher:
        for record in records(rate, begin):
            wait = started + sent / rate - time.monotonic()
            if stop.is_set() or time.monotonic() - started > seconds:
                break
            await asyncio.sleep(max(0.0, wait))
            await publisher.publish(topic, [record])
            sent += 1
    return sent


class FeedSite:
    """A web server on loopback with one RSS feed: a new item every second, the newest `FEED_ITEMS` shown."""

    def __init__(self) -> None:
        app = web.Application()
        app.router.add_get("/feed", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        self.url = ""

    async def __aenter__(self) -> "FeedSite":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/feed"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, _: web.Request) -> web.Response:
        newest = int(time.monotonic())
        items = "".join(
            f"<item><title>خبر رقم {n}</title><link>https://soak.example/{n}</link><guid>soak-{n}</guid>"
            f"<description>نص الخبر {n} كما وصل من بغداد</description></item>"
            for n in range(newest, newest - FEED_ITEMS, -1)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>سوك</title>{items}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml")
