"""The display form: cleaned for reading, spelled as written (fold.py says what both forms are)."""

import re
import unicodedata

from streams.text.everyday import everyday_display
from streams.text.letters import display_table, within_30_marks

_DISPLAY = display_table()
TO_CLEAN = re.compile("[" + "".join(f"\\U{code:08x}" for code in sorted(_DISPLAY) if code != 10) + "]")
_LETTER = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f"
RIDER = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
JOINER = "\u200c\u200d"
_SHORT_WORD = re.compile(f"(?:\\A|[^{_LETTER}{RIDER}{JOINER}ـ])[{_LETTER}]{{1,2}}\\Z")
_IN_WORD = re.compile(f"[{_LETTER}{RIDER}{JOINER}]")
_VOWEL_SIGN = re.compile(f"[{RIDER}]")
_KASHIDA = re.compile("ـ+")


def display(text: str, lang: str | None = None) -> str:
    """Clean `text` for reading: reversible, idempotent, never a letter lost.

    A kashida stays where it is a sign: alone as a bullet or dash, and after a short word (هـ, لـ«…»).
    `lang` is there for symmetry; no language asks for other cleaning yet.
    """
    everyday = everyday_display(text)
    if everyday is not None:
        if "ـ" not in everyday:
            return everyday
        return _nfc(_KASHIDA.sub(_kashida, everyday))
    if TO_CLEAN.search(text):
        text = TO_CLEAN.sub(_clean, text)
    if "ـ" in text:
        text = _KASHIDA.sub(_kashida, text)
    return even_spaces(text if text.isascii() else _nfc(text))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", within_30_marks(text))


def _clean(found: re.Match[str]) -> str:
    return _DISPLAY[ord(found[0])] or ""


def _kashida(run: re.Match[str]) -> str:
    """Drop a run of kashidas that touches a letter, but for one after a short word; a lone run stays."""
    text, start, end = run.string, run.start(), run.end()
    after = text[end : end + 1]
    vowel = _VOWEL_SIGN.match(after)
    if not vowel and _IN_WORD.match(after):
        return ""
    if not _IN_WORD.match(text[start - 1 : start]):
        return run[0]
    return "ـ" if not vowel and _SHORT_WORD.search(text[max(0, start - 3) : start]) else ""


def even_spaces(text: str) -> str:
    """Put one space between words and one line break between lines; no other white space comes in.

    Replacing pairs until none is left takes a third of the time of splitting and joining.
    """
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    while "\n\n" in text:
        text = text.replace("\n\n", "\n")
    return text.strip(" \n")
