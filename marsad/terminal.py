"""Text for a terminal: one line, each cell isolated, nothing from outside in control of it."""

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

# C0 and C1 controls could repaint the screen; bidi controls could reorder the line around them.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_JOINER, _NON_JOINER, _EMOJI_STYLE = "\u200d", "\u200c", "\ufe0f"
_VIRAMAS = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
# Signs written before the digits or letters that they belong to (Prepend of UAX #29), Arabic ones above all.
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd")

COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "grey": 90}


def clean(text: str) -> str:
    """Give `text` as one line without control, bidi and lone surrogate characters."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text if c not in _BIDI)
    return " ".join("".join(kept).split())


def cell(text: str, width: int) -> str:
    """Give `text` cleaned, shortened to at most `width` columns, isolated and padded to `width`.

    Cuts never part a letter from its marks, nor anything else that is read as one. Arabic stays in its own
    isolate (UAX #9, 2.4.2), so that it does not reorder the cells around it.
    """
    shown = shortened(clean(text), width)
    return isolated(shown) + " " * (width - columns(shown))


def isolated(text: str) -> str:
    """Give `text` as a run of its own, which cannot reorder what stands around it."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def painted(text: str, colour: str | None) -> str:
    """Give `text` in one of COLOURS, as it is where there is none."""
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if colour else text


def has_colour() -> bool:
    """Say whether stdout shows colours: a terminal that can, and nobody asked for none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def wide() -> int | None:
    """Give the columns of the terminal at stdout, None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def columns(text: str) -> int:
    """Count terminal columns: marks take none, wide East Asian letters and emoji two."""
    return sum(_columns_of(cluster) for cluster in clusters(text))


def clusters(text: str) -> Iterator[str]:
    """Give `text` in pieces not to be parted: UAX #29 as far as news needs it, joining where in doubt."""
    start, flags = 0, 0
    for here in range(1, len(text) + 1):
        flags = flags + 1 if _is_flag(text[here - 1]) else 0
        if here == len(text) or not _joined(text[here - 1], text[here], flags):
            yield text[start:here]
            start = here


def _joined(before: str, after: str, flags: int) -> bool:
    """Say whether nothing may come between two characters; `flags` counts the flag letters up to `before`."""
    if after in (_JOINER, _NON_JOINER) or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True  # the tone of a skin, the letters of a regional flag
    if _is_flag(after):
        return flags % 2 == 1
    if before == _JOINER:
        return unicodedata.category(after) == "So"
    if before in _VIRAMAS or before in _PREPENDED:
        return unicodedata.category(after)[0] in "LN"
    return _is_jamo(before) and _is_jamo(after)


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_jamo(letter: str) -> bool:
    return "\u1100" <= letter <= "\u11ff" or "\uac00" <= letter <= "\ud7fb"


def _columns_of(cluster: str) -> int:
    if _EMOJI_STYLE in cluster or (len(cluster) > 1 and _is_flag(cluster[1])):
        return 2
    return max(_letter_columns(letter) for letter in cluster)


def _letter_columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def shortened(text: str, width: int) -> str:
    """Give `text` in at most `width` columns, the last of them saying that it was cut."""
    if columns(text) <= width:
        return text
    kept, used = "", 0
    for cluster in clusters(text):
        used += _columns_of(cluster)
        if used >= width:
            break
        kept += cluster
    return kept.rstrip() + "…"
