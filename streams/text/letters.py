"""The folding table: what each character becomes in the match form, and what the display form drops.

Rows and reasons follow Lucene's ArabicNormalizer and CAMeL (final ى to ي; pyarabic's `normalize_alef` turns
it into ا: linuxscout/pyarabic#39), widened by what news really holds: Persian and Kurdish keyboards' letters,
three kinds of digits, bidi marks (U+061C is missed by most tools: google/sentencepiece#1331).
"""

import re
import unicodedata

GONE = "\x00"
"""Stands for a deleted character while lengths are kept."""

SPACE, STOP = " ", "\n"

_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
)
"""Bidi controls, BOM, soft hyphen and other characters without ink: dropped in both forms."""

_JOINERS = "\u200c\u200d"
_VOWELS = "".join(map(chr, [*range(0x64B, 0x653), 0x670]))
_LINES = "\n\r\x0b\x0c\x85\u2028\u2029"

_LETTERS = {
    "أإآٱٲٳ": "ا",
    "ؤ": "و",
    "ئىیۍ": "ي",
    "ةھہەۀۂۃۂ": "ه",
    "کڪ": "ك",
    "\u0674": GONE,
    "ς": "σ",
}
# Characters that NFKC must not see: ﷺ and its like would become phrases of up to 18 letters beside a
# name, 3½ would become 31⁄2, and "…" three points, the first of which could be a number's.
_NOT_SPREAD = "\ufdf0\ufdf1\ufdf5\ufdf9\ufdfa\ufdfb\ufdfd½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
BEFORE_NFKC = str.maketrans(dict.fromkeys(_NOT_SPREAD, SPACE) | {"…": STOP})
MISUSED = "\ufbd3-\ufbfb"
"""Uyghur and Urdu forms that fonts misuse for others (docling-project/docling#3929): left as they are."""

_MARKS = {
    "،٬": ",",
    "٫": ".",
    "٪": "%",
    "!?؟;؛…۔。।‼⁇⁈⁉": STOP,
    _LINES: STOP,
    "\t": SPACE,
    _INVISIBLE + _JOINERS + _VOWELS + "ـ": GONE,
}

# Urdu's ھ marks aspiration, Sorani's ە is a vowel: only Arabic text folds both to ه; ۀ is ە with a mark that
# every form drops. ZWNJ parts the pieces of one word there, and is as often typed as a space.
_BY_LANGUAGE = {
    "ckb": {"ەۀ": "ە", "\u200c": SPACE},
    "fa": {"\u200c": SPACE},
    "ur": {"ھ": "ھ", "\u200c": SPACE},
}
FOLDING_LANGUAGES = frozenset(_BY_LANGUAGE)


def _spread(rows: dict[str, str]) -> dict[int, str]:
    return {ord(char): target for chars, target in rows.items() for char in chars}


def _default(code: int) -> str:
    """Fold a character that no row names: letters and digits stay, ink is a separator, the rest goes."""
    char = chr(code)
    category = unicodedata.category(char)
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if category[0] in "LN":
        return char.lower()
    if category[0] == "M":
        return GONE if _is_bare_mark(code) else char
    if char in ".,%":
        return char
    return GONE if category in ("Cc", "Cf", "Cs") else SPACE


def _is_bare_mark(code: int) -> bool:
    """Tell whether a combining mark carries no letter: Arabic marks and variation selectors."""
    return 0x600 <= code <= 0x6FF or 0x8D0 <= code <= 0x8FF or 0xFE00 <= code <= 0xFE0F


class Folding(dict[int, str]):
    """A table for `str.translate` after NFKC; characters it has not met yet are added on sight."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _default(code)
        return folded


def folding(lang: str | None) -> Folding:
    """Give the table of a base language (`ckb`, `fa`, `ur` have rows of their own)."""
    own = _BY_LANGUAGE.get(lang or "", {})
    return Folding({**_spread(_LETTERS), **_spread(_MARKS), **_spread(own)})


def _alphabet() -> str:
    """Give the 256 characters of everyday news, as a code page: its map costs nanoseconds a character.

    ASCII stands where ASCII has it, so that the space is one for `bytes.strip`. What `bytes.strip` takes for
    white space beside it (9 to 13) are characters that every form drops; the line feed is not among them.
    """
    ascii_part = "".join(map(chr, range(0x20, 0x7F)))
    arabic = "".join(map(chr, [*range(0x60C, 0x60D), *range(0x61B, 0x61D), 0x61F, *range(0x621, 0x63B)]))
    arabic += "".join(map(chr, [*range(0x640, 0x653), *range(0x660, 0x66E), 0x670, 0x671, 0x6D4]))
    others = "ٹپچڈڑڕژڤکڪگڵںھہۀەۃۆیێے" + "".join(map(chr, range(0x6F0, 0x6FA)))
    signs = "\u00a0«»“”‘’‚„‹›–—…•·€£°″′"
    zero = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
    latin = "éèêëàâçôöîïûüùışŞğĞÉÖÜ"
    control = ("\x00" + zero + "\t\r" + others)[:0x20]
    rest = "\n" + arabic + ("\x00" + zero + "\t\r" + others)[0x20:] + signs + latin
    return control + ascii_part + rest


EVERYDAY = _alphabet()


def _presentation() -> dict[int, str]:
    """Map U+FE70-FEFC to base letters; elsewhere fonts misuse such forms (docling-project/docling#3929)."""
    table = {}
    for code in range(0xFE70, 0xFEFD):
        base = unicodedata.normalize("NFKC", chr(code))
        table[code] = base.removeprefix(" ").removeprefix("ـ") or base
    return table


def _odd_spaces() -> str:
    return "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def display_table() -> dict[int, str | None]:
    """Give what the display form replaces or drops, one character at a time."""
    table: dict[int, str | None] = dict(_presentation())
    table.update(dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)]))
    table.update(dict.fromkeys(map(ord, _INVISIBLE)))
    table.update({ord(char): " " for char in "\t" + _odd_spaces()})
    table.update({ord(char): "\n" for char in _LINES})
    return table


_MAX_MARKS = 30
_MANY_MARKS = re.compile(rf"[^\w\s][^\w\s]{{{_MAX_MARKS},}}")


def within_30_marks(text: str) -> str:
    """Drop the marks of a letter past the thirtieth (UAX 15 section 13): ordering n takes n * n steps."""
    # Of 31 marks in a row one stands at a place that 31 divides.
    if not any(map(unicodedata.combining, text[:: _MAX_MARKS + 1])):
        return text
    return _MANY_MARKS.sub(_first_marks, text)


def _first_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)
