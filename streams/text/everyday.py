"""The match form of a text that holds everyday characters only, made in bytes.

`EVERYDAY` is a code page, so such a text is one byte a character: the folding table is one `bytes.translate`,
which deletes too, and every later look is at bytes. It takes a fifth of the time that the same steps take on
Arabic `str`. The steps and their order are those of `fold.match`; tests hold the two to one result.
"""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from streams.text.letters import (
    BEFORE_NFKC,
    EVERYDAY,
    GONE,
    MISUSED,
    SPACE,
    STOP,
    display_table,
    folding,
    within_30_marks,
)

_SLOT = {char: slot for slot, char in enumerate(EVERYDAY)}
_ENCODING = codecs.charmap_build(EVERYDAY.ljust(256, "\ufffe"))


class Letters(NamedTuple):
    """How many letters of a text Arabic has, how many only its neighbours have, how many are Latin."""

    arabic: int
    neighbours: int
    latin: int


def _byte(char: str) -> bytes:
    return bytes([_SLOT[char]])


def _class(chars: str, *, but: bool = False) -> str:
    return ("[^" if but else "[") + "".join(f"\\x{_SLOT[char]:02x}" for char in chars) + "]"


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"), re.DOTALL)


# Folded text never holds أ, إ nor آ, so their bytes are free for a while: one for a decimal point, one for
# ink that is a separator, which is far rarer than a space and so much sooner found, one between lines.
_HELD_SIGN, _INK_SIGN, _LINE_SIGN = "أ", "إ", "آ"
_SPACE, _STOP, _PERCENT, _COMMA, _POINT = map(_byte, (SPACE, STOP, "%", ",", "."))
_HELD, _INK = map(_byte, (_HELD_SIGN, _INK_SIGN))
_INKED_PERCENT = _INK + _PERCENT + _INK

_BREAK = "\r"  # no line of a display form holds it
_NEWLINE = _byte("\n")
_SEPARATORS = SPACE + STOP

_SHOWN = [display_table().get(ord(char), char) for char in EVERYDAY]
_TIDY = bytes(_SLOT[char or "\x00"] for char in _SHOWN).ljust(256, b"\x00")
_DROPPED = bytes(slot for slot, char in enumerate(_SHOWN) if char is None)
_VOWELS = bytes(unicodedata.combining(char) > 0 for char in EVERYDAY).ljust(256, b"\x00")
_TWO_VOWELS = b"\x01\x01"

_DIGIT = _class("0123456789")
_LETTERS = "".join(char for char in EVERYDAY if re.fullmatch(r"[^\W\d_]", char))
_LETTER = _class("".join(char for char in _LETTERS if char not in _HELD_SIGN + _INK_SIGN + _LINE_SIGN))
_LATIN, _ALNUM = (_class("abcdefghijklmnopqrstuvwxyz" + more) for more in ("", "0123456789"))
_P, _C = _class("."), _class(",")

# As in `fold`, with a class of bytes for each class of characters. Each begins with one byte, so that the
# engine jumps from one to the next. Group 1 tells that the mark is a decimal one, group 2 that it groups
# digits. A comma before a space, as nearly all are, is no match and just goes.
_ODD_COMMA = _compiled(
    f"{_C}(?! )(?:(?<={_DIGIT}{_C})(?:(?={_DIGIT}{{1,2}}(?!{_class('0123456789,.')}))"
    f"(?<!{_C}{_DIGIT}{_C})(?<!{_C}{_DIGIT}{{2}}{_C})()|(?={_DIGIT}{{3}}(?!{_DIGIT}))()))?"
)
_KNOWN_POINT = _compiled(
    f"{_P}(?:(?<!{_class(' .,' + STOP + _INK_SIGN + _LINE_SIGN, but=True)}{_LETTER}{_P})(?<={_LETTER}{_P})"
    f"|(?={_ALNUM})(?:(?={_DIGIT})(?<={_DIGIT}{_P})()|(?<={_ALNUM}{_P})(?={_LATIN})))"
)
_SPACES = _compiled("  +")
# One string is searched with vector instructions; `in` stumbles over each single space.
_TWO_SPACES = BytesAhoCorasick([_SPACE + _SPACE]).find_matches_as_indexes


_KINDS_OF_LETTERS = [
    bytes(slot for slot, char in enumerate(EVERYDAY) if re.fullmatch(kind, char))
    for kind in ("[\u0621-\u064a\u0671]", "[\u0672-\u06ff]", "[A-Za-z\u00c0-\u024f]")
]


@cache
def _tables(lang: str) -> tuple[bytes, bytes]:
    """Give the folding table of a language as bytes: what each byte becomes, and which are deleted."""
    folded = EVERYDAY.translate(folding(lang))
    pairs = zip(EVERYDAY, folded, strict=True)
    kept = (_INK_SIGN if fold == SPACE != char else fold for char, fold in pairs)
    gone = bytes(slot for slot, char in enumerate(folded) if char == GONE)
    return bytes(_SLOT[char] for char in kept).ljust(256, b"\x00"), gone


@cache
def _line_tables(lang: str) -> tuple[bytes, bytes]:
    """Give the tables of `_tables` that keep what `_BREAK` becomes."""
    table, gone = _tables(lang)
    at = _SLOT[_BREAK]
    return table[:at] + _byte(_LINE_SIGN) + table[at + 1 :], gone


@lru_cache(maxsize=4_096)
def _stand_in(char: str) -> bytes | None:
    """Give the everyday characters that fold as a rare one does; None where its neighbours have a say."""
    composed = unicodedata.normalize("NFKC", char.translate(BEFORE_NFKC)).lower()
    if re.match(f"[{MISUSED}]", char) or any(map(unicodedata.combining, composed)):
        return None
    plain = (part if part in _SLOT else _RARE[ord(part)] for part in composed)
    slots = [_SLOT.get(part) for part in plain]
    return None if None in slots else bytes(slot for slot in slots if slot is not None)


_RARE = folding(None)


def _stood_in(error: UnicodeError) -> tuple[bytes, int]:
    """Encode a run of rare characters by everyday ones, or let the error stand."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    stand_ins = [_stand_in(char) for char in error.object[error.start : error.end]]
    if None in stand_ins:
        raise error
    return b"".join(filter(None, stand_ins)), error.end


_RARE_AS_EVERYDAY = "marsad-rare-as-everyday"
codecs.register_error(_RARE_AS_EVERYDAY, _stood_in)


def everyday_match(text: str, lang: str) -> str | None:
    """Give the match form of `text` in base language `lang`, or None where it holds a rarer character."""
    try:
        data = codecs.charmap_encode(text, _RARE_AS_EVERYDAY, _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    return decoded(everyday_folded(data, lang))


def everyday_folded(data: bytes, lang: str) -> bytes:
    """Give the match form of a text of everyday characters; both are one byte a character."""
    return _matched(data.translate(*_tables(lang)))


def decoded(data: bytes) -> str:
    """Give the text that bytes of the code page stand for."""
    return codecs.charmap_decode(data, "strict", EVERYDAY)[0]


def everyday_matches(lines: Sequence[str], lang: str) -> list[str] | None:
    """Give the match form of each line, all in one pass; None where a line holds a rarer character."""
    try:
        data = codecs.charmap_encode(_BREAK.join(lines), _RARE_AS_EVERYDAY, _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    data = data.translate(*_line_tables(lang))
    if data.count(_byte(_LINE_SIGN)) != len(lines) - 1:
        return None
    return [line.strip(_SEPARATORS) for line in decoded(_matched(data)).split(_LINE_SIGN)]


def _matched(folded: bytes) -> bytes:
    data = _marks(folded).replace(_PERCENT, _INKED_PERCENT)
    return _even_spaces(data).replace(_HELD, _POINT)


def everyday_letters(text: str) -> Letters | None:
    """Count the letters that tell a language; None where the text holds a rarer character."""
    try:
        data = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    return Letters(*(len(data) - len(data.translate(None, kind)) for kind in _KINDS_OF_LETTERS))


def everyday_display(text: str) -> str | None:
    """Clean a text for reading, but for its kashidas; None where it holds a rarer character."""
    try:
        data = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    clean = data.translate(_TIDY, _DROPPED)
    if _TWO_SPACES(clean):
        clean = _SPACES.sub(_SPACE, clean)
    clean = _joined(clean, _NEWLINE, _NEWLINE)
    shown = text if clean == data else decoded(clean)
    # Of everyday characters no two compose, so NFC but puts the vowel signs of a letter in order.
    in_order = _TWO_VOWELS not in clean.translate(_VOWELS)
    return shown if in_order else unicodedata.normalize("NFC", within_30_marks(shown))


def _marks(data: bytes) -> bytes:
    """Decide what each `.` and `,` is: in a number, in an abbreviation, a stop, a separator."""
    if _COMMA in data:
        data = _ODD_COMMA.sub(_comma, data).replace(_COMMA, b"")
    if _POINT in data:
        data = _KNOWN_POINT.sub(_point, data).replace(_POINT, _STOP)
    return data


def _comma(found: re.Match[bytes]) -> bytes:
    return _HELD if found.lastindex == 1 else b"" if found.lastindex else _INK


def _point(found: re.Match[bytes]) -> bytes:
    return _HELD if found.lastindex else _INK


def _even_spaces(data: bytes) -> bytes:
    if _INK in data:
        data = _joined(data, _INK, _SPACE)
    if _TWO_SPACES(data):
        data = _SPACES.sub(_SPACE, data)
    return _joined(data, _STOP, _STOP)


def _joined(data: bytes, at: bytes, by: bytes) -> bytes:
    """Part `data` at one byte and join what is left of each part, less the spaces around it, by another."""
    return by.join(filter(None, map(bytes.strip, data.split(at))))
