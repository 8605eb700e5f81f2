"""What one element of a dateline is: an agency, a place, a date, a desk word, or a name that no table knows.

Takes the text between two marks, decides by the tables `agencies.toml` and `places.toml`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from events.months import MONTHS, ORDINALS, SHARED, WEEKDAYS
from streams.text.fold import match

MAX_WORDS = 16
"""Longer elements are sentences; a date of two calendars between a city and an agency has fifteen."""

_DATE_WORDS = frozenset("ه هـ م الموافق موافق يوم من عام سنه gmt بتاريخ".split())
_HIJRI = frozenset(
    "محرم صفر ربيع جمادي رجب شعبان رمضان شوال ذو ذي القعده الحجه "
    "الاول الاولي الثاني الثانيه الاخر الاخره".split()
)


@dataclass(frozen=True, slots=True)
class Agency:
    """One entry of `agencies.toml`."""

    name: str
    latin: str
    common: bool = False


@dataclass(frozen=True, slots=True)
class _Tables:
    agencies: dict[str, Agency]
    cities: frozenset[str]
    countries: frozenset[str]
    desk: frozenset[str]
    joints: frozenset[str]
    speech: frozenset[str]


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


@cache
def _tables() -> _Tables:
    agencies: dict[str, Agency] = {}
    table = _load("agencies.toml")
    for entry in table["agency"]:
        agency = Agency(entry["name"], entry["latin"], entry.get("common", False))
        agencies.update({_key(spelling): agency for spelling in entry["as"]})
    places = _load("places.toml")
    return _Tables(
        agencies=agencies,
        cities=frozenset(map(_key, places["cities"] + places["geonames"])),
        countries=frozenset(map(_key, places["countries"])),
        desk=frozenset(map(_key, table["words"]["desk"])),
        joints=frozenset(map(_key, table["words"]["from"])),
        speech=frozenset(map(_key, table["words"]["speech"])),
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _key(text: str) -> str:
    return match(text).replace("\n", " ")


def find_agency(text: str) -> Agency | None:
    """Give the agency that `text` names and nothing else, by any of its spellings."""
    return _tables().agencies.get(_key(text))


def agency_name(agency: Agency, lang: str) -> str:
    """Give the name of an agency as texts of `lang` write it."""
    return agency.name if lang in ("ar", "fa", "ckb", "ur", "ps") else agency.latin


def classify(text: str, source_name: str | None) -> Element | None:
    """Tell what an element is; None where it is too long to be one, or is a sentence."""
    key = _key(text)
    words = key.split()
    if not words or len(words) > MAX_WORDS:
        return None
    return _listed(text, key, source_name) or _compound(text, words) or _by_line(text, words)


def _listed(text: str, key: str, source_name: str | None) -> Element | None:
    """Find an element as a whole in the tables; the source's own name counts as one."""
    tables = _tables()
    if key in tables.agencies:
        return Element(text, agency=tables.agencies[key], agency_text=text)
    if source_name and key == _key(source_name):
        return Element(text, outlet=True)
    if key in tables.cities or key in tables.countries:
        return Element(text, place=True, city=key in tables.cities, place_text=text)
    if key in tables.desk:
        return Element(text, desk=True)
    return Element(text, date=True) if _is_date(key.split()) else None


def _by_line(text: str, words: list[str]) -> Element | None:
    """Take up to four words that begin no sentence for a name."""
    fits = len(words) <= 4 and words[0] not in _tables().speech
    return Element(text, unknown=True) if fits and not any(word[0].isdigit() for word in words) else None


def _is_date(words: list[str]) -> bool:
    """Tell whether all words belong to a date, of either calendar, and one of them tells a day or a year."""
    names = (MONTHS, SHARED, ORDINALS, WEEKDAYS, _HIJRI, _DATE_WORDS)
    if not any(word[0].isdigit() or word in WEEKDAYS for word in words):
        return False
    return all(word.isdigit() or any(word in known for known in names) for word in words)


def _compound(text: str, words: list[str]) -> Element | None:
    """Read an element without marks inside: "الزمان من بغداد", "الرياض 25 شوال 1436 هـ واس"."""
    tables = _tables()
    shown = text.split()
    if len(shown) != len(words):
        return None
    for place_size in range(min(3, len(words) - 1), 0, -1):
        place = " ".join(words[:place_size])
        if place not in tables.cities:
            continue
        for agency_size in range(min(4, len(words) - place_size), -1, -1):
            split = len(words) - agency_size
            agency = tables.agencies.get(" ".join(words[split:]))
            middle = words[place_size:split]
            if (agency_size == 0 or agency) and (middle or agency) and (not middle or _is_date(middle)):
                return Element(
                    text,
                    place=True,
                    city=True,
                    date=bool(middle),
                    agency=agency,
                    place_text=" ".join(shown[:place_size]),
                    agency_text=" ".join(shown[split:]),
                )
    for size in range(1, min(4, len(words) - 1)):
        agency = tables.agencies.get(" ".join(words[:size]))
        place = " ".join(words[size + 1 :])
        if agency and words[size] in tables.joints and place in tables.cities:
            return Element(
                text,
                place=True,
                city=True,
                agency=agency,
                place_text=" ".join(shown[size + 1 :]),
                agency_text=" ".join(shown[:size]),
            )
    return None
