"""The dateline: what stands before the first sentence, out of the text and into fields.

Reads "بغداد - واع:", "واس - عدن:", "السومرية نيوز/ بغداد", "(القاهرة) - ", "الزمان من بغداد:", "BAGHDAD
(Reuters) - ", a line with both calendars' dates, by-lines beside an outlet. Every element has to be known
(agency, city, date, desk word); a name that is not known is taken for a by-line only beside an agency.
Where in doubt, the text stays whole.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from events.article import Dateline
from events.days import stated_day
from streams.normalize.dates import item_day
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.normalize.elements import Element, classify, is_month
from streams.normalize.names import agency_name, find_agency, is_named_person, is_person
from streams.normalize.runon import run_on

MAX_CHARS = 140
"""A dateline ends within these."""

MAX_ELEMENTS = 6

# What parts elements or ends the dateline. A hyphen needs a space on one side: "آل-سعود" is one name.
# A slash inside a date parts nothing. The pattern begins with one character, to which the engine jumps.
_SEPARATOR = re.compile(
    r"[:|(\[{/)\]}،,–—_ـ-](?:(?<=[:|(\[{،,])|(?<=/)(?!(?<=\d/)\d)|(?<=[)\]}])\.?"
    r"|(?<=\s[-–—_ـ])[-–—_ـ]*|(?<=[-–—_])[-–—_]*(?=\s|$)|(?<=-)-+|(?<=—))"
)
_TERMINATORS = frozenset(":/-–—_|)ـ]}")


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
    place = place and place.strip(_QUOTES)
    named = (agency and agency.agency_text) or (outlet and (outlet.agency_text or outlet.text)) or ""
    lines: tuple[Line, ...] = draft.lines[1:]
    if rest:
        lines = (rewritten(first, rest, draft.lang), *lines)
    return replace(
        draft,
        lines=lines,
        dateline=Dateline(
            raw=raw, place=place, agency=named.strip(_QUOTES) or None, date=_day(elements, draft)
        ),
        by_line=(*draft.by_line, *(e.text for e in elements if e.unknown and e.text != place)),
        agency=agency_name(agency.agency, draft.lang) if agency and agency.agency else draft.agency,
        removed=(*draft.removed, removal("dateline", raw)),
    )


_QUOTES = "«»“”\"' "


def opens_with_dateline(text: str, source_name: str | None) -> bool:
    """Tell whether a paragraph opens with a dateline of its own, as each item of a round-up does."""
    return _longest(text, source_name, more=False) is not None


def _day(elements: list[Element], draft: Draft) -> str | UnsetType:
    """Give the day that the dateline names, "أمس" and a date without a year told by the item's own date."""
    named = " ".join(element.date_text for element in elements if element.date_text)
    day = stated_day(named, item_day(draft.raw)) if named else None
    return day.isoformat() if day else UNSET


# "المصدر: رويترز + وكالات", "ا ف ب/ع م", "رويترز."
_CREDITED = re.compile(
    r"^\W*(?:(?:المصدر|مصدر الخبر|المصادر|نقلا عن|عن|sources?)\s*[:/|]?\s*)?"
    r"([^:/|]+?)\s*[.)]*(?:/[^/]{0,12})?$",
    re.IGNORECASE,
)
_AMONG = re.compile(r"\s*[+،,&]\s*|\s+و\s*(?=\S)")
_TAIL = re.compile(r"(?<=[.!؟?»”\"])\s*\(([^()]{2,40})\)\.?$")
_BRACKETED = re.compile(r"^[(\[/*-]*\s*([^()\[\]]{2,40}?)\s*[)\]/*-]*\.?$")


def credit_agency(draft: Draft) -> Draft:
    """Give the draft with the agency its foot names: "المصدر: رويترز", or a last "(رويترز)", which goes."""
    if draft.agency:
        return draft
    for removed in draft.removed:
        named = _CREDITED.search(removed.text) if removed.kind == "credit" else None
        for name in _AMONG.split(named[1]) if named else ():
            if agency := find_agency(name):
                return replace(draft, agency=agency_name(agency, draft.lang))
    return _credited_by_last(draft) if draft.lines else draft


def _credited_by_last(draft: Draft) -> Draft:
    """Take "(رويترز)" off the end of the text, as a line of its own or after the last full stop."""
    ending = draft.lines[-1].text
    tail = _TAIL.search(ending) if ending.endswith((")", ").")) else None
    agency = find_agency(tail[1]) if tail else None
    if tail and agency:
        shorter = rewritten(draft.lines[-1], draft.lines[-1].text[: tail.start()], draft.lang)
        credited = replace(draft, agency=agency_name(agency, draft.lang))
        return credited.cut((*draft.lines[:-1], shorter), (removal("credit", tail[0].strip()),))
    last = draft.lines[-1] if len(draft.lines) > 1 else None
    named = _BRACKETED.match(last.text) if last and last.words <= 5 else None
    agency = find_agency(named[1]) if named else None
    if last is None or agency is None or (agency.common and not last.text.startswith("(")):
        return draft
    credited = replace(draft, agency=agency_name(agency, draft.lang))
    return credited.cut(draft.lines[:-1], (removal("credit", last.text),))


def _longest(text: str, source_name: str | None, *, more: bool) -> tuple[int, list[Element]] | None:
    """Find the longest head of `text` that is a dateline: its end and its elements."""
    best = None
    elements: list[Element] = []
    start, before = 0, ""
    head = text[:MAX_CHARS]
    for separator in _separators(head, whole=len(text) <= MAX_CHARS):
        part = head[start : separator.start].strip()
        if part:
            element = classify(part, source_name)
            if element is None or len(elements) == MAX_ELEMENTS:
                break
            after = separator.sign + head[separator.end : separator.end + 1]
            if element.unknown:
                element = _in_place(element, elements, bracketed=_is_bracketed(elements, before, after))
            elements.append(element)
        start, before = separator.end, separator.sign
        rest = text[start:].strip()
        if (
            separator.ends
            and elements
            and (rest or more)
            and _is_dateline(elements, separator, head[:start], rest)
        ):
            best = (start, list(elements))
    return _run_on(head, start, elements) or best


_OPENS_LIKE_SPA = re.compile(r"\D{2,20}\d{1,2}\s")


def _run_on(head: str, start: int, elements: list[Element]) -> tuple[int, list[Element]] | None:
    """Find a dateline whose last element the sentence follows without a mark."""
    if len(elements) == MAX_ELEMENTS or not (elements or _OPENS_LIKE_SPA.match(head)):
        return None
    found = run_on(head[start:], elements)
    return (start + found[0], [*elements, found[1]]) if found else None


def _in_place(element: Element, elements: list[Element], *, bracketed: bool) -> Element:
    """Tell by its neighbours what an unknown element is: an outlet in brackets, a month said twice."""
    if elements and elements[-1].date and is_month(element.text):
        return replace(element, unknown=False, date=True)
    return replace(element, unknown=False, outlet=True) if bracketed else element


def _is_bracketed(elements: list[Element], before: str, after: str) -> bool:
    """Tell whether an element stands like an agency: "Baghdad (IraqiNews.com) - "."""
    city = bool(elements) and elements[-1].city
    return city and before.endswith("(") and after[:1] == ")" and after[-1] in "-–—:ـ"


class _Separator(NamedTuple):
    """A mark with the spaces around it."""

    start: int
    end: int
    sign: str

    @property
    def ends(self) -> bool:
        """Whether a dateline may end here."""
        return not self.sign or self.sign.rstrip(".")[-1] in _TERMINATORS


def _separators(head: str, *, whole: bool) -> Iterator[_Separator]:
    end = 0
    for found in _SEPARATOR.finditer(head):
        start = end + len(head[end : found.start()].rstrip())
        end = len(head) - len(head[found.end() :].lstrip())
        yield _Separator(start, end, found[0])
    if whole:
        yield _Separator(len(head), len(head), "")


def _is_dateline(elements: list[Element], last: _Separator, head: str, rest: str) -> bool:
    """Tell whether these elements before this mark make a dateline."""
    if any(element.agency or element.outlet for element in elements):
        return _is_signed(elements, last)
    if any(element.unknown for element in elements) or not any(element.city for element in elements):
        return _is_by_lined(elements, last, head, rest)
    if any(element.date or (element.desk and not last.sign) for element in elements):
        return True
    if not last.sign:
        return False
    if len(elements) > 1 and not head.startswith("("):
        return all(element.place or element.desk for element in elements) and last.sign[-1] in ":-–—/"
    return _stands_alone(elements[0].text, last, head, rest)


_PLACE_AND_NAME = re.compile(r"[^-–—/:(]+\s*[-–—/]\s*[^-–—/:(]+:\s*")


def _is_by_lined(elements: list[Element], last: _Separator, head: str, rest: str) -> bool:
    """Tell whether a city and a writer open the text: "البصرة – سجى عبد الرضا: شهدت ...".

    Who speaks stands like who writes, so what follows must be no quotation and the name no office. On a line
    of their own ("علي حسن - البصرة") names have to be known ones.
    """
    if not rest and not last.sign:
        writers = [element.text for element in elements if element.unknown]
        return 0 < len(writers) < len(elements) and all(
            element.city or is_named_person(element.text) for element in elements
        )
    if len(elements) != 2 or last.sign != ":" or not rest or rest[0] in "«“\"‘'":
        return False
    city, name = elements
    bare = city.city and not city.date and not name.text.isascii()
    return bare and name.unknown and is_person(name.text) and bool(_PLACE_AND_NAME.fullmatch(head))


def _is_signed(elements: list[Element], last: _Separator) -> bool:
    """Tell whether elements with an agency or outlet among them are a dateline.

    An unknown name after the agency is a by-line only where the line or a colon ends it.
    """
    if all(e.unknown or (e.agency and e.agency.common and not e.place) for e in elements):
        return False
    unknown = [element for element in elements if element.unknown]
    if not unknown:
        return True
    # "علمت (رويترز) من مصادر" is no by-line, so a bracket ends none.
    late = elements[-1].unknown and last.sign not in ("", ":")
    return len(unknown) == 1 and not late and last.sign[-1:] not in (")", "]", ".")


def _stands_alone(place: str, last: _Separator, head: str, rest: str) -> bool:
    """Tell whether a city alone is a dateline: "(القاهرة) - ", not "بغداد - عاصمة العراق - "."""
    if head.startswith("("):
        return last.sign[-1] in ":-–—"
    if last.sign[-1] == ")" or (place.isascii() and not place.isupper() and last.sign == ":"):
        return False
    return not re.search(r"\s[-–—]\s", rest[:60])
