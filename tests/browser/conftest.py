"""One Chromium for the session; for each test a page with our sample on it, and no error in its console."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from marsad.web.memory import Memory
from tests.browser.sample import sample, served
from tests.programs import Needs

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page

CHROMIUM = Needs("tests/browser", ("test_page.py", "test_accessible.py"), ("chromium",), "chromium")
collect_ignore = CHROMIUM.ignored()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    CHROMIUM.tell(terminalreporter)


@pytest.fixture(scope="session")
async def browser() -> "AsyncIterator[Browser]":
    from tests.browser.chromium import chromium

    async with chromium() as running:
        yield running


@pytest.fixture(scope="session")
async def filled() -> Memory:
    """The sample page's memory, for tests that change nothing."""
    return await sample(ENOUGH)


@pytest.fixture(scope="session")
async def site(filled: Memory) -> AsyncIterator[str]:
    async with served(filled) as address:
        yield address


ENOUGH = 12
"""Articles on the page: with a revision, a copy, a round-up, sub-headings, and quickly checked."""


class Open:
    """Opens addresses, each in a browser of its own; every error in a console fails the test."""

    def __init__(self, browser: "Browser") -> None:
        self._browser = browser
        self._forgiven: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    async def __call__(self, address: str, **settings: Any) -> "Page":
        from tests.browser.chromium import LIMIT_MS

        self.contexts.append(await self._browser.new_context(**settings))
        page = await self.contexts[-1].new_page()
        page.set_default_timeout(LIMIT_MS)
        page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("dialog", lambda dialog: self._note(f"a dialog: {dialog.message}"))
        answer = await page.goto(address)
        assert answer is not None
        assert answer.status == 200
        return page

    def forgive(self, text: str) -> None:
        """Do not count errors that hold `text`."""
        self._forgiven.append(text)

    def _note(self, error: str) -> None:
        self.errors.append(error)

    def left(self) -> list[str]:
        """Give the errors that nobody forgave."""
        return [one for one in self.errors if not any(text in one for text in self._forgiven)]


@pytest.fixture
async def open_page(browser: "Browser") -> AsyncIterator[Open]:
    opened = Open(browser)
    yield opened
    for context in opened.contexts:
        await context.close()
    assert opened.left() == []
