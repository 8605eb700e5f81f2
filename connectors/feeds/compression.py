"""Bytes as they came -> bytes as they were meant: gzip, zlib and zstd told by their magic, up to the cap.

Servers declare encodings they do not use, use ones they do not declare, and encode twice; the magic is
the better witness. A bomb costs no more than the cap.
"""

import zlib
from collections.abc import Callable
from typing import Protocol

import zstandard

MAX_BYTES = 15 * 1024 * 1024
"""Largest feed, decoded (miniflux's default)."""
MAX_LAYERS = 3
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_STEP = 65_536


class TooLarge(Exception):
    """More than the cap came out."""


class Unreadable(Exception):
    """The bytes are in a coding that cannot be undone; says which."""


class _Inflater(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def decompress(data: bytes, declared: str = "", limit: int = MAX_BYTES) -> tuple[bytes, bool]:
    """Undo up to three layers of compression; give the bytes and whether they are complete.

    `declared` is the Content-Encoding header. Raises `TooLarge` beyond `limit` bytes, `Unreadable` where
    nothing comes out.
    """
    complete = True
    for _ in range(MAX_LAYERS):
        undo = _layer(data, declared)
        if undo is None:
            break
        data, whole = undo(data, limit)
        complete = complete and whole
        declared = ""
    if len(data) > limit:
        raise TooLarge
    return data, complete


def _layer(data: bytes, declared: str) -> Callable[[bytes, int], tuple[bytes, bool]] | None:
    if data.startswith(_GZIP):
        return _gunzip
    if data.startswith(_ZSTD):
        return _unzstd
    if (
        len(data) > 2
        and data[0] & 0x0F == 8
        and data[0] <= 0x78
        and int.from_bytes(data[:2], "big") % 31 == 0
    ):
        return _unzlib
    declared = declared.lower()
    if _looks_like_text(data):
        return None
    if "deflate" in declared:
        return _undeflate
    if "br" in declared.replace(" ", "").split(","):
        raise Unreadable("sent in brotli, which was not asked for")
    return None


def _looks_like_text(data: bytes) -> bool:
    head = data[:512].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return head[:1] in (b"<", b"{", b"[")


def _gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    """Undo gzip, all members of it (RFC 1952); what follows the last member is no part of it."""
    out = bytearray()
    rest, whole = data, False
    while rest.startswith(_GZIP):
        machine = zlib.decompressobj(wbits=31)
        whole = _pump(machine, rest, out, limit)
        rest = machine.unused_data
        if not whole:
            break
    if not out and not whole:
        raise Unreadable("broken gzip")
    return bytes(out), whole


def _unzlib(data: bytes, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    whole = _pump(zlib.decompressobj(), data, out, limit)
    if not out and not whole:
        raise Unreadable("broken zlib data")
    return bytes(out), whole


def _undeflate(data: bytes, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    whole = _pump(zlib.decompressobj(wbits=-15), data, out, limit)
    if not out and not whole:
        raise Unreadable("broken deflate data")
    return bytes(out), whole


def _pump(machine: _Inflater, data: bytes, out: bytearray, limit: int) -> bool:
    """Inflate `data` into `out`, step by step; give whether the end of the stream was reached."""
    while not machine.eof:
        try:
            piece = machine.decompress(data, _STEP)
        except zlib.error:
            return False
        out += piece
        if len(out) > limit:
            raise TooLarge
        data = machine.unconsumed_tail
        if not piece and not data:
            return machine.eof
    return True


def _unzstd(data: bytes, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=2**23).stream_reader(
            data, read_across_frames=True
        ) as reader:
            while piece := reader.read(_STEP):
                out += piece
                if len(out) > limit:
                    raise TooLarge
    except zstandard.ZstdError as error:
        if not out:
            raise Unreadable("broken zstd data") from error
        return bytes(out), False
    return bytes(out), True
