"""The Chromium that is installed on this machine, driven through Playwright's API; none is downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

PROGRAM = "chromium"
LIMIT_MS = 60_000


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start the browser; it ends with the block."""
    # Its own sandbox needs a user; root (a container, continuous integration) has to do without.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which(PROGRAM), args=arguments, timeout=LIMIT_MS
        )
        try:
            yield browser
        finally:
            await browser.close()
