"""The live page as a reader's browser shows it: news as it comes, hostile text inert, no script needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import msgspec
import pytest
from playwright.async_api import expect

from marsad.web.marks import MAX_LINE
from marsad.web.memory import Memory
from tests.browser.chromium import LIMIT_MS
from tests.browser.conftest import Open
from tests.browser.sample import publish, served
from tests.web.making import FOLLOWED, PAGED, PLAIN, connected, story, told

expect.set_options(timeout=LIMIT_MS)
replace = msgspec.structs.replace

HOSTILE = {
    "script": "<script>window.pwned = 1</script>",
    "img": "\"'><img src=x onerror='window.pwned = 2'>",
    "override": "عاجل \u202e moc.live \u2066 \u200f <b>",
    "template": "{{7*7}} ${window.pwned = 3} %s {0}",
    "long": "ط" * 2_000,
    "svg": "<svg/onload=window.pwned=4><iframe srcdoc='<script>top.pwned=5</script>'>",
    "closing": "</title></h2></main></body><meta http-equiv=refresh content='0;url=/gone'>",
}


def news(name: str, **changes: object) -> object:
    return replace(PLAIN, event_id=f"e{name}", article_id=f"a{name}", story_id=f"s{name}", **changes)


@pytest.fixture
def memory() -> Memory:
    return connected()


@pytest.fixture
async def live(memory: Memory) -> AsyncIterator[str]:
    """A page to which the test lets news come; named before `open_page`, it ends after the browsers."""
    async with served(memory) as address:
        yield address


async def test_hostile_text_is_inert(live: str, open_page: Open, memory: Memory) -> None:
    for name, text in HOSTILE.items():
        publish(memory, news(name, title=text, text=text, source_name=text, source_id=text))
        told(memory, story(f"s{name}", title=text, split_from=text),
             replace(PAGED, alert_id=name, title=text, rule_name=text, rule_id=text, story_id=text),
             replace(FOLLOWED, feed_id=name, source_name=text, status="gone", last_error=text,
                     feed_url=text))  # fmt: skip
    page = await open_page(f"{live}/?ui=en", viewport={"width": 320, "height": 640})
    shown = await page.eval_on_selector_all("h2 a", "all => all.map((one) => one.textContent)")
    assert {HOSTILE["script"], HOSTILE["img"], HOSTILE["long"][:MAX_LINE] + "…", HOSTILE["closing"]} <= set(
        shown
    )
    assert not any(letter in title for title in shown for letter in "\u202e\u2066\u200f")
    for path in (
        "/",
        "/alerts",
        "/feeds",
        "/stories/simg",
        f"/?q={HOSTILE['img']}&tag={HOSTILE['long'][:300]}",
    ):
        await page.goto(f"{live}{path}")
        await page.wait_for_selector("#live:not([hidden])")
        assert await page.evaluate("typeof window.pwned") == "undefined", path
        assert await page.locator("main img, main script, main iframe, main svg").count() == 0, path
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path


async def test_policy_stops_what_escaping_would_let_through(open_page: Open, site: str) -> None:
    page = await open_page(f"{site}/?ui=en")
    stopped = await page.evaluate("""async () => {
      const told = new Promise((resolve) => addEventListener(
        "securitypolicyviolation", (one) => resolve(one.violatedDirective)));
      let thrown = "";
      try { document.body.innerHTML = "<p>x"; } catch (error) { thrown = error.name; }
      return [thrown, await told];
    }""")
    assert stopped == ["TypeError", "require-trusted-types-for"]
    open_page.forgive("TrustedHTML")


async def test_what_comes_in_is_counted_and_shown_when_asked_for(
    live: str, open_page: Open, memory: Memory
) -> None:
    publish(memory, news("1", title="الخبر الأول"))
    page = await open_page(f"{live}/?ui=en")
    await _listening(memory, 1)
    publish(memory, news("2", title="الخبر الثاني", published_at="2026-11-21T07:59:00.000Z"))
    publish(memory, news("3", title="الخبر الثالث"))
    fresh = page.get_by_role("button", name="2 new. Show")
    await expect(fresh).to_be_visible()
    await expect(page.locator("h2")).to_have_count(1)  # nothing moves before the reader asks
    await fresh.click()
    await expect(page.locator("h2")).to_have_count(3)
    await expect(page.locator("#stories")).to_be_focused()
    await expect(fresh).to_be_hidden()


async def test_reader_who_lost_the_connection_misses_nothing(open_page: Open, memory: Memory) -> None:
    publish(memory, news("1"))
    async with served(memory) as site:
        port = int(site.rpartition(":")[2])
        page = await open_page(f"{site}/?ui=en")
        await _listening(memory, 1)
    publish(memory, news("2", title="ما فات"))
    await expect(page.locator("#live.lost")).to_be_visible()
    async with served(memory, port):
        await expect(page.get_by_role("button", name="1 new. Show")).to_be_visible()
        await expect(page.locator("#live:not(.lost)")).to_be_visible()
        await page.get_by_role("button", name="1 new. Show").click()
        await expect(page.get_by_text("ما فات")).to_be_visible()
    open_page.forgive("net::ERR_")  # a server that is away is an error to the browser


async def test_paused_page_stays_as_it_is(live: str, open_page: Open, memory: Memory) -> None:
    page = await open_page(f"{live}/?ui=en")
    await _listening(memory, 1)
    await page.get_by_role("button", name="Pause updates").click()
    await expect(page.get_by_role("status")).to_have_text("Updates paused")
    publish(memory, news("1"))
    await _listening(memory, 0)
    await page.get_by_role("button", name="Resume updates").click()
    await expect(page.get_by_role("button", name="1 new. Show")).to_be_visible()


async def test_alert_comes_in_and_leads_to_its_story_where_it_now_is(
    live: str, open_page: Open, memory: Memory
) -> None:
    publish(memory, news("9", title="القصة الواحدة"))
    page = await open_page(f"{live}/alerts?ui=en")
    async with asyncio.timeout(60):
        while not len(memory.alert_readers):
            await asyncio.sleep(0.05)
    told(memory, PAGED, story("s0", status="merged", merged_into="s9"))
    await page.get_by_role("button", name="1 new. Show").click()
    await page.locator(".alerts .title a").click()
    await page.wait_for_url("**/stories/s9?ui=en")
    await expect(page.locator("h2")).to_have_text("القصة الواحدة")
    await expect(page.get_by_text("were merged into it")).to_be_visible()


async def test_works_without_a_script(open_page: Open, site: str) -> None:
    page = await open_page(f"{site}/?ui=en", java_script_enabled=False)
    assert await page.locator(".story article").count() > 3
    assert not await page.locator("#live").is_visible()
    fold = page.locator("details.rest").first
    await fold.locator("summary").click()
    assert await fold.get_attribute("open") is not None
    await page.get_by_label("Search").fill("داقوق")
    await page.get_by_label("Relation").select_option("revision")
    await page.get_by_role("button", name="Show").click()
    assert "q=" in page.url and "relation=revision" in page.url and "ui=en" in page.url
    assert await page.locator(".story").count() == 1
    await page.get_by_role("link", name="Whole story").click()
    assert "/stories/" in page.url
    for name in ("Alerts", "Feeds", "Lag", "Stories"):
        await page.get_by_role("navigation", name="Sections").get_by_role("link", name=name).click()
        assert await page.locator("main h2").count() > 0
    assert await page.locator("time").first.inner_text() != ""


async def test_fifty_readers_at_once(live: str, open_page: Open, memory: Memory) -> None:
    publish(memory, news("1"))
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        streams = [await stack.enter_async_context(client.get(f"{live}/events")) for _ in range(46)]
        pages = [await open_page(f"{live}/?ui=en") for _ in range(4)]
        await _listening(memory, 50)
        for number in range(2, 12):
            publish(memory, news(str(number)))
        for page in pages:
            await expect(page.get_by_role("button", name="10 new. Show")).to_be_visible()
        for stream in streams:
            async with asyncio.timeout(60):
                for number in range(2, 12):
                    await stream.content.readuntil(f'"event_id":"e{number}"'.encode())
        answers = await asyncio.gather(*(client.get(live) for _ in range(50)))
        assert {answer.status for answer in answers} == {200}


async def test_tab_that_nobody_sees_holds_no_connection(live: str, open_page: Open, memory: Memory) -> None:
    page = await open_page(f"{live}/?ui=en")
    await _listening(memory, 1)
    await page.evaluate(HIDE, True)
    publish(memory, news("1"))
    await _listening(memory, 0)
    await page.evaluate(HIDE, False)
    await expect(page.get_by_role("button", name="1 new. Show")).to_be_visible()


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


async def _listening(memory: Memory, number: int) -> None:
    """Wait until that many streams are open; one that was left is noticed with the next event."""
    async with asyncio.timeout(60):
        while len(memory.readers) != number:
            await asyncio.sleep(0.05)
