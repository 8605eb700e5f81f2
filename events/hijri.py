"""Hijri dates of a folded date line, written as Gregorian ones.

By the Umm al-Qura tables (`hijridate`, 1343 to 1500), Saudi Arabia's civil calendar and the one its press
prints. Where a country goes by the sighting of the moon, its day may be the one before or after.
"""

import re
from itertools import chain

from hijridate import Hijri

# One row a month, "|" between spellings, folded as `dates` folds. Sources: Unicode CLDR 46 (ar, en, fa:
# islamic-umalqura months), datelines of spa.gov.sa, alriyadh.com and okaz.com.sa.
_MONTHS = (
    "محرم الحرام|محرم|المحرم|muharram",
    "صفر الخير|صفر|safar",
    "ربيع الاول|ربيع اول|ربيع 1|rabi al-awwal|rabi' al-awwal|rabi i|rabi al-awal",
    "ربيع الثاني|ربيع الاخر|ربيع ثاني|ربيع 2|rabi al-thani|rabi' al-thani|rabi al-akhir|rabi ii",
    "جمادي الاولي|جمادي الاول|جمادي 1|jumada al-awwal|jumada al-ula|jumada al-awal|jumada i",
    "جمادي الاخره|جمادي الاخر|جمادي الثانيه|جمادي الثاني|جمادي 2|jumada al-thani|jumada al-akhirah|jumada ii",
    "رجب|rajab",
    "شعبان|sha'ban|shaban|shaaban",
    "رمضان المبارك|رمضان|ramadan|ramadhan",
    "شوال|shawwal|shawal",
    "ذو القعده|ذي القعده|ذوالقعده|dhu al-qadah|dhu al-qi'dah|dhul qadah|dhu al-qidah",
    "ذو الحجه|ذي الحجه|ذوالحجه|dhu al-hijjah|dhul hijjah|dhu al-hijja",
)
MONTHS: dict[str, int] = {
    name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")
}
WORDS = frozenset(chain.from_iterable(name.split() for name in MONTHS))
"""Every word of a month's name."""

_ERA = r"(?:\s*(?:للهجره|هجريه|هجري|هـ|ه\.?|a\.?h\.?)(?![^\W_]))"
_YEAR = r"1[345]\d\d"
_ANY_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\s+من)?\s*[-/،,]?\s*(?:شهر\s+)?({_ANY_MONTH})"
    rf"\s*[-/،,]?\s*(?:(?:عام|سنه)\s+)?({_YEAR})(?!\d){_ERA}?"
)
_NUMERIC = re.compile(
    rf"(?<![\d/-])(?:({_YEAR})([-/])(\d\d?)\2(\d\d?)|(\d\d?)([-/])(\d\d?)\6({_YEAR})){_ERA}"
)
_GREGORIAN_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def in_gregorian(folded: str) -> str:
    """Write the Hijri date of a line as `2015-08-10`; a line that tells a Gregorian year too stays.

    Numbers alone are Hijri only with their era: "1447/05/30 هـ".
    """
    if _GREGORIAN_YEAR.search(folded):
        return folded
    return _NUMERIC.sub(_numeric, _NAMED.sub(_named, folded, count=1), count=1)


def _named(found: re.Match[str]) -> str:
    return _iso(found[0], int(found[3]), MONTHS[found[2]], int(found[1]))


def _numeric(found: re.Match[str]) -> str:
    year_first = found[1] is not None
    year, month, day = (found[1], found[3], found[4]) if year_first else (found[8], found[7], found[5])
    return _iso(found[0], int(year), int(month), int(day))


def _iso(written: str, year: int, month: int, day: int) -> str:
    try:
        return f" {Hijri(year, month, day).to_gregorian().isoformat()} "
    except (ValueError, OverflowError):
        return written
