"""Text for a terminal: one line, each cell isolated, nothing from outside in control of it."""

import itertools
import unicodedata

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

# C0 and C1 controls could repaint the screen; bidi controls could reorder the line around them.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Give `text` as one line without control, bidi and lone surrogate characters."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text if c not in _BIDI)
    return " ".join("".join(kept).split())


def cell(text: str, width: int) -> str:
    """Give `text` cleaned, shortened to at most `width` columns, isolated and padded to `width`.

    Cuts never part a letter from its marks. Arabic stays in its own isolate (UAX #9, 2.4.2), so that it
    does not reorder the cells around it.
    """
    shown = _shortened(clean(text), width)
    return f"{FIRST_STRONG_ISOLATE}{shown}{POP_ISOLATE}" + " " * (width - columns(shown))


def columns(text: str) -> int:
    """Count terminal columns: marks take none, wide East Asian letters two."""
    return sum(_columns_of(letter) for letter in text)


def _columns_of(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def _shortened(text: str, width: int) -> str:
    if columns(text) <= width:
        return text
    used = itertools.accumulate(_columns_of(letter) for letter in text)
    fitting = sum(1 for _ in itertools.takewhile(lambda columns: columns < width, used))
    return text[:fitting].rstrip() + "…"
