"""Quotations, and who speaks where the text names one.

A quotation is what stands between marks and is speech: at least four words, or anything after a colon, or
two or three words where a comma and who said them follow; «داعش» is a name. Offsets are of the text given,
so `text[start:end]` is the quotation. Words are walked one by one: patterns over free text cost milliseconds
here, and on hostile text minutes.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice

from events.article import Quote

MIN_WORDS = 4
MAX_NAME = 9
"""Words of a speaker with title and office: الناطق باسم القيادة العامة للقوات المسلحة اللواء يحيى رسول."""

_OFFICE = 4
"""Words in small letters that may stand before an English name: "police spokesman Ali Hassan said"."""

MAX_QUOTES = 300
"""No article has more; a page of nothing but marks does."""

_WINDOW = 160
# Straight marks open and close alike, so they pair in order; none pairs across a paragraph.
# Typists close with whatever mark the keyboard gives: « by ", “ by », where none of its own kind follows.
_QUOTED = re.compile(
    r"«([^«»\n]{2,3000})»|“([^“”\n]{2,3000})”|\"([^\"\n]{2,3000})\""
    r"|«([^«»\"\n]{2,3000})\"|“([^“”«»\"\n]{2,3000})[»\"]"
    # Single marks are apostrophes too, so words have to end where they do; Iraqi papers double brackets.
    r"|‘(?<!\w‘)([^‘\n]{2,3000}?)’(?!\w)|'(?<!\w')([^'\n]{8,3000})'(?!\w)|„([^„“”\n]{2,3000})[“”]"
    r"|\(\(([^()\n]{2,3000})\)\)"
)
_ANY_MARK = re.compile(r"[«“\"‘'„(](?:(?<!\()|(?=\())")
_TOKEN = re.compile(r"[^\s«»“”\"()\[\].,:;،؛؟!?…]+|[.,:;،؛؟!?…]")
_CLAUSE_END = frozenset(".؟!?؛;…")
_PAUSES = frozenset(",:،")
# Hamzas do not count; a final ى does, since على is a preposition and علي a name.
_EVEN = str.maketrans("أإآ", "ااا", "ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")


@dataclass(frozen=True, slots=True)
class _Words:
    verbs: frozenset[str]
    ends: frozenset[str]
    leads: frozenset[str]
    according: frozenset[str]
    english: frozenset[str]
    titles: frozenset[str]
    quoting: frozenset[str]
    unnamed: frozenset[str]


@cache
def _words() -> _Words:
    table = tomllib.loads(resources.files(__package__).joinpath("quotes.toml").read_text("utf-8"))
    sets = {name: frozenset(words.translate(_EVEN).split()) for name, words in table.items()}
    return _Words(**sets)


def quotes(text: str) -> tuple[Quote, ...]:
    """Give the quotations of `text`, in order."""
    return tuple(islice(_quotes(text), MAX_QUOTES)) if _ANY_MARK.search(text) else ()


def _quotes(text: str) -> Iterator[Quote]:
    last: Quote | None = None
    for found in _QUOTED.finditer(text):
        start, end = found.span(found.lastindex or 1)
        inner = text[start:end]
        start, end = start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())
        before = text[max(0, found.start() - _WINDOW) : found.start()].rpartition("\n")[2]
        speech = before.rstrip().endswith(":")
        clause = text.count(" ", start, end) >= MIN_WORDS - 1 and not _announces_title(before)
        after = text[found.end() : found.end() + _WINDOW].partition("\n")[0]
        if start < end and (speech or clause or _is_said(before, inner, after)):
            speaker = _speaker(before, after)
            if speaker is None and last and last.speaker and _goes_on(text[last.end : found.start()], last):
                speaker = last.speaker
            last = Quote(text=text[start:end], start=start, end=end, speaker=speaker)
            yield last


def _goes_on(between: str, last: Quote) -> bool:
    """Tell whether only the speaker of the last quotation stands between: "No," he said. "Never"."""
    told = _TOKEN.findall(between)
    named = (last.speaker or "").split()
    closed = len(told) > len(named) and told[-1] in _CLAUSE_END and "\n" not in between
    left = [word for word in told if word not in named and word not in _PAUSES and word not in _CLAUSE_END]
    return closed and len(left) == 1 and (_is_verb(left[0]) or left[0].lower() in _words().english)


def _is_said(before: str, inner: str, after: str) -> bool:
    """Tell whether few words are speech: «سنواصل العمل»، قال الوزير. "And" begins a new clause."""
    if " " not in inner.strip() or _announces_title(before):
        return False
    paused = inner.rstrip()[-1:] in _PAUSES or after.lstrip()[:1] in _PAUSES
    goes_on = after.lstrip("،, ")[:1] != "و"
    return paused and goes_on and _named_after(_TOKEN.findall(after)) is not None


def _announces_title(before: str) -> bool:
    last = before.split()[-1:]
    return bool(last) and last[0].lower().translate(_EVEN) in _words().titles


def _speaker(before: str, after: str) -> str | None:
    return _named_before(_TOKEN.findall(before)) or _named_after(_TOKEN.findall(after))


def _named_before(tokens: list[str]) -> str | None:
    """Read "… وقال الوزير أحمد علي في بيان:" and "Ali Hassan said:"."""
    while tokens and tokens[-1] in _PAUSES:
        tokens = tokens[:-1]
    source = None  # a verb of the clause comes before "according to"
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at] in _CLAUSE_END:
            return source
        if _is_verb(tokens[at]):
            return _name(_quoted_from(tokens[at:])[1:])
        source = source or (_source(tokens[at + 1 :]) if _is_according(tokens[at]) else None)
        if tokens[at].lower() == "according" and tokens[at + 1 : at + 2] == ["to"]:
            return _english_source(tokens[at + 2 :])
        if tokens[at].lower() in _words().english:
            parted = at > 0 and tokens[at - 1] == ","
            before = tokens[: at - parted]
            name = _capitals(before[::-1], backwards=True)
            return name if name and (not parted or _is_between_commas(before, name)) else None
    return source


def _is_between_commas(tokens: list[str], name: str) -> bool:
    """Tell "the mayor, Karen Olsen, said" from "in Basra, said"."""
    return tokens[-len(name.split()) - 1 :][:1] == [","]


def _english_source(tokens: list[str]) -> str | None:
    """Give the words of "according to the ministry," up to the pause."""
    end = next((at for at, word in enumerate(tokens) if not word[0].isalpha()), len(tokens))
    return " ".join(tokens[:end]) if 0 < end <= _OFFICE else None


def _named_after(tokens: list[str]) -> str | None:
    """Read "»، قال الوزير أحمد علي." and `" said Ali Hassan` and `" Hassan said`."""
    while tokens and tokens[0] in _PAUSES:
        tokens = tokens[1:]
    if len(tokens) > 1 and _is_according(tokens[0]) and tokens[1] not in _WHAT:
        return _source(tokens[1:])
    while tokens and (tokens[0] in _PAUSES or tokens[0].translate(_EVEN) in _words().leads):
        tokens = tokens[1:]
    if not tokens:
        return None
    if _is_verb(tokens[0]):
        return _name(tokens[1:])
    if tokens[0].lower() in _words().english:
        told = [word for word in tokens[1:] if word != "to"]
        # said border chief Dilshad Rauf
        office = next((at for at, word in enumerate(told[:_OFFICE]) if word[0].isupper()), 0)
        plain = all(word[0].isalpha() for word in told[:office])
        return _capitals(told[office:] if plain else told)
    office = next((at for at, word in enumerate(tokens[:_OFFICE]) if word[0].isupper()), 0)
    tokens = tokens[office:]
    name = _capitals(tokens)
    tokens = _without_apposition(tokens, name)
    follows = tokens[len(name.split())] if name and len(name.split()) < len(tokens) else ""
    return name if follows.lower() in _words().english else None


def _without_apposition(tokens: list[str], name: str | None) -> list[str]:
    """Leave out what stands between commas after a name: "Ahmed Salim, a shopkeeper, said"."""
    begin = len((name or "").split())
    if not begin or tokens[begin : begin + 1] != [","]:
        return tokens
    end = next((at for at in range(begin + 1, min(begin + MAX_NAME, len(tokens))) if tokens[at] == ","), None)
    return tokens if end is None else tokens[:begin] + tokens[end + 1 :]


def _is_verb(token: str) -> bool:
    even = token.translate(_EVEN)
    return even in _words().verbs or (even[:1] == "و" and even[1:] in _words().verbs)


def _is_according(token: str) -> bool:
    even = token.translate(_EVEN)
    return even in _words().according or (even[:1] == "و" and even[1:] in _words().according)


_WHAT = ("ما", "لما", "قول")


def _source(tokens: list[str]) -> str | None:
    """Give the name behind "according to"; "بحسب تعبيره" names nobody."""
    return None if not tokens or tokens[0].endswith(("ه", "ها", "هم", "هما")) else _name(tokens)


def _name(tokens: list[str]) -> str | None:
    """Give the words up to the first that cannot be part of a name; None where that is no name."""
    name: list[str] = []
    for word in tokens[: MAX_NAME + 1]:
        # "فإن" would be "فان" without its hamza, as in "فان غال".
        known = word == "فإن" or word.translate(_EVEN) in _words().ends or _is_verb(word)
        if known or not word[0].isalpha():
            break
        name.append(word)
    return " ".join(name) if 0 < len(name) <= MAX_NAME else None


def _quoted_from(tokens: list[str]) -> list[str]:
    """Give the words from "عن" on where a body quotes somebody: "ونقلت الوكالة عن الوزير قوله".

    A witness or source without a name is nobody, and so is the agency that quotes him.
    """
    quoting = tokens[0].translate(_EVEN).removeprefix("و") in _words().quoting
    if not quoting or "عن" not in tokens[:MAX_NAME]:
        return tokens
    tokens = tokens[tokens.index("عن") :]
    return [] if set(tokens[1:2]) & _words().unnamed else tokens


_PARTICLE = re.compile(r"(?:al|el)-[A-Z]|(?:bin|ibn|abu|al|el)$")


def _capitals(tokens: list[str], *, backwards: bool = False) -> str | None:
    name: list[str] = []
    for token in tokens[:MAX_NAME]:
        if not token[0].isupper() and not _PARTICLE.match(token):
            break
        name.append(token)
    return " ".join(name[::-1] if backwards else name) or None
