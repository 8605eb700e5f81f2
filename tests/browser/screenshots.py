"""The pictures in docs/: `make screenshots`, or `python -m tests.browser.screenshots DIRECTORY`.

They show our own sample articles (seeds/), through the real stages and rules, in the installed Chromium.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from marsad.web.memory import Memory
from marsad.web.query import Query
from tests.browser.chromium import chromium
from tests.browser.sample import sample, served

MOST_BYTES = 300_000
DESKTOP = {"width": 1000, "height": 860}
WHERE: dict[str, Any] = {"timezone_id": "Asia/Baghdad", "reduced_motion": "reduce", "viewport": DESKTOP}


def shots(memory: Memory) -> dict[str, tuple[str, str]]:
    """Give each picture's name with the address and the colour scheme it shows."""
    revised = next(
        one.story_id for one in memory.board.stories(Query()) if one.history and len(one.articles) > 1
    )
    return {
        "page": ("/?ui=ar", "light"),
        "page-light": ("/?ui=en", "light"),
        "page-dark": ("/?ui=en", "dark"),
        "page-story": (f"/stories/{revised}?ui=ar", "light"),
        "page-alerts": ("/alerts?ui=en", "light"),
        "page-feeds": ("/feeds?ui=en", "light"),
        "page-lag": ("/lag?ui=en", "light"),
    }


async def take(browser: Browser, site: str, name: str, path: str, scheme: str, into: Path) -> None:
    """Take one picture."""
    settings: Any = {**WHERE, "color_scheme": scheme}
    context = await browser.new_context(**settings)
    page = await context.new_page()
    await page.goto(site + path)
    await page.wait_for_selector("#live:not([hidden])")
    file = into / f"{name}.png"
    await page.screenshot(path=file)
    await context.close()
    size = file.stat().st_size
    print(f"{file}: {size} bytes")
    if size > MOST_BYTES:
        raise SystemExit(f"{file} is above {MOST_BYTES} bytes")


async def main(into: Path) -> None:
    """Take all of them."""
    memory = await sample()
    async with served(memory) as site, chromium() as browser:
        for name, (path, scheme) in shots(memory).items():
            await take(browser, site, name, path, scheme, into)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")))
