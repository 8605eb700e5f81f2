"""How many articles of a story each source, or each voice, has brought: sorted digests, and a count of each.

Stories written before 2026-11-22 have no counts: theirs are taken for many, and never come to nothing.
"""

from functools import lru_cache

from streams.dedupe.table import key64

_MANY = 255

Tally = dict[bytes, int]
Packed = tuple[bytes, bytes]
"""Digests of 8 bytes each, rising, and one byte for the count of each, 255 for that many and more."""


@lru_cache(maxsize=4_096)  # sources come again and again
def member(name: str) -> bytes:
    """Give the digest of a source or a voice."""
    return key64(name).to_bytes(8, "big")


def read(members: bytes, counts: bytes) -> Tally:
    """Give how often each member has come."""
    digests = [members[at : at + 8] for at in range(0, len(members), 8)]
    many = list(counts) if len(counts) == len(digests) else [_MANY] * len(digests)
    return dict(zip(digests, many, strict=True))


def pack(tally: Tally) -> Packed:
    """Give a tally as it is kept."""
    digests = sorted(tally)
    return b"".join(digests), bytes(min(_MANY, tally[digest]) for digest in digests)


def plus(tally: Tally, other: Tally) -> Tally:
    """Add two tallies."""
    return {digest: tally.get(digest, 0) + other.get(digest, 0) for digest in tally | other}


def less(tally: Tally, name: str) -> Tally:
    """Take one article of `name` out."""
    digest = member(name)
    now = tally.get(digest, 0)
    rest = tally | {digest: now if now >= _MANY else now - 1}
    return {each: count for each, count in rest.items() if count > 0}
