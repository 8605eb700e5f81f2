"""The names that datelines, by-lines and credits hold, by the tables `agencies.toml` and `places.toml`.

Takes words, tells whether they are an agency, a city, a person; compared in the match form.
"""

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from streams.text.fold import match


@dataclass(frozen=True, slots=True)
class Agency:
    """One entry of `agencies.toml`."""

    name: str
    latin: str
    common: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of both files, in match form."""

    agencies: dict[str, Agency]
    cities: frozenset[str]
    countries: frozenset[str]
    desk: frozenset[str]
    joints: frozenset[str]
    speech: frozenset[str]
    offices: frozenset[str]
    given: frozenset[str]
    relays: frozenset[str]
    conjunctions: frozenset[str]
    last_words: frozenset[str]


@cache
def tables() -> Tables:
    """Give the names of both files, read once."""
    agencies: dict[str, Agency] = {}
    table = _load("agencies.toml")
    for entry in table["agency"]:
        agency = Agency(entry["name"], entry["latin"], entry.get("common", False))
        agencies.update({key_of(spelling): agency for spelling in entry["as"]})
    places = _load("places.toml")
    cities = frozenset(map(key_of, places["cities"] + places["geonames"]))
    desk = frozenset(map(key_of, table["words"]["desk"]))
    return Tables(
        agencies=agencies,
        cities=cities,
        countries=frozenset(map(key_of, places["countries"])),
        desk=desk,
        last_words=frozenset(name.rpartition(" ")[2] for name in {*agencies, *cities, *desk}),
        joints=frozenset(map(key_of, table["words"]["from"])),
        speech=frozenset(map(key_of, table["words"]["speech"])),
        offices=frozenset(map(key_of, table["words"]["offices"])),
        given=frozenset(map(key_of, " ".join(table["words"]["given"]).split())),
        relays=frozenset(map(key_of, table["words"]["relays"])),
        conjunctions=frozenset(map(key_of, table["words"]["conjunctions"])),
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


@lru_cache(maxsize=4_096)  # names come again and again; texts here are short
def key_of(text: str) -> str:
    """Give a name as the tables hold it: in match form, on one line."""
    return match(text).replace("\n", " ")


def find_agency(text: str) -> Agency | None:
    """Give the agency that `text` names and nothing else, by any of its spellings."""
    return tables().agencies.get(key_of(text))


def agency_name(agency: Agency, lang: str) -> str:
    """Give the name of an agency as texts of `lang` write it."""
    return agency.name if lang in ("ar", "fa", "ckb", "ur", "ps") else agency.latin


def is_person(text: str) -> bool:
    """Tell whether an unknown element reads as a person's name, and not as an office or a phrase.

    "محافظ البصرة: ..." is who speaks; "سجى عبد الرضا: ..." is who wrote.
    """
    words = key_of(text).split()
    known = tables().offices
    return 2 <= len(words) <= 4 and not words[0].startswith("ال") and not any(w in known for w in words)


def is_named_person(text: str) -> bool:
    """Tell whether an unknown element is a person's name by its first word, which a table knows."""
    words = key_of(text).split()
    return is_person(text) and (words[0] in tables().given or words[0].startswith("عبدال"))


def may_end(key: str) -> bool:
    """Tell whether a word, in match form, is the last of a name that a dateline may end with."""
    return key.rpartition(" ")[2] in tables().last_words


def is_relay(keys: list[str]) -> bool:
    """Tell whether words make the agency before them their subject: "رويترز نقلت عن مصادر"."""
    return keys[0] in tables().relays and keys[1] in tables().conjunctions


def begins_news(keys: list[str]) -> bool:
    """Tell whether words begin a sentence whose subject follows: "أعلن ...", "أعلنت وزارة ..."."""
    known = tables()
    return keys[0] in known.speech and (not keys[0].endswith("ت") or keys[1] in known.offices)
