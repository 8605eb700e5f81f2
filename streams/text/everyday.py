"""The match form of a text that holds everyday characters only, made in bytes.

`EVERYDAY` is a code page, so such a text is one byte a character: the folding table is one `bytes.translate`,
which deletes too, and every later look is at bytes. It takes a fifth of the time that the same steps take on
Arabic `str`. The steps and their order are those of `fold.match`; tests hold the two to one result.
"""

import codecs
import re
from functools import cache

from streams.text.letters import EVERYDAY, GONE, SPACE, STOP, folding

_SLOT = {char: slot for slot, char in enumerate(EVERYDAY)}
_ENCODING = codecs.charmap_build(EVERYDAY.ljust(256, "\ufffe"))


def _byte(char: str) -> bytes:
    return bytes([_SLOT[char]])


def _class(chars: str) -> str:
    return "[" + "".join(f"\\x{_SLOT[char]:02x}" for char in chars) + "]"


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"), re.DOTALL)


# Folded text never holds أ nor إ, so their bytes are free for a while: one for a decimal point, one for ink
# that is a separator, which is far rarer than a space and so much sooner found.
_HELD_SIGN, _INK_SIGN = "أ", "إ"
_SPACE, _STOP, _PERCENT, _COMMA, _POINT = map(_byte, (SPACE, STOP, "%", ",", "."))
_HELD, _INK = map(_byte, (_HELD_SIGN, _INK_SIGN))
_TWO_SPACES = _SPACE + _SPACE
_INKED_PERCENT = _INK + _PERCENT + _INK

_DIGIT = _class("0123456789")
_LETTERS = "".join(char for char in EVERYDAY if re.fullmatch(r"[^\W\d_]", char))
_LETTER = _class("".join(char for char in _LETTERS if char not in _HELD_SIGN + _INK_SIGN))
_LATIN, _ALNUM = (_class("abcdefghijklmnopqrstuvwxyz" + more) for more in ("", "0123456789"))
_P, _C = _class("."), _class(",")

# As in `fold`, with a class of bytes for each class of characters. Each begins with one byte, so that the
# engine jumps from one to the next; the empty group tells that the mark is a decimal one.
_NUMBER_COMMA = _compiled(
    f"{_C}(?<={_DIGIT}{_C})(?:(?={_DIGIT}{{1,2}}(?!{_class('0123456789,.')}))"
    f"(?<!{_C}{_DIGIT}{_C})(?<!{_C}{_DIGIT}{{2}}{_C})()|(?={_DIGIT}{{3}}(?!{_DIGIT})))"
)
_KNOWN_POINT = _compiled(
    f"{_P}(?:(?={_DIGIT})(?<={_DIGIT}{_P})()|(?<={_class(' .,' + STOP + _INK_SIGN)}{_LETTER}{_P})"
    f"|(?<=\\A{_LETTER}{_P})|(?<={_ALNUM}{_P})(?={_LATIN}))"
)


@cache
def _tables(lang: str) -> tuple[bytes, bytes]:
    """Give the folding table of a language as bytes: what each byte becomes, and which are deleted."""
    folded = EVERYDAY.translate(folding(lang))
    pairs = zip(EVERYDAY, folded, strict=True)
    kept = (_INK_SIGN if fold == SPACE != char else fold for char, fold in pairs)
    gone = bytes(slot for slot, char in enumerate(folded) if char == GONE)
    return bytes(_SLOT[char] for char in kept).ljust(256, b"\x00"), gone


def everyday_match(text: str, lang: str) -> str | None:
    """Give the match form of `text` in base language `lang`, or None where it holds a rarer character."""
    try:
        data = codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None
    table, gone = _tables(lang)
    data = _marks(data.translate(table, gone)).replace(_PERCENT, _INKED_PERCENT)
    return codecs.charmap_decode(_even_spaces(data).replace(_HELD, _POINT), "strict", EVERYDAY)[0]


def _marks(data: bytes) -> bytes:
    """Decide what each `.` and `,` is: in a number, in an abbreviation, a stop, a separator."""
    if _COMMA in data:
        data = _NUMBER_COMMA.sub(_held_or_gone, data).replace(_COMMA, _INK)
    if _POINT in data:
        data = _KNOWN_POINT.sub(_held_or_ink, data).replace(_POINT, _STOP)
    return data


def _held_or_gone(found: re.Match[bytes]) -> bytes:
    return _HELD if found[1] is not None else b""


def _held_or_ink(found: re.Match[bytes]) -> bytes:
    return _HELD if found[1] is not None else _INK


def _even_spaces(data: bytes) -> bytes:
    if _INK in data:
        data = _joined(data, _INK, _SPACE)
    while _TWO_SPACES in data:
        data = data.replace(_TWO_SPACES, _SPACE)
    return _joined(data, _STOP, _STOP)


def _joined(data: bytes, at: bytes, by: bytes) -> bytes:
    """Part `data` at one byte and join what is left of each part, less the spaces around it, by another."""
    return by.join(filter(None, map(bytes.strip, data.split(at))))
