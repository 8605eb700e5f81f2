"""One entry a record: what dedupe decided about it, and all that later decisions need of it.

The memory is the log of these entries. Everything else (who is known, which texts are alike, how a story
stands) is derived from the entries that are left, so a write of one entry is a whole step of the memory,
and a store rebuilt from its changelog decides exactly as the one that was lost.

The wire form is MessagePack (msgspec); `v` is the form's version, unknown fields are skipped. Arrays of
numbers are little-endian 32-bit words. Texts are compressed, and read only when they are compared.
"""

import zlib
from threading import local
from typing import Literal

import msgspec
import zstandard
from msgspec.structs import replace

from events.article import RelatesTo, StoryCounts

VERSION = 1
MAX_TEXT = 100_000
"""Characters of a text that are remembered and compared; what lies beyond is known by its digest alone."""

Outcome = Literal["new", "revision", "copy", "partial", "repeat"]


class StoryState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A story as of one entry. `sources` and `voices` are sorted digests of 8 bytes each (tally.py).

    `origins` names the first of the voices, `places` the places in titles and datelines by (key, name).
    """

    story_id: str
    title: str
    articles: int
    sources: bytes
    voices: bytes
    first_seen_at: str
    last_changed_at: str
    last_article_id: str
    origins: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    source_counts: bytes = b""
    voice_counts: bytes = b""
    split_from: str | None = None

    def counts(self) -> StoryCounts:
        """Give the counts that stand in the article's event."""
        return StoryCounts(
            articles=self.articles,
            sources=len(self.sources) // 8,
            independent_sources=len(self.voices) // 8,
            first_seen_at=self.first_seen_at,
        )


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an article said: the base of later comparisons. Repeats that add nothing have none."""

    version: str
    exact: str
    body: str
    words: int
    url: str | None = None
    item_id: str | None = None
    dateline: str | None = None
    shingles: bytes = b""
    postings: bytes = b""
    terms: bytes = b""
    weights: bytes = b""
    packed: bytes = b""

    def texts(self) -> tuple[str, str]:
        """Give the display title and the display text (at most `MAX_TEXT` characters of it)."""
        title, text = msgspec.msgpack.decode(_unpacked(self.packed), type=tuple[str, str])
        return title, text


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision on one record. `keys` are the digests (`key64`) under which its article is known."""

    v: int = VERSION
    seq: int
    shard: str
    origin: str
    outcome: Outcome
    article_id: str
    revision: int
    source_id: str
    fetched_at: str
    at: int
    clock: int
    first_seen_at: str
    keys: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    relates_to: RelatesTo | None = None
    story: StoryState | None = None
    merged: StoryState | None = None
    """The story that became part of `story` by this very entry."""
    left: StoryState | None = None
    """The story that the article left by this very revision, as it stands without it."""
    before: int | None = None
    """The number of the entry that a revision was compared with."""
    frame: int = 0
    """Which volatile line this revision is one more sign of; see volatile.py."""
    voice: str = ""
    content: Content | None = None

    @property
    def key(self) -> str:
        """Where the entry stands in the store."""
        return entry_key(self.shard, self.seq)

    @property
    def emitted(self) -> bool:
        """Whether the record became an event of its own."""
        return self.outcome != "repeat"


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Entry)


def entry_key(shard: str, seq: int) -> str:
    """Give the store key of the `seq`-th record of `shard`; keys of a shard sort by `seq`."""
    return f"{shard}/{seq:012d}"


def encode_entry(entry: Entry) -> bytes:
    """Write `entry`; the same entry gives the same bytes."""
    return _ENCODER.encode(entry)


def decode_entry(data: bytes) -> Entry:
    """Read an entry; raises `ValueError` for another version of the form."""
    entry = _DECODER.decode(data)
    if entry.v != VERSION:
        raise ValueError(f"a memory entry of version {entry.v}; this build reads {VERSION}")
    return entry


class _Zstd(local):
    """Made once a thread: making one costs more than packing a text, and no two threads may share one."""

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(level=1)
        self.unpacker = zstandard.ZstdDecompressor()


_ZSTD = _Zstd()


def pack_texts(title: str, text: str) -> bytes:
    """Pack a title and the beginning of a text: a third of the time of zlib, and no larger."""
    written = msgspec.msgpack.encode((title[:MAX_TEXT], text[:MAX_TEXT]))
    return _ZSTD.packer.compress(written)


def _unpacked(packed: bytes) -> bytes:
    """Give what was packed, by zlib too: entries written before 2026-11-22 are read as they are."""
    if not packed.startswith(zstandard.FRAME_HEADER):
        return zlib.decompress(packed)
    return _ZSTD.unpacker.decompress(packed)


__all__ = [
    "Content", "Entry", "Outcome", "StoryState", "decode_entry", "encode_entry", "entry_key",
    "pack_texts", "replace",
]  # fmt: skip
