r"""Two forms of a text, never one: the display form is shown, the match form is searched and compared.

    display: NFC, presentation forms as letters, no kashida inside words, no invisible characters, single
             spaces, single line breaks. Spelling (hamza, ى, ة, vowels) and punctuation stay as written.
    match:   lower-cased and folded by `letters`; words parted by one " ", sentences and paragraphs by one
             "\n"; digits 0-9 ("1,200" is "1200", "٣٫٥" is "3.5"), "%" a word of its own, no other
             punctuation.

`fold` gives the match form with the way back: every span of it names a span of the text given.
Everyday texts take a fast way: `EVERYDAY` is a code page of 256 characters, so folding is one charmap encode
and one charmap decode in C, and the match form alone is made in bytes (`everyday`); other characters are
folded piece by piece under NFKC, with the same result.
"""

import codecs
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from streams.text.display import JOINER, RIDER, TO_CLEAN, display, even_spaces
from streams.text.everyday import everyday_match, everyday_matches
from streams.text.letters import (
    BEFORE_NFKC,
    EVERYDAY,
    FOLDING_LANGUAGES,
    GONE,
    MISUSED,
    SPACE,
    STOP,
    Folding,
    folding,
    within_30_marks,
)

# The match form's version stands in every fingerprint: texts folded by other tables are never compared.
FOLD_VERSION = "1"

_HELD = "\x01"  # a character that a later step must not see; neither form ever holds it


@dataclass(frozen=True, slots=True)
class Folded:
    """A match form and its way back: character `i` stands for `[starts[i], ends[i])` of the original."""

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the original, half open, that a span of the match form stands for.

        Vowel signs and kashidas after the last letter belong to it. An empty span stays empty.
        """
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]


def match(text: str, lang: str | None = None) -> str:
    """Give the match form of `text`; `lang` (BCP 47) matters for Sorani, Persian and Urdu only."""
    everyday = everyday_match(text, base_language(lang))
    if everyday is None and TO_CLEAN.search(text):
        # Presentation forms and controls are rare letters of everyday ones; both forms fold alike.
        everyday = everyday_match(display(text), base_language(lang))
    if everyday is not None:
        return everyday
    letters = "".join(piece.text for piece in _pieces(text, base_language(lang), mapped=False))
    return even_spaces(_marks(letters.replace(GONE, "")).replace(GONE, "").replace("%", " % "))


def matches(lines: Sequence[str], lang: str | None = None) -> list[str]:
    """Give the match form of each line; as one pass over all, at half the time of `match` on each."""
    folded = everyday_matches(lines, base_language(lang)) if lines else []
    return [match(line, lang) for line in lines] if folded is None else folded


def fold(text: str, lang: str | None = None) -> Folded:
    """Give the match form of `text` with its offset map; `fold(x).text == match(x)`. Linear."""
    whole = array("i", range(len(text) + 1))
    folded: list[str] = []
    starts, ends = array("i"), array("i")
    for piece in _pieces(text, base_language(lang), mapped=True):
        folded.append(piece.text)
        if piece.even:
            starts += whole[piece.start : piece.end]
            ends += whole[piece.start + 1 : piece.end + 1]
        else:
            starts += array("i", [piece.start]) * len(piece.text)
            ends += array("i", [piece.end]) * len(piece.text)
    letters = _drop("".join(folded), starts, ends)
    return _close_gaps(_marks(letters.text), letters.starts, letters.ends)


class _Piece(NamedTuple):
    """What `[start, end)` of the original folds to; `even` where it does so character by character."""

    text: str
    start: int
    end: int
    even: bool


@cache
def _code_page(lang: str) -> tuple[Folding, str]:
    table = folding(lang)
    return table, EVERYDAY.translate(table)


_SLOTS = frozenset(EVERYDAY)
_EVERYDAY_MAP = codecs.charmap_build(EVERYDAY.ljust(256, "\ufffe"))
_EVERYDAY_CLASS = "".join(f"\\U{ord(char):08x}" for char in EVERYDAY)
# An everyday letter before a rare character goes with it: that may be a mark that composes with the letter.
_PIECE = re.compile(f"[{_EVERYDAY_CLASS}]+(?![^{_EVERYDAY_CLASS}])|[{_EVERYDAY_CLASS}]?[^{_EVERYDAY_CLASS}]+")
_KEPT_FORMS = re.compile(f"([{MISUSED}])")
_CLUSTER = re.compile(f".[{RIDER}\u0300-\u036f{JOINER}\ufe00-\ufe0f]*", re.DOTALL)


def _pieces(text: str, lang: str, *, mapped: bool) -> Iterator[_Piece]:
    """Fold `text` letter by letter; deleted characters stand as `GONE`: everyday pieces keep their length."""
    table, code_page = _code_page(lang)
    try:
        everyday = codecs.charmap_encode(text, "strict", _EVERYDAY_MAP)[0]
        yield _Piece(codecs.charmap_decode(everyday, "strict", code_page)[0], 0, len(text), True)
    except UnicodeEncodeError:
        for found in _PIECE.finditer(text):
            start, end = found.span()
            if text[end - 1] in _SLOTS:
                yield _Piece(found[0].translate(table), start, end, True)
            elif mapped:
                yield from _clusters(found[0], start, table)
            else:
                yield _Piece(_compose(found[0], table), start, end, False)


def _clusters(text: str, start: int, table: Folding) -> Iterator[_Piece]:
    """Fold a piece with rare characters one by one where that gives the same, else as a whole."""
    whole = _compose(text, table)
    clusters = [(found.start(), found.end(), _compose(found[0], table)) for found in _CLUSTER.finditer(text)]
    if "".join(piece for _, _, piece in clusters) == whole:
        for begin, end, piece in clusters:
            yield _Piece(piece, start + begin, start + end, False)
    else:
        yield _Piece(whole, start, start + len(text), False)


def _compose(text: str, table: Folding) -> str:
    """Fold by way of NFKC: composed first, since a hamza deleted as a mark may leave another letter."""
    text = within_30_marks(text).translate(BEFORE_NFKC)
    if not _KEPT_FORMS.search(text):
        return unicodedata.normalize("NFKC", text).lower().translate(table)
    parts = _KEPT_FORMS.split(text)
    composed = "".join(
        part if _KEPT_FORMS.match(part) else unicodedata.normalize("NFKC", part) for part in parts
    )
    return composed.lower().translate(table)


def base_language(lang: str | None) -> str:
    """Give the language whose folding differs from the common one, or the empty string."""
    if not lang:
        return ""
    base = lang.partition("-")[0].lower()
    return base if base in FOLDING_LANGUAGES else ""


_DECIMAL_POINT = re.compile(r"\.(?=[0-9])(?<=[0-9]\.)")
_DECIMAL_COMMA = re.compile(r",(?=[0-9]{1,2}(?![0-9,.]))(?<=[0-9],)(?<!,[0-9],)(?<!,[0-9]{2},)")
_GROUPING = re.compile(r",(?=[0-9]{3}(?![0-9]))(?<=[0-9],)")
_INITIAL = re.compile(r"\.(?:(?<=[ \n.,][^\W\d_]\.)|(?<=\A[^\W\d_]\.)|(?<=[a-z0-9]\.)(?=[a-z]))")


def _marks(text: str) -> str:
    """Decide what each `.` and `,` is: in a number, in an abbreviation, a stop, a separator; lengths stay."""
    if "," in text:
        text = _GROUPING.sub(GONE, _DECIMAL_COMMA.sub(_HELD, text)).replace(",", " ")
    if "." in text:
        text = _INITIAL.sub(" ", _DECIMAL_POINT.sub(_HELD, text)).replace(".", "\n")
    return text.replace(_HELD, ".")


_INK = re.compile(f"[^{GONE}]+")
_GAP = re.compile(f"[ \n%{GONE}]{{2,}}|[{GONE}%]")


def _drop(text: str, starts: "array[int]", ends: "array[int]") -> Folded:
    """Drop deleted characters; those after a letter (vowel signs, kashidas) belong to it."""
    if GONE not in text:
        return Folded(text, starts, ends)
    kept_starts, kept_ends = array("i"), array("i")
    for ink in _INK.finditer(text):
        if kept_ends and ink.start():
            kept_ends[-1] = ends[ink.start() - 1]
        kept_starts += starts[ink.start() : ink.end()]
        kept_ends += ends[ink.start() : ink.end()]
    if kept_ends:
        kept_ends[-1] = ends[-1]
    return Folded(text.replace(GONE, ""), kept_starts, kept_ends)


def _close_gaps(text: str, starts: "array[int]", ends: "array[int]") -> Folded:
    """Join runs of separators and set `%` apart, in the text and in its offset map alike."""
    parts: list[str] = []
    at_starts, at_ends = array("i"), array("i")
    done = 0
    for gap in _GAP.finditer(text):
        parts.append(text[done : gap.start()])
        at_starts += starts[done : gap.start()]
        at_ends += ends[done : gap.start()]
        for sign, at in _gap(gap[0], gap.start()):
            parts.append(sign)
            at_starts.append(starts[at])
            at_ends.append(ends[at])
        done = gap.end()
    parts.append(text[done:])
    at_starts += starts[done:]
    at_ends += ends[done:]
    return _strip("".join(parts), at_starts, at_ends)


def _gap(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Give what stands for a run of separators: the strongest of them once, and each `%` as a word."""
    separator = ""
    for at, sign in enumerate(text, start):
        if sign == "%":
            yield separator or " ", at
            yield "%", at
            separator = " "
        elif sign != GONE:
            separator = STOP if STOP in (separator, sign) else SPACE
    if separator:
        yield separator, start + len(text) - 1


def _strip(text: str, starts: "array[int]", ends: "array[int]") -> Folded:
    start = len(text) - len(text.lstrip(SPACE + STOP))
    end = max(start, len(text.rstrip(SPACE + STOP)))
    return Folded(text[start:end], starts[start:end], ends[start:end])
