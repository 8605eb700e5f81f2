"""What dedupe compares: digests and a sketch of the match form, made here because this stage scales out.

The sketch is MinHash over character 5-grams (guide figures: 128 permutations as 42 bands of 3 reach 95 % of
the reproduced copies of Arabic wire text). Words only: where an outlet breaks paragraphs or sentences does
not count. Python's `hash` is salted for each process and has no part in it.
"""

import base64
import re
import struct

import numpy as np
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

# A word of its own; it begins with a digit, so that the engine jumps from one to the next.
_FIGURE = re.compile(r"[0-9](?<![^ ][0-9])[0-9]*(?:\.[0-9]+)?(?![^ ])")
_MAX_FIGURES = 200


def fingerprint(title: str, body: str) -> Fingerprint:
    """Give the fingerprint of a title and a body, both in match form."""
    title_words, body_words = title.replace("\n", " "), body.replace("\n", " ")
    head, text = (words.encode("utf-8", "surrogatepass") for words in (title_words, body_words))
    return Fingerprint(
        version=VERSION,
        exact=digest("exact", head, text),
        body=digest("body", text),
        title=digest("title", head),
        sketch=_sketch(body_words),
        words=body_words.count(" ") + 1 if body_words else 0,  # one space parts two words
        figures=_figures(f"{title_words} {body_words}"),
    )


def _sketch(words: str) -> str:
    """Give base64 of the signature: 128 little-endian 32-bit words; empty for short texts."""
    if len(words) < MIN_CHARS:
        return ""
    data = words.encode("utf-16-le", "surrogatepass")
    sketch = RMinHash(PERMUTATIONS, SEED)
    sketch.update(_shingles(data))
    return base64.b64encode(struct.pack(f"<{PERMUTATIONS}I", *sketch.digest())).decode("ascii")


def _shingles(data: bytes) -> list[bytes]:
    """Give all character 5-grams of a UTF-16 text.

    Slicing is what a sketch costs; as overlapping items of one array it takes a third of the time.
    """
    count = max(0, len(data) // 2 - SHINGLE + 1)
    found: list[bytes] = np.ndarray((count,), f"V{2 * SHINGLE}", data, strides=(2,)).tolist()
    return found


def _figures(words: str) -> tuple[str, ...]:
    """Give the numbers of a text, each once, in order of first mention."""
    return tuple(dict.fromkeys(_FIGURE.findall(words)))[:_MAX_FIGURES]
