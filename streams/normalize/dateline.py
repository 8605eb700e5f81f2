"""The dateline: what stands before the first sentence, out of the text and into fields.

Reads "بغداد - واع:", "واس - عدن:", "السومرية نيوز/ بغداد", "(القاهرة) - ", "الزمان من بغداد:", "BAGHDAD (Reuters) - ",
a line with both calendars' dates, by-lines beside an outlet. Every element has to be known (agency, city, date, desk
word); a name that is not known is taken for a by-line only beside an agency. Where in doubt, the text stays whole.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from events.article import Dateline
from events.months import MONTHS, ORDINALS, SHARED, WEEKDAYS
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.text.fold import match

MAX_CHARS = 140
"""A dateline ends within these."""

MAX_ELEMENTS = 6

# What parts elements or ends the dateline. A hyphen needs a space on one side: "آل-سعود" is one name.
_SEPARATOR = re.compile(r"\s*(?:[:/|()\[\]]|[،,]|(?<=\s)[-–—_ـ]+|[-–—_]+(?=\s|$)|--+|—)\s*")
_TERMINATORS = frozenset(":/-–—_|)ـ]")
_DATE_WORDS = frozenset("ه هـ م الموافق موافق يوم من عام سنه gmt بتاريخ".split())
_HIJRI = frozenset(
    "محرم صفر ربيع جمادي رجب شعبان رمضان شوال ذو ذي القعده الحجه الاول الاولي الثاني الثانيه الاخر الاخره".split()
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
class _Element:
    """One element: what of a dateline it is. `unknown` may be a by-line."""

    text: str
    place: bool = False
    city: bool = False
    agency: Agency | None = None
    outlet: bool = False
    date: bool = False
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


def take_dateline(draft: Draft) -> Draft:
    """Give the draft without its dateline, which is then a field and on record."""
    if not draft.lines:
        return draft
    first = draft.lines[0]
    found = _longest(first.text, draft.raw.source_name, more=len(draft.lines) > 1)
    if found is None:
        return draft
    end, elements = found
    raw, rest = first.text[:end].strip(), first.text[end:].strip()
    agency = next((e for e in elements if e.agency), None)
    outlet = next((e for e in elements if e.outlet), None)
    # Beside an agency, one word that nothing else is can only be where: towns outnumber any table.
    place = next((e.place_text for e in elements if e.place), None) or next(
        (e.text for e in elements if e.unknown and " " not in e.text), None
    )
    named = (agency and agency.agency_text) or (outlet and outlet.text) or None
    lines: tuple[Line, ...] = draft.lines[1:]
    if rest:
        lines = (rewritten(first, rest, draft.lang), *lines)
    return replace(
        draft,
        lines=lines,
        dateline=Dateline(raw=raw, place=place, agency=named),
        agency=agency_name(agency.agency, draft.lang) if agency and agency.agency else draft.agency,
        removed=(*draft.removed, removal("dateline", raw)),
    )


_CREDITED = re.compile(r"[:/|]\s*([^:/|]+?)\s*[.)]*$")
_BRACKETED = re.compile(r"^[(\[/*-]*\s*([^()\[\]]{2,40}?)\s*[)\]/*-]*\.?$")


def credit_agency(draft: Draft) -> Draft:
    """Give the draft with the agency that its foot names: "المصدر: رويترز", or a last line "(رويترز)", which goes."""
    if draft.agency:
        return draft
    for removed in draft.removed:
        named = _CREDITED.search(removed.text) if removed.kind == "credit" else None
        if named and (agency := find_agency(named[1])):
            return replace(draft, agency=agency_name(agency, draft.lang))
    last = draft.lines[-1] if len(draft.lines) > 1 else None
    named = _BRACKETED.match(last.text) if last and last.words <= 5 else None
    agency = find_agency(named[1]) if named else None
    if last is None or agency is None or (agency.common and not last.text.startswith("(")):
        return draft
    credited = replace(draft, agency=agency_name(agency, draft.lang))
    return credited.cut(draft.lines[:-1], (removal("credit", last.text),))


def agency_name(agency: Agency, lang: str) -> str:
    """Give the name of an agency as texts of `lang` write it."""
    return agency.name if lang in ("ar", "fa", "ckb", "ur", "ps") else agency.latin


def _longest(text: str, source_name: str | None, *, more: bool) -> tuple[int, list[_Element]] | None:
    """Find the longest head of `text` that is a dateline: its end and its elements."""
    best = None
    elements: list[_Element] = []
    start = 0
    head = text[:MAX_CHARS]
    for separator in _separators(head, whole=len(text) <= MAX_CHARS):
        part = head[start : separator.start].strip()
        start = separator.end
        if part:
            element = _classify(part, source_name)
            if element is None or len(elements) == MAX_ELEMENTS:
                break
            elements.append(element)
        rest = text[separator.end :].strip()
        if (
            separator.ends
            and elements
            and (rest or more)
            and _is_dateline(elements, separator, head[: separator.end], rest)
        ):
            best = (separator.end, list(elements))
    return best


@dataclass(frozen=True, slots=True)
class _Separator:
    start: int
    end: int
    sign: str

    @property
    def ends(self) -> bool:
        """Whether a dateline may end here."""
        return not self.sign or self.sign[-1] in _TERMINATORS


def _separators(head: str, *, whole: bool) -> Iterator[_Separator]:
    for found in _SEPARATOR.finditer(head):
        yield _Separator(found.start(), found.end(), found[0].strip())
    if whole:
        yield _Separator(len(head), len(head), "")


def _classify(text: str, source_name: str | None) -> _Element | None:
    """Tell what an element is; None where it is too long to be one."""
    key = _key(text)
    words = key.split()
    tables = _tables()
    if not words or len(words) > 16:
        return None
    if key in tables.agencies:
        return _Element(text, agency=tables.agencies[key], agency_text=text)
    if source_name and key == _key(source_name):
        return _Element(text, outlet=True)
    if key in tables.cities or key in tables.countries:
        return _Element(text, place=True, city=key in tables.cities, place_text=text)
    if key in tables.desk:
        return _Element(text)
    if _is_date(words):
        return _Element(text, date=True)
    if compound := _compound(text, words):
        return compound
    known_words = len(words) <= 4 and words[0] not in tables.speech and not any(w[0].isdigit() for w in words)
    return _Element(text, unknown=True) if known_words else None


def _is_date(words: list[str]) -> bool:
    """Tell whether all words belong to a date, of either calendar, and one of them tells a day or a year."""
    names = (MONTHS, SHARED, ORDINALS, WEEKDAYS, _HIJRI, _DATE_WORDS)
    if not any(word[0].isdigit() or word in WEEKDAYS for word in words):
        return False
    return all(word.isdigit() or any(word in known for known in names) for word in words)


def _compound(text: str, words: list[str]) -> _Element | None:
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
                return _Element(
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
            return _Element(
                text,
                place=True,
                city=True,
                agency=agency,
                place_text=" ".join(shown[size + 1 :]),
                agency_text=" ".join(shown[:size]),
            )
    return None


def _is_dateline(elements: list[_Element], last: _Separator, head: str, rest: str) -> bool:
    """Tell whether these elements before this mark make a dateline."""
    named = any(element.agency or element.outlet for element in elements)
    unknown = [at for at, element in enumerate(elements) if element.unknown]
    if named:
        # After the agency an unknown name is a by-line only where it ends a line or the dateline by a colon.
        if all(
            element.unknown or (element.agency and element.agency.common and not element.place)
            for element in elements
        ):
            return False
        late = bool(unknown) and unknown[-1] == len(elements) - 1
        return len(unknown) <= 1 and not (late and last.sign not in ("", ":"))
    if unknown or not any(element.city for element in elements):
        return False
    if any(element.date for element in elements):
        return True
    if not last.sign:
        return False
    if len(elements) > 1 and not head.startswith("("):
        return all(element.place for element in elements) and last.sign[-1] in ":-–—/"
    return _stands_alone(elements[0].text, last, head, rest)


def _stands_alone(place: str, last: _Separator, head: str, rest: str) -> bool:
    """Tell whether a city alone is a dateline: "(القاهرة) - ", "بغداد - ", "BAGHDAD: "; not "بغداد - عاصمة العراق - شهدت"."""
    if head.startswith("("):
        return last.sign[-1] in ":-–—"
    if last.sign[-1] == ")" or (place.isascii() and not place.isupper() and last.sign == ":"):
        return False
    return not re.search(r"\s[-–—]\s", rest[:60])
