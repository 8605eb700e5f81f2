"""WebSub against a real hub on loopback: subscribed, verified, signed, renewed; polling goes on."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from connectors.feeds.callback import listening
from connectors.feeds.fetch import Fetcher
from connectors.feeds.health import feed_id
from connectors.feeds.manners import Manners
from connectors.feeds.schedule import Pace
from connectors.feeds.source import web_source
from connectors.feeds.websub import Callback, Hubs
from connectors.publish import Publisher
from tests.connectors.feedsite import LOOPBACK, Site, item, rss
from tests.connectors.test_sharing import Running, until
from tests.connectors.test_worker import Worker

TOPIC = "https://furat.example/feed"
CALLBACK = Callback("https://news.example/websub/", "operators-own")
FEED = "ab12"


@pytest.fixture
async def hubs() -> AsyncIterator[tuple[Hubs, str, list[str]]]:
    """Hubs of one worker, the address at which they listen, and the feeds that were polled."""
    polled: list[str] = []
    async with Fetcher(LOOPBACK) as fetcher:
        made = Hubs(CALLBACK, fetcher, lambda name: polled.append(name) is None and name == FEED)
        async with listening(made, "127.0.0.1", 0) as port:
            yield made, f"http://127.0.0.1:{port}/websub", polled


async def ask(address: str, **query: str) -> tuple[int, bytes]:
    names = {f"hub.{name}": value for name, value in query.items()}
    async with aiohttp.ClientSession() as session, session.get(address, params=names) as answer:
        return answer.status, await answer.read()


async def tell(address: str, body: bytes, signature: str) -> int:
    headers = {"X-Hub-Signature": signature}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=body, headers=headers) as answer,
    ):
        return answer.status


def signed(body: bytes, name: str = FEED, method: str = "sha256") -> str:
    return f"{method}={hmac.new(CALLBACK.secret_of(name).encode(), body, method).hexdigest()}"


async def test_a_hub_is_asked_and_answered(site: Site, hubs: tuple[Hubs, str, list[str]]) -> None:
    made, here, _ = hubs
    form: dict[str, str] = {}

    async def hub(request: web.Request) -> web.StreamResponse:
        form.update({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=202)

    await made.ensure(FEED, site.handle("/hub", hub), TOPIC)
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == TOPIC
    assert form["hub.callback"] == "https://news.example/websub/ab12"
    assert form["hub.secret"] == CALLBACK.secret_of(FEED)
    assert CALLBACK.secret not in form["hub.secret"]
    assert made.lease_until(FEED) == 0
    good = {"mode": "subscribe", "topic": TOPIC, "challenge": "<b>x</b>", "lease_seconds": "86400"}
    assert await ask(f"{here}/{FEED}", **good | {"topic": "https://other.example/"}) == (
        404,
        b"404: Not Found",
    )
    assert (await ask(f"{here}/ff00", **good))[0] == 404
    assert (await ask(f"{here}/{FEED}", **good | {"mode": "unsubscribe"}))[0] == 404
    assert await ask(f"{here}/{FEED}", **good) == (200, b"<b>x</b>")
    assert made.lease_until(FEED) > 0
    asked = len(site.asked("/hub"))
    await made.ensure(FEED, site.url("/hub"), TOPIC)
    assert len(site.asked("/hub")) == asked
    await ask(f"{here}/{FEED}", mode="denied", topic=TOPIC)
    assert made.lease_until(FEED) == 0


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_only_what_is_signed_has_a_feed_polled(hubs: tuple[Hubs, str, list[str]], method: str) -> None:
    _, here, polled = hubs
    assert await tell(f"{here}/{FEED}", b"<rss/>", signed(b"<rss/>", method=method)) == 202
    assert polled == [FEED]
    for wrong in ("", "sha256=", "md5=0", signed(b"<rss>"), signed(b"<rss/>", "ff00"), "sha256=é"):
        assert await tell(f"{here}/{FEED}", b"<rss/>", wrong) == 202
    assert await tell(f"{here}/{FEED}", b"x" * (2 << 20), signed(b"<rss/>")) == 202
    assert polled == [FEED]


async def test_a_feed_of_another_worker_is_sent_there(hubs: tuple[Hubs, str, list[str]]) -> None:
    _, here, _ = hubs
    assert await tell(f"{here}/ff00", b"x", signed(b"x", "ff00")) == 503


async def test_a_hub_in_a_private_network_is_not_reached(site: Site) -> None:
    async with Fetcher() as fetcher:
        await Hubs(CALLBACK, fetcher, lambda _: True).ensure(FEED, site.url("/hub"), TOPIC)
    assert site.requests == []


@pytest.mark.kafka
async def test_a_worker_subscribes_is_told_and_polls_at_once(kafka: str, prefix: str, site: Site) -> None:
    told = asyncio.Queue[dict[str, str]]()

    async def hub(request: web.Request) -> web.StreamResponse:
        told.put_nowait({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=202)

    links = (
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{site.handle("/hub", hub)}"/>'
    )
    address = site.serve("/feed", rss(item(1), head=links))
    ports: list[int] = []
    async with Publisher({"bootstrap_servers": kafka}, 60) as publisher:
        worker = Worker(
            publisher, prefix, Manners(Pace(floor=3_600, cap=3_600, first=3_600), gap=0, spread=0)
        )
        worker.options = replace(worker.options, callback=CALLBACK, on_listening=ports.append)
        async with Running(worker, address):
            async with asyncio.timeout(120):
                form = await told.get()
            name = feed_id(web_source(address))
            here = f"http://127.0.0.1:{ports[0]}/{name}"
            assert form["hub.topic"] == address
            assert (await ask(here, mode="subscribe", topic=address, challenge="c"))[0] == 200
            secret = CALLBACK.secret_of(name).encode()
            site.serve("/feed", rss(item(2), item(1), head=links))
            assert (
                await tell(here, b"news", "sha256=" + hmac.new(secret, b"news", hashlib.sha256).hexdigest())
                == 202
            )
            await until(lambda: [one.published for one in worker.polled] == [1, 1])
