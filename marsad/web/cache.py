"""Pages that several readers ask for at once are made once: while nothing new comes, a few seconds at most.

All readers who are told of news ask for the same page in the same moment; making it takes some 0.1 s.
"""

import time
from collections.abc import Callable, Hashable

LONGEST = 5.0
"""Seconds that a page is kept although nothing came: it also tells what only time changes."""
MOST = 64


class Cache:
    """The last pages by what was asked for, all of one version of the memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._version: Hashable = None
        self._kept: dict[Hashable, tuple[float, str]] = {}

    def get(self, asked: Hashable, version: Hashable, make: Callable[[], str]) -> str:
        """Give the page for `asked`, made anew where `version` is another or the page is too old."""
        if version != self._version or len(self._kept) >= MOST:
            self._kept.clear()
            self._version = version
        now = self._clock()
        made, page = self._kept.get(asked, (0.0, ""))
        if not page or now - made > LONGEST:
            page = make()
            self._kept[asked] = (now, page)
        return page
