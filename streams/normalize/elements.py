"""What one element of a dateline is: an agency, a place, a date, a desk word, or a name that no table knows.

Takes the text between two marks, decides by the tables `agencies.toml` and `places.toml`.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from events.hijri import WORDS as HIJRI
from events.months import MONTHS, ORDINALS, SHARED, WEEKDAYS
from streams.normalize.names import Agency, key_of, tables

MAX_WORDS = 16
"""Longer elements are sentences; a date of two calendars between a city and an agency has fifteen."""

_DATE_WORDS = frozenset("ه هـ م الموافق موافق يوم اليوم من عام سنه gmt بتاريخ في".split())
_FIGURE = re.compile(r"[0-9]+[هم]?")  # "1448هـ", "2026م"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: what of a dateline it is. `unknown` may be a by-line."""

    text: str
    place: bool = False
    city: bool = False
    agency: Agency | None = None
    outlet: bool = False
    date: bool = False
    desk: bool = False
    unknown: bool = False
    place_text: str = ""
    agency_text: str = ""
    date_text: str = ""


@lru_cache(maxsize=4_096)  # a newsroom opens all its items with a few datelines
def classify(text: str, source_name: str | None) -> Element | None:
    """Tell what an element is; None where it is too long to be one, or is a sentence."""
    key = key_of(text)
    words = key.split()
    if not words or len(words) > MAX_WORDS:
        return None
    return (
        _listed(text, key, source_name)
        or _compound(text)
        or _outlet_from(text, key, source_name)
        or _hyphened(text)
        or _cities(text)
        or _by_line(text, words)
    )


def _listed(text: str, key: str, source_name: str | None) -> Element | None:
    """Find an element as a whole in the tables; the source's own name counts as one."""
    known = tables()
    agency = known.agencies.get(key) or known.agencies.get(key.removeprefix(_medium(key)))
    if agency:
        return Element(text, agency=agency, agency_text=text)
    if source_name and key == key_of(source_name):
        return Element(text, outlet=True)
    if key in known.cities or key in known.countries:
        return Element(text, place=True, city=key in known.cities, place_text=text)
    if key in known.desk:
        return Element(text, desk=True)
    return Element(text, date=True, date_text=text) if _is_date(key.split()) else None


_MEDIUM = re.compile("(?:صحيفه|جريده|وكاله|قناه|موقع|مجله|شبكه|اذاعه) ")


def _medium(key: str) -> str:
    """Give the word for a kind of outlet that opens a name: "صحيفة الزمان"."""
    found = _MEDIUM.match(key)
    return found[0] if found else ""


def _outlet_from(text: str, key: str, source_name: str | None) -> Element | None:
    """Read the source's own name before a city: "عين دجلة من بغداد"."""
    own = key_of(source_name) if source_name else ""
    if not own or not key.startswith(own + " "):
        return None
    joint, _, city = key[len(own) + 1 :].partition(" ")
    if joint not in tables().joints or city not in tables().cities:
        return None
    shown = text.split()
    names = len(own.split())
    return Element(
        text,
        place=True,
        city=True,
        outlet=True,
        place_text=" ".join(shown[names + 1 :]),
        agency_text=" ".join(shown[:names]),
    )


def _by_line(text: str, words: list[str]) -> Element | None:
    """Take up to four words that begin no sentence for a name."""
    fits = len(words) <= 4 and words[0] not in tables().speech
    return Element(text, unknown=True) if fits and not any(word[0].isdigit() for word in words) else None


def _is_date(words: list[str]) -> bool:
    """Tell whether all words belong to a date, of either calendar, and one of them tells a day or a year."""
    names = (MONTHS, SHARED, ORDINALS, WEEKDAYS, HIJRI, _DATE_WORDS)
    if not any(word[0].isdigit() or word in WEEKDAYS for word in words):
        return words == ["امس"]
    return all(_FIGURE.fullmatch(word) or any(word in known for known in names) for word in words)


def is_month(text: str) -> bool:
    """Tell whether an element is but a month's name, as in "21 تشرين الثاني (نوفمبر)"."""
    words = key_of(text).split()
    return bool(words) and all(any(word in known for known in (MONTHS, SHARED, ORDINALS)) for word in words)


def _compound(text: str) -> Element | None:
    """Read an element without marks inside.

    "الرياض 25 شوال 1436 هـ واس", "رام الله 21-11-2026 وفا", "وفا رام الله", "الزمان من بغداد".
    """
    shown = text.split()
    keys = [key_of(part) for part in shown]
    return (
        _place_first(text, shown, keys) or _agency_first(text, shown, keys) or _date_first(text, shown, keys)
    )


def _phrase(keys: list[str]) -> str:
    return " ".join(key for key in keys if key)


def _place_first(text: str, shown: list[str], keys: list[str]) -> Element | None:
    known = tables()
    for place in range(min(3, len(keys) - 1), 0, -1):
        if _phrase(keys[:place]) not in known.cities:
            continue
        for end in range(max(place, len(keys) - 4), len(keys) + 1):
            agency = known.agencies.get(_phrase(keys[end:]))
            middle = _phrase(keys[place:end]).split()
            if (end == len(keys) or agency) and (middle or agency) and (not middle or _is_date(middle)):
                return Element(
                    text,
                    place=True,
                    city=True,
                    date=bool(middle),
                    agency=agency,
                    place_text=" ".join(shown[:place]),
                    agency_text=" ".join(shown[end:]),
                    date_text=" ".join(shown[place:end]),
                )
    return None


def _agency_first(text: str, shown: list[str], keys: list[str]) -> Element | None:
    known = tables()
    for size in range(1, min(4, len(keys) - 1) + 1):
        agency = known.agencies.get(_phrase(keys[:size]))
        if agency is None:
            continue
        joint = size < len(keys) and keys[size] in known.joints
        start = size + joint
        for end in range(len(keys), start, -1):
            date = _phrase(keys[end:]).split()
            if _phrase(keys[start:end]) in known.cities and (not date or _is_date(date)):
                return Element(
                    text,
                    place=True,
                    city=True,
                    agency=agency,
                    date=bool(date),
                    place_text=" ".join(shown[start:end]),
                    agency_text=" ".join(shown[:size]),
                    date_text=" ".join(shown[end:]),
                )
    return None


def _date_first(text: str, shown: list[str], keys: list[str]) -> Element | None:
    """Read "21-11-2026 بغداد" and "السبت 21 نوفمبر 2026 بغداد واع"."""
    if not (keys[0][:1].isdigit() or keys[0] in WEEKDAYS or keys[0] == "اليوم"):
        return None
    for size in range(len(keys) - 1, 0, -1):
        if _is_date(_phrase(keys[:size]).split()):
            rest = " ".join(shown[size:])
            found = _listed(rest, key_of(rest), None) or _compound(rest)
            if found and (found.place or found.agency) and not found.date:
                return replace(found, text=text, date=True, date_text=" ".join(shown[:size]))
    return None


def _cities(text: str) -> Element | None:
    """Read cities joined by "and": "بغداد وأربيل"; the first is where."""
    names = re.split(r"\s+و(?=\S)", text)
    if len(names) < 2 or not all(key_of(name) in tables().cities for name in names):
        return None
    return Element(text, place=True, city=True, place_text=names[0])


_HYPHEN = re.compile("[-–—]")


def _hyphened(text: str) -> Element | None:
    """Read two elements that a hyphen without spaces joins: "بغداد-وكالات", "سبق-جدة"."""
    parts = _HYPHEN.split(text)
    if len(parts) != 2:
        return None
    found = [_listed(part, key_of(part), None) for part in parts if part]
    if len(found) != 2 or any(element is None for element in found):
        return None
    city = next((e for e in found if e and e.city), None)
    agency = next((e for e in found if e and e.agency), None)
    desk = any(e and e.desk for e in found)
    if city is None or not (agency or desk):
        return None
    return Element(
        text,
        place=True,
        city=True,
        agency=agency.agency if agency else None,
        desk=desk,
        place_text=city.text,
        agency_text=agency.text if agency else "",
    )
