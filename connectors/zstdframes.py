"""Zstandard as a stream of plain bytes that knows a cut end from a whole one.

`zstandard`'s own stream reader gives what it has and then says end of file, also in the middle of a frame
(RFC 8878 section 3.1.1): an archive whose copying broke off would pass as a short one.
"""

import io
from typing import BinaryIO

import zstandard

_WINDOW = 2**27
"""Largest window that is allocated for a stranger's file; `zstd --long` makes 2**27 bytes."""
_STEP = 1024
"""Compressed bytes taken at once. A block of 4 bytes may stand for 128 KiB, so this bounds what is held."""


class ZstdFrames(io.RawIOBase):
    """The plain bytes of one or more frames; raises `zstandard.ZstdError` for broken or cut ones."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._frame = self._decompressor.decompressobj()
        self._inside = False
        self._waiting = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill `buffer` with what is there; 0 at the end."""
        while not self._plain:
            step = self._waiting or self._stream.read(_STEP)
            if not step:
                if self._inside:
                    raise zstandard.ZstdError("the last frame is cut")
                return 0
            self._plain = memoryview(self._take(step))
        size = min(len(buffer), len(self._plain))
        buffer[:size], self._plain = self._plain[:size], self._plain[size:]
        return size

    def _take(self, step: bytes) -> bytes:
        plain = self._frame.decompress(step)
        self._inside, self._waiting = not self._frame.eof, b""
        if self._frame.eof:
            self._waiting = self._frame.unused_data
            self._frame = self._decompressor.decompressobj()
        return plain
