"""Letters and the rest of everyday text, as bytes: what `spans` compares and counts."""

import codecs
import re
from functools import cache
from typing import NamedTuple

from streams.text.letters import EVERYDAY, GONE, SPACE, STOP, folding

_SLOT = {char: slot for slot, char in enumerate(EVERYDAY)}
_ENCODING = codecs.charmap_build(EVERYDAY.ljust(256, "\ufffe"))
_DIGIT = "[" + "".join(f"\\x{_SLOT[digit]:02x}" for digit in "0123456789") + "]"
_POINT, _COMMA = (f"\\x{_SLOT[mark]:02x}" for mark in ".,")

_DECIMAL_POINT = f"{_POINT}(?<={_DIGIT}{_POINT})(?={_DIGIT})"
_DECIMAL_COMMA = f"{_COMMA}(?<={_DIGIT}{_COMMA})(?={_DIGIT}{{1,2}}(?!{_DIGIT}|{_COMMA}|{_POINT}))"
_DECIMALS = [re.compile(pattern.encode()) for pattern in (_DECIMAL_POINT, _DECIMAL_COMMA)]


def decimals(folded: bytes) -> list[int]:
    """Give where decimal signs stand in folded bytes, nothing deleted: as the match form reads plain numbers.

    Each pattern begins with one byte, so that the engine jumps from one to the next.
    """
    return [found.start() for pattern in _DECIMALS for found in pattern.finditer(folded)]


def everyday_bytes(text: str) -> bytes | None:
    """Give a text as one byte a character, or None where it holds a rarer character."""
    try:
        return codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None


RARER = bytes([_SLOT["?"]])


def outline(text: str) -> bytes:
    """Give a match form as one byte a character, with `RARER` for each rarer one: no match form holds "?"."""
    return codecs.charmap_encode(text, "replace", _ENCODING)[0]


class Ink(NamedTuple):
    """How to tell letters from the rest; marks of numbers count as no ink in all of them."""

    letters: bytes
    """What each byte folds to."""
    no_ink: bytes
    not_compared: bytes
    mask: bytes
    """1 for ink."""
    gone: frozenset[str]
    """The characters that the match form drops."""


SEPARATORS = bytes(int(slot in (_SLOT[SPACE], _SLOT[STOP])) for slot in range(256))
"""1 for what parts the words of a match form."""


@cache
def ink(lang: str) -> Ink:
    """Give the tables of a base language."""
    folded = EVERYDAY.translate(folding(lang))
    letters = bytes(_SLOT[char] for char in folded).ljust(256, b"\x00")
    none = (SPACE, STOP, GONE, ".", ",")
    no_ink = bytes(slot for slot, char in enumerate(folded) if char in none)
    mask = bytes(int(slot < len(EVERYDAY) and slot not in no_ink) for slot in range(256))
    gone = frozenset(char for char, fold in zip(EVERYDAY, folded, strict=True) if fold == GONE)
    return Ink(letters, no_ink, bytes(_SLOT[char] for char in (SPACE, STOP, ".")), mask, gone)
