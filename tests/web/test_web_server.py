"""The HTTP side over a board in memory: who may look, the pages, the API (the stream: test_web_stream.py)."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientSession
from yarl import URL

from marsad.errors import Failure, Misuse
from marsad.web import serve
from marsad.web.memory import Memory
from tests.web.making import FOLLOWED, PAGED, Add, Open, story
from tests.web.making import told as told_of


async def test_a_probe_needs_no_token_and_learns_only_counts(opened: Open, add: Add) -> None:
    add("1", title="سر")
    client = await opened("token")
    answer = await client.get("/healthz", headers={"Host": "10.0.0.7:8800"})
    assert answer.status == 200
    assert set(await answer.json()) == {"connected", "events", "readers"}
    assert (await client.get("/api/articles")).status == 401


async def test_page_is_guarded_by_headers(opened: Open, add: Add) -> None:
    add("1", title="<script>x</script>")
    client = await opened()
    for path in (
        "/",
        "/static/page.css",
        "/static/page.js",
        "/api/articles",
        "/nothing",
        "/static/../server.py",
    ):
        answer = await client.get(path)
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'none'; script-src 'self'; "
        ), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = await client.get("/", headers={"Accept-Language": "en"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;x" in await page.text()


async def test_api_gives_the_events_as_they_are(opened: Open, add: Add) -> None:
    for number in range(3):
        add(str(number), published_at=f"2026-11-21T07:0{number}:00.000Z", lang="en" if number else "ar")
    client = await opened()
    answer = await (await client.get("/api/articles?lang=en&limit=1")).json()
    assert (answer["total"], answer["position"]) == (2, "0:2")
    (article,) = answer["articles"]
    assert article["article_id"] == "a2"
    assert {"casualties", "relates_to", "quotes", "removed", "rules_version"} <= article.keys()
    second = await (await client.get("/api/articles?lang=en&limit=1&page=2")).json()
    assert second["articles"][0]["article_id"] == "a1"


async def test_api_writes_arabic_unescaped(opened: Open, add: Add) -> None:
    add("1", title="الموصل")
    assert "الموصل".encode() in await (await (await opened()).get("/api/articles")).read()


@pytest.mark.parametrize(
    "query", ["q=%ff", "q=%ED%A0%80", "q=%00&lang=%0d%0a", "page=9999999&limit=x", "ui[]=1&q=a&q=b"]
)
async def test_odd_addresses_give_a_page(opened: Open, add: Add, query: str) -> None:
    add("1")
    client = await opened()
    for path in ("/", "/api/articles"):
        assert (await client.get(URL(f"{path}?{query}", encoded=True))).status == 200


async def test_other_host_names_are_refused_without_a_token(opened: Open) -> None:
    client = await opened()
    assert (await client.get("/", headers={"Host": "evil.example"})).status == 403
    assert (await client.get("/", headers={"Host": "127.0.0.1.evil.example:80"})).status == 403
    for host in ("localhost:8800", "127.0.0.1", "[::1]:80", "[::1]"):
        assert (await client.get("/", headers={"Host": host})).status == 200, host


async def test_token_opens_the_page_once_and_leaves_the_address(opened: Open) -> None:
    client = await opened("s3cret")
    for headers in ({}, {"Authorization": "Bearer no"}, {"Cookie": "marsad_token=no"}):
        assert (await client.get("/", headers=headers)).status == 401
    assert (await client.get("/api/articles?token=wrong")).status == 401
    assert (
        await client.get("/", headers={"Authorization": "Bearer s3cret", "Host": "x.example"})
    ).status == 200
    answer = await client.get("/?token=s3cret&lang=ar", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/?lang=ar")
    assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["Set-Cookie"].split("; "))


async def test_page_for_everybody_needs_a_token() -> None:
    with pytest.raises(Misuse, match="MARSAD_WEB_TOKEN"):
        await serve({"bootstrap_servers": "127.0.0.1:1"}, host="0.0.0.0")


async def test_page_for_everybody_asks_everybody_for_the_token() -> None:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    nowhere = {"bootstrap_servers": "127.0.0.1:1"}
    page = asyncio.create_task(serve(nowhere, host="0.0.0.0", token="s3cret", ready=address.set_result))
    try:
        here = URL(await address).with_host("127.0.0.1")
        async with ClientSession() as client:
            for path in (
                "",
                "alerts",
                "feeds",
                "lag",
                "stories/x",
                "events",
                "api/articles",
                "static/page.js",
            ):
                assert (await client.get(here / path)).status == 401, path
            assert (await client.get(here, headers={"Authorization": "Bearer s3cret"})).status == 200
            assert await (await client.get(here.with_query(token="s3cret"))).text()
    finally:
        page.cancel()
        with suppress(asyncio.CancelledError):
            await page


async def test_page_that_nobody_sent_elsewhere_is_on_loopback() -> None:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    page = asyncio.create_task(serve({"bootstrap_servers": "127.0.0.1:1"}, ready=address.set_result))
    try:
        assert URL(await address).host == "127.0.0.1"
        if sys.platform == "linux":
            bound = await asyncio.to_thread(_listening_addresses, URL(await address).port)
            assert bound == {"0100007F"}  # 127.0.0.1, as /proc/net writes it
    finally:
        page.cancel()
        with suppress(asyncio.CancelledError):
            await page


def _listening_addresses(port: int | None) -> set[str]:
    """The addresses at which this machine listens on a port (Linux: proc_net_tcp(5); state 0A is LISTEN)."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for row in Path(table).read_text().splitlines()[1:] if Path(table).exists() else ():
            local, state = row.split()[1], row.split()[3]
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                found.add(local.rpartition(":")[0])
    return found


async def test_taken_port_is_named(opened: Open) -> None:
    client = await opened()
    with pytest.raises(Failure, match=f"127.0.0.1:{client.port}"):
        await serve({"bootstrap_servers": "127.0.0.1:1"}, port=client.port)


async def test_port_that_nobody_asked_for_may_be_another(opened: Open) -> None:
    client = await opened()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    nowhere = {"bootstrap_servers": "127.0.0.1:1"}
    page = asyncio.create_task(serve(nowhere, port=client.port, ready=address.set_result, any_port=True))
    try:
        assert URL(await address).port not in (0, client.port)
    finally:
        page.cancel()
        with suppress(asyncio.CancelledError):
            await page


async def test_address_of_a_merged_story_leads_to_the_one_it_became_part_of(
    opened: Open, add: Add, memory: Memory
) -> None:
    add("2", title="القصة الواحدة")
    told_of(memory, story("s1", status="merged", merged_into="s2"), story("s2", articles=2))
    client = await opened()
    answer = await client.get("/stories/s1?ui=en", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/stories/s2?ui=en")
    followed = await client.get("/stories/s1?ui=en")
    assert (followed.status, "القصة الواحدة" in await followed.text()) == (200, True)


async def test_unknown_story_is_not_found(opened: Open, add: Add) -> None:
    add("1")
    client = await opened()
    for name in ("nothing", "%00", "%2e%2e", "%ff", "a%2Fb", "<script>", "x" * 3000):
        answer = await client.get(URL(f"/stories/{name}?ui=en", encoded=True))
        assert answer.status == 404, name
        assert "knows no story" in await answer.text()


async def test_panels_as_pages_and_as_json(opened: Open, memory: Memory) -> None:
    told_of(memory, PAGED, FOLLOWED)
    client = await opened("token")
    for path in ("/alerts", "/feeds", "/lag", "/stories/s0", "/events/alerts", "/api/alerts", "/api/feeds",
                 "/api/lag"):  # fmt: skip
        assert (await client.get(path)).status == 401, path
    bearer = {"Authorization": "Bearer token"}
    for path, word in (
        ("/alerts", "حصيلة"),
        ("/feeds", "https://sample.example/rss.xml"),
        ("/lag", "التأخر"),
    ):
        answer = await client.get(path, headers=bearer)
        assert (answer.status, word in await answer.text()) == (200, True), path
    alerts = await (await client.get("/api/alerts?severity=critical", headers=bearer)).json()
    assert (alerts["total"], alerts["alerts"][0]["alert_id"], alerts["position"]) == (1, "al0", "0:0")
    feeds = await (await client.get("/api/feeds?q=sample", headers=bearer)).json()
    assert {"feed_url", "wrong", "since", "next_try"} <= feeds["feeds"][0].keys()
    assert (await (await client.get("/api/lag", headers=bearer)).json())["stages"] == []
