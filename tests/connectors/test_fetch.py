"""Fetching: deadlines that end, caps that hold, credentials that stay, hostile servers that harm nobody."""

import asyncio
import gzip
import time
import zlib
from base64 import b64encode
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from connectors.feeds.compression import MAX_BYTES
from tests.connectors.feedsite import LOOPBACK, Site, item, poll, rss

Wire = Callable[..., Awaitable[str]]
FEED = rss(item(1), item(2))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def whole(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in (*headers, f"Content-Length: {len(body)}"))
    return OK + lines.encode() + b"Connection: close\r\n\r\n" + body


async def test_a_server_that_drips_for_ever_ends_with_its_time_out(wire: Wire, site: Site) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n<rss>")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    result = await poll(await wire(drip), site.serve("/feed", FEED), seconds=5)
    assert time.monotonic() - begun < 60
    assert "no complete answer within" in result.reasons[0]
    assert len(result.articles) == 2


async def test_a_server_that_drips_headers_or_says_nothing_ends_too(wire: Wire) -> None:
    async def headers(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Slow: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    begun = time.monotonic()
    result = await poll(await wire(headers), await wire(None), seconds=1)
    assert time.monotonic() - begun < 5
    assert len(result.refusals) == 2


async def test_many_slow_sources_wait_side_by_side(wire: Wire) -> None:
    begun = time.monotonic()
    result = await poll(*[await wire(None) for _ in range(12)], seconds=1)
    assert time.monotonic() - begun < 5
    assert len(result.refusals) == 12


async def test_the_cap_holds_for_what_is_sent_and_for_what_is_announced(site: Site, wire: Wire) -> None:
    padding = "<!--" + "x" * MAX_BYTES + "-->"
    large = site.serve("/large", FEED + padding)
    announced = await wire(OK + b"Content-Length: 99999999999\r\n\r\n<rss>")
    result = await poll(large, announced, site.serve("/feed", FEED))
    assert ["larger than 15 MB" in reason for reason in result.reasons] == [True, True]
    assert len(result.articles) == 2


@pytest.mark.parametrize("layers", [1, 2])
async def test_a_gzip_bomb_stops_at_the_cap(site: Site, layers: int) -> None:
    body = b"<rss>" + b" " * (200 << 20)
    for _ in range(layers):
        body = gzip.compress(body, 9)
    result = await poll(site.serve("/bomb", body, Content_Encoding="gzip"), site.serve("/feed", FEED))
    assert "larger than 15 MB" in result.reasons[0]
    assert len(result.articles) == 2


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (gzip.compress(FEED.encode()), "gzip"),
        (gzip.compress(FEED.encode()), ""),
        (gzip.compress(gzip.compress(FEED.encode())), "gzip"),
        (gzip.compress(FEED[:90].encode()) + gzip.compress(FEED[90:].encode()), "gzip"),
        (zlib.compress(FEED.encode()), "deflate"),
        (RAW_DEFLATE.compress(FEED.encode()) + RAW_DEFLATE.flush(), "deflate"),
        (FEED.encode(), "gzip"),
        (FEED.encode(), "br"),
        (FEED.encode(), "x-unheard-of"),
    ],
    ids="gzip undeclared doubled members zlib deflate not-gzip not-brotli unheard-of".split(),
)
async def test_content_codings_are_told_by_their_magic(wire: Wire, body: bytes, declared: str) -> None:
    headers = [f"Content-Encoding: {declared}"] if declared else []
    result = await poll(await wire(whole(body, *headers)))
    assert result.titles == ["خبر رقم 1", "خبر رقم 2"]
    assert result.refusals == []


async def test_a_truncated_gzip_gives_its_whole_items_and_is_named(wire: Wire) -> None:
    items = [item(n, text=f"{n} {hash_like(n)}") for n in range(400)]
    body = gzip.compress(rss(*items).encode())[:-4000]
    result = await poll(await wire(whole(body, "Content-Encoding: gzip")))
    assert 10 < len(result.articles) < 400
    assert result.titles == [f"خبر رقم {n}" for n in range(len(result.articles))]
    assert "broke off" in result.reasons[0]


def hash_like(number: int) -> str:
    return b64encode(zlib.crc32(str(number).encode()).to_bytes(4, "big") * 5).decode()


async def test_a_connection_that_breaks_in_the_middle_is_named(wire: Wire) -> None:
    cut = rss(item(1), item(2)).encode()[:-60]
    result = await poll(await wire(OK + b"Content-Length: 5000\r\n\r\n" + cut))
    assert result.titles == ["خبر رقم 1"]
    assert "broke off" in result.reasons[0]


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 429, 500, 503])
async def test_no_other_status_is_a_feed(site: Site, status: int) -> None:
    result = await poll(site.serve("/feed", b"" if status in (204, 304) else FEED, status))
    assert result.articles == []
    assert f"HTTP {status}" in result.reasons[0]


async def test_redirects_are_followed_and_the_source_stays_the_source(site: Site) -> None:
    site.serve("/new/feed.xml", rss(item(1, link="../news/1")))
    site.redirect("/middle", "/new/feed.xml", 307)
    start = site.redirect("/feed", "middle", 301)
    article = (await poll(start)).articles[0]
    assert article.feed_url == start
    assert article.url == site.url("/news/1")


async def test_five_redirects_are_followed_and_six_are_not(site: Site) -> None:
    for number in range(9):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.serve("/9", FEED)
    assert len((await poll(site.url("/4"))).articles) == 2
    result = await poll(site.url("/3"))
    assert "more than 5 redirects" in result.reasons[0]


async def test_a_redirect_loop_ends(site: Site) -> None:
    result = await poll(site.redirect("/loop", "/loop"))
    assert "redirects" in result.reasons[0]


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/hostname",
        "ftp://files.example/f",
        "javascript:alert(1)",
        "data:,x",
        "",
        "http://",
        "http://[::1",
    ],
)
async def test_a_redirect_leads_to_http_or_nowhere(site: Site, target: str) -> None:
    result = await poll(site.redirect("/feed", target))
    assert result.articles == []
    assert "redirect" in result.reasons[0]


async def test_credentials_are_sent_to_their_host_and_dropped_across_hosts(site: Site) -> None:
    site.serve("/feed", FEED)
    site.redirect("/same", "/feed")
    site.redirect("/other", site.url("/feed", host="localhost"))
    allow = LOOPBACK | {"localhost"}
    await poll(site.url("/same", user="amal:s%20cret@"), allow=allow)
    await poll(site.url("/other", user="amal:s%20cret@"), allow=allow)
    expected = "Basic " + b64encode(b"amal:s cret").decode()
    same, other = site.asked("/feed")
    assert site.asked("/same")[0].headers["Authorization"] == expected
    assert site.asked("/other")[0].headers["Authorization"] == expected
    assert same.headers["Authorization"] == expected
    assert "Authorization" not in other.headers


async def test_credentials_that_a_redirect_invents_are_not_sent(site: Site) -> None:
    site.serve("/feed", rss(item(1, link="/1")))
    site.redirect("/start", site.url("/feed", user="a:b@"))
    article = (await poll(site.url("/start"))).articles[0]
    assert "Authorization" not in site.asked("/feed")[0].headers
    assert article.url == site.url("/1")


async def test_what_is_sent_names_us_and_nothing_else(site: Site) -> None:
    site.serve("/feed", FEED, Set_Cookie="a=b")
    await poll(site.url())
    await poll(site.url())
    request = site.requests[1]
    assert "marsad" in request.headers["User-Agent"]
    assert "http" in request.headers["User-Agent"]
    assert not {"Cookie", "Referer", "Authorization", "If-None-Match"} & set(request.headers)


async def test_headers_of_real_sites_are_not_too_long(wire: Wire) -> None:
    headers = ["Content-Security-Policy: " + "x" * 20_000] + [f"X-{n}: {n}" for n in range(200)]
    result = await poll(await wire(whole(FEED.encode(), *headers)))
    assert len(result.articles) == 2


NO_HTTP = [
    b"",
    b"\x16\x03\x01\x00\x05nonsense",
    b"HTTP/1.1 OK 200\r\n\r\n",
    b"220 ftp ready\r\n",
    OK + b"A: b\x00c\r\n\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\n\r\n",
]


@pytest.mark.parametrize("answer", NO_HTTP)
async def test_what_is_no_http_is_refused_in_words(wire: Wire, site: Site, answer: bytes) -> None:
    result = await poll(await wire(answer), site.serve("/feed", FEED), seconds=5)
    assert len(result.refusals) == 1
    assert len(result.articles) == 2


async def test_an_empty_body_is_no_feed(site: Site) -> None:
    assert "empty" in (await poll(site.serve("/feed", b""))).reasons[0]


async def test_a_never_ending_chunked_body_stops_at_the_cap(site: Site) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1_000_000)

    result = await poll(site.handle("/endless", endless))
    assert "larger than 15 MB" in result.reasons[0]
