"""What is remembered of feeds in a folder, one file a feed, each written whole: `poll --state`."""

from pathlib import Path

import msgspec

from connectors.feeds.state import VERSION, Memory
from connectors.whole import write_whole
from events.identity import digest


class Store:
    """Memories in a folder, one file a feed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Make the folder; raises OSError where that cannot be."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Give the file of the feed with this key; the name says nothing that could be a secret."""
        return self._folder / f"{digest('feed', key)}.json"

    def load(self, key: str, feed_url: str) -> tuple[Memory, str | None]:
        """Give what is remembered of a feed, and in words what was wrong with it."""
        fresh = Memory(feed_url=feed_url)
        try:
            memory = msgspec.json.decode(self.path(key).read_bytes(), type=Memory)
        except FileNotFoundError:
            return fresh, None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return fresh, "what was remembered of this feed cannot be read; everything counts as new"
        if memory.version != VERSION:
            return (
                fresh,
                f"what was remembered of this feed has version {memory.version}; everything counts as new",
            )
        return memory, None

    def save(self, key: str, memory: Memory) -> None:
        """Write a memory whole: a reader sees the old one or the new one."""
        write_whole(self.path(key), msgspec.json.encode(memory))
