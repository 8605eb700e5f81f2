"""What dedupe compares: digests and a sketch of the match form, made here because this stage scales out.

The sketch is MinHash over character 5-grams (guide figures: 128 permutations as 42 bands of 3 reach 95 % of
the reproduced copies of Arabic wire text). Words only: where an outlet breaks paragraphs or sentences does
not count. Python's `hash` is salted for each process and has no part in it.
"""

import base64
import re
import struct
from operator import itemgetter

from rensa import RMinHash

from events.article import Fingerprint
from events.identity import digest
from streams.text.fold import FOLD_VERSION

PERMUTATIONS = 128
SHINGLE = 5
SEED = 20_261_121
MIN_CHARS = 40
"""Shorter texts have too few shingles for a sketch to say anything."""

VERSION = f"r{getattr(RMinHash, 'ALGORITHM_VERSION', 0)}-p{PERMUTATIONS}-c{SHINGLE}-s{SEED}-f{FOLD_VERSION}"
"""Algorithm, permutations, shingle, seed and folding: signatures of another version are never compared."""

_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_MAX_FIGURES = 200


def fingerprint(title: str, body: str) -> Fingerprint:
    """Give the fingerprint of a title and a body, both in match form."""
    title_words, body_words = title.replace("\n", " "), body.replace("\n", " ")
    words = body_words.split()
    return Fingerprint(
        version=VERSION,
        exact=digest("exact", title_words, body_words),
        body=digest("body", body_words),
        title=digest("title", title_words),
        sketch=_sketch(body_words),
        words=len(words),
        figures=_figures([*title_words.split(), *words]),
    )


def _sketch(words: str) -> str:
    """Give base64 of the signature: 128 little-endian 32-bit words; empty for short texts."""
    if len(words) < MIN_CHARS:
        return ""
    data = words.encode("utf-16-le", "surrogatepass")
    sketch = RMinHash(PERMUTATIONS, SEED)
    sketch.update(_shingles(data))
    return base64.b64encode(struct.pack(f"<{PERMUTATIONS}I", *sketch.digest())).decode("ascii")


# Slicing is what a sketch costs; one call for 512 slices takes half the time of 512 calls.
_CHUNK = 512
_SLICES = itemgetter(*(slice(at, at + 2 * SHINGLE) for at in range(0, 2 * _CHUNK, 2)))


def _shingles(data: bytes) -> list[bytes]:
    """Give all character 5-grams of a UTF-16 text."""
    found: list[bytes] = []
    for at in range(0, len(data), 2 * _CHUNK):
        found += _SLICES(data[at : at + 2 * (_CHUNK + SHINGLE)])
    return found[: len(data) // 2 - SHINGLE + 1]


def _figures(words: list[str]) -> tuple[str, ...]:
    """Give the numbers of a text, each once, in order of first mention."""
    # In the match form a word that sorts before "a" and is no "%" begins with a digit.
    numbers = (word for word in words if word < ":" and _FIGURE.fullmatch(word))
    return tuple(dict.fromkeys(numbers))[:_MAX_FIGURES]
