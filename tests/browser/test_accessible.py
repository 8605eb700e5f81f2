"""WCAG 2.2 AA in a real Chromium: axe-core, keyboard, small screens, motion, both languages and schemes."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from marsad.web.memory import Memory
from tests.browser.conftest import Open

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}
"""WCAG 1.4.10: what fits 320 CSS pixels needs no second scroll bar."""
# Of a link over several lines the first one counts: between two lines there is nothing of it.
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getClientRects()[0];
  const inside = one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  return {
    body: one === document.body, tag: one.tagName, text: one.textContent.trim().slice(0, 40),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: inside && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1 && box.x >= -1,
    width: box.width, height: box.height,
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


def a_story(filled: Memory) -> str:
    return f"/stories/{next(iter(reversed(filled.alerts))).alert.story_id}"


def paths(filled: Memory) -> list[str]:
    return ["/", a_story(filled), "/alerts", "/feeds", "/lag"]


def too_short(node: dict[str, Any]) -> bool:
    """Say whether axe only wonders if a single digit is text at all."""
    return {"shortTextContent"} == {(check["data"] or {}).get("messageKey") for check in node["any"]}


async def unfolded(page: Page) -> None:
    """Wait for the script, then open every fold, so that nothing stays unseen."""
    await page.wait_for_selector("#live:not([hidden])")
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["ar", "en"])
async def test_axe_finds_nothing(open_page: Open, site: str, filled: Memory, lang: str, scheme: str) -> None:
    page = await open_page(f"{site}/lag?ui={lang}", color_scheme=scheme)
    for path in paths(filled):
        await page.goto(f"{site}{path}?ui={lang}")
        await unfolded(page)
        found = (await Axe().run(page, options={"runOnly": RULES})).response
        told = [
            (one["id"], node["html"][:200], [check["message"] for check in node["any"]])
            for kind in ("violations", "incomplete")
            for one in found[kind]
            for node in one["nodes"]
            if not too_short(node)
        ]
        assert told == [], path
        assert {"color-contrast", "target-size", "html-has-lang"} <= {one["id"] for one in found["passes"]}


@pytest.mark.parametrize("lang", ["ar", "en"])
async def test_nothing_is_wider_than_a_small_screen(
    open_page: Open, site: str, filled: Memory, lang: str
) -> None:
    page = await open_page(f"{site}/lag?ui={lang}", viewport=NARROW)
    for path in paths(filled):
        await page.goto(f"{site}{path}?ui={lang}")
        await unfolded(page)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], path


async def test_whole_page_by_keyboard(open_page: Open, site: str) -> None:
    page = await open_page(f"{site}/?ui=en", viewport={"width": 800, "height": 600})
    await page.wait_for_selector("#live:not([hidden])")
    interactive = await page.evaluate(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]"
        ".filter((one) => one.checkVisibility()).length"
    )
    places = []
    for number in range(interactive):
        await page.keyboard.press("Tab")
        here = await page.evaluate(FOCUS)
        assert here["outline"] >= 2, here
        assert here["seen"], here
        assert min(here["width"], here["height"]) >= 24 or here["tag"] == "A", here
        places.append(here["place"])
        if number == 0:
            assert here["text"] == "Skip to the news"
    assert places == sorted(set(places))


async def test_skip_link_and_folds_work_by_keyboard(open_page: Open, site: str) -> None:
    page = await open_page(f"{site}/?ui=en")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.id === 'stories'")
    fold = page.locator("details.rest").first
    await fold.locator("summary").focus()
    await page.keyboard.press("Enter")
    assert await fold.evaluate("one => one.open")


@pytest.mark.parametrize(("motion", "moving"), [("reduce", 0), ("no-preference", 1)])
async def test_motion_only_for_those_who_want_it(
    open_page: Open, site: str, motion: str, moving: int
) -> None:
    page = await open_page(f"{site}/?ui=en", reduced_motion=motion)
    await page.wait_for_selector("#live:not([hidden])")
    assert await page.evaluate("document.getAnimations().length") == moving


async def test_languages_and_directions(open_page: Open, site: str) -> None:
    page = await open_page(f"{site}/", locale="ar-IQ")
    said = "[document.documentElement.lang, document.dir, getComputedStyle(document.body).direction]"
    assert await page.evaluate(said) == ["ar", "rtl", "rtl"]
    assert {"rtl", "ltr"} == set(
        await page.eval_on_selector_all("article", "all => all.map((one) => getComputedStyle(one).direction)")
    )
    await page.get_by_role("link", name="English").click()
    await page.wait_for_url("**ui=en*")
    assert await page.evaluate(said) == ["en", "ltr", "ltr"]


async def test_colours_follow_the_scheme(open_page: Open, site: str) -> None:
    seen = "getComputedStyle(document.body).backgroundColor"
    papers = [
        await (await open_page(f"{site}/lag?ui=en", color_scheme=scheme)).evaluate(seen)
        for scheme in ("light", "dark")
    ]
    assert papers[0] != papers[1]
