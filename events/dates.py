"""The instant a date line states, or None: dates are read, never guessed.

Reads RFC 3339, RFC 822 (a wrong weekday does not matter), year first with any mark, day first where the
month is a name or cannot be the day, epoch seconds and milliseconds; month names of `months`, three kinds of
digits. A time without a zone counts as UTC and a date without a time as midnight.

Hijri dates that stand alone go by the Umm al-Qura tables (`hijri`); beside a Gregorian one, that one counts.

None, on purpose: "today", "two hours ago" (no instant without a clock; `days` reads a day beside an item's
own date), `03/11/2025` (March or November), zone names with two meanings, a word left over.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from events.hijri import in_gregorian
from events.months import (
    AM,
    FILLERS,
    MONTHS,
    ORDINALS,
    PM,
    SHARED,
    WEEKDAYS,
    ZONE_WORDS,
    ZONES,
)

MAX_LENGTH = 160
"""Longer texts are no date lines."""

YEARS = range(1970, 2100)
"""Years of news feeds. 1436 is Hijri, 0001 and 1899 are software's null dates."""

_FOLD = str.maketrans(
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹أإآٱىیئکةھàâçéèêîôûùşşğıöüá",
    "01234567890123456789اااايييكههaaceeeiouussgioua",
    "ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670\u0307"
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
)
_TOKEN = re.compile(
    r"(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"|(?P<ymd>\d{4}(?P<m1>[-/.])\d{1,2}(?P=m1)\d{1,2}(?![\d/]))t?"
    r"|(?P<dmy>\d{1,2}(?P<m2>[-/.])\d{1,2}(?P=m2)\d{4}(?!\d))"
    r"|(?P<offset>[+\u2212-]\d{1,2}:?(?:\d{2})?(?![\d/]))"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<other>[^\s])"
)
_COMMENT = re.compile(r"\([^()]*\)")  # RFC 5322 section 3.2.2; "يوليو (تموز)" says one month twice
_TWICE = re.compile(r"\b(?:ال)?موافق\b")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?")
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t(\d{2})(\d{2})(\d{2})?(z)?)?")
_NAMES = {
    name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_CLOCK = r"(?P<h>\d\d):(?P<min>\d\d):(?P<s>\d\d)"
_COMMON = (
    re.compile(
        r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?"
        rf"(?P<d>\d{{1,2}}) (?P<m>{'|'.join(_NAMES)}) (?P<y>\d{{4}}) {_CLOCK} "
        r"(?:GMT|(?P<sign>[+-])(?P<zh>\d\d)(?P<zm>\d\d))",
        re.ASCII,
    ),
    re.compile(
        rf"(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d)T{_CLOCK}(?:Z|(?P<sign>[+-])(?P<zh>\d\d):(?P<zm>\d\d))",
        re.ASCII,
    ),
)
"""The two ways in which nearly all feeds write their dates; read here without taking them apart."""
_IGNORED = frozenset(",،.-–—|/()[]:;'\"")


def parse_date(text: str) -> datetime | None:
    """Give the instant that `text` states, in UTC, or None where it states none. Never raises."""
    return _common(text) or _worded(text)


def _common(text: str) -> datetime | None:
    """Read a date of the two common kinds; None for any other, and for one that needs thought (24:00:00)."""
    found = _COMMON[0].fullmatch(text) or _COMMON[1].fullmatch(text)
    if found is None or int(found["y"]) not in YEARS:
        return None
    month = _NAMES.get(found["m"]) or int(found["m"])
    ahead = 60 * int(found["zh"] or 0) + int(found["zm"] or 0)
    if ahead > 14 * 60 or int(found["zm"] or 0) > 59:
        return None
    day, clock = int(found["d"]), (int(found["h"]), int(found["min"]), int(found["s"]))
    try:
        stated = datetime(int(found["y"]), month, day, *clock, tzinfo=UTC)
    except ValueError:
        return None
    return stated - timedelta(minutes=ahead if found["sign"] == "+" else -ahead)


def _worded(text: str) -> datetime | None:
    line = folded(text)
    if not line or len(text) > MAX_LENGTH:
        return None
    try:
        if _EPOCH.fullmatch(line):
            return _epoch(line)
        line = _BASIC.sub(_spread_basic, line) if _BASIC.fullmatch(line) else line
        return _gregorian(in_gregorian(_COMMENT.sub(" ", line)), day_first=_is_arabic(text))
    except (ValueError, OverflowError):
        return None


def folded(text: str) -> str:
    """Give a date line as the tables of names are written: lower case, no hamza, no vowels, digits 0-9."""
    return text[: MAX_LENGTH + 1].strip().lower().translate(_FOLD)


def _gregorian(text: str, *, day_first: bool) -> datetime | None:
    """Read a line that may tell its date twice, in Hijri too: "25 شوال 1436 هـ الموافق 10 أغسطس 2015"."""
    sides = _TWICE.split(text, maxsplit=1)
    stated = []
    for side in sides:
        try:
            stated.append(_read(side, day_first=day_first).instant())
        except ValueError:
            if ":" in side:
                return None
    return stated[0] if len(stated) == 1 else None


def _epoch(digits: str) -> datetime | None:
    """Read seconds or milliseconds since 1970, where they fall into the years of feeds."""
    whole = int(digits.partition(".")[0])
    seconds = whole // 1000 if whole >= 10**12 else whole
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return instant if 1995 <= instant.year < YEARS.stop else None


def _spread_basic(found: re.Match[str]) -> str:
    """Write ISO 8601's basic form as the extended one."""
    year, month, day, hour, minute, second, zone = found.groups()
    clock = f" {hour}:{minute}:{second or '00'} {zone or ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}"


def _is_arabic(text: str) -> bool:
    """Tell whether `text` is written the Arabic way, where no date starts with its month."""
    return bool(re.search("[\u0600-\u06ff]", text))


@dataclass
class _Line:
    """What has been read of a date line so far; a contradiction raises ValueError."""

    day_first: bool
    numbers: list[int] = field(default_factory=list)
    month: int | None = None
    month_at: int = 0
    date: tuple[int, int, int] | None = None
    clock: tuple[int, int, int, int] | None = None
    half: str | None = None
    zone: timezone | None = None

    def set_month(self, month: int) -> None:
        if self.month not in (None, month):
            raise ValueError("two months")
        if self.month is None:
            self.month, self.month_at = month, len(self.numbers)

    def set_date(self, year: int, month: int, day: int) -> None:
        if self.date is not None or self.month is not None:
            raise ValueError("two dates")
        self.date = (year, month, day)

    def set_clock(self, text: str) -> None:
        if self.clock is not None:
            raise ValueError("two times")
        hour, minute, *rest = text.replace(",", ".").split(":")
        second, _, fraction = (rest[0] if rest else "0").partition(".")
        self.clock = (int(hour), int(minute), int(second), int(fraction[:6].ljust(6, "0") or 0))

    def set_zone(self, hours: float) -> None:
        """Take a zone; "GMT+3" and "+0300 GMT+03:00" name one in two tokens."""
        zone = timezone(timedelta(hours=hours))
        if self.clock is None or self.zone not in (None, UTC, zone):
            raise ValueError("a zone without a time, or two")
        self.zone = zone

    def instant(self) -> datetime:
        year, month, day = self.date or self._by_name()
        if year not in YEARS or (self.date and self.numbers):
            raise ValueError("a year of another calendar, or numbers left over")
        hour, minute, second, micro = self._day_time()
        over = hour == 24 and not (minute or second or micro)
        stated = datetime(year, month, day, 0 if over else hour, minute, min(second, 59), micro)
        stated += timedelta(days=1 if over else 0)
        return stated.replace(tzinfo=self.zone or UTC).astimezone(UTC)

    def _by_name(self) -> tuple[int, int, int]:
        """Give year, month, day of a date whose month is a name: 21 Nov 2026, Nov 21 2026, 2026 Nov 21."""
        if self.month is None or len(self.numbers) != 2:
            raise ValueError("no month name with a day and a year")
        first, second = self.numbers
        if first > 31 and self.month_at == 1:
            return first, self.month, second
        return _full_year(second), self.month, first

    def _day_time(self) -> tuple[int, int, int, int]:
        hour, minute, second, micro = self.clock or (0, 0, 0, 0)
        if second > 60:
            raise ValueError("no such second")
        if self.half == "am" and hour == 12:
            hour = 0
        elif self.half == "pm" and hour < 12:
            hour += 12
        return hour, minute, second, micro


def _full_year(year: int) -> int:
    """Widen a year of two or three digits as RFC 5322 section 4.3 says."""
    if year < 50:
        return year + 2000
    return year + 1900 if year < 1000 else year


def _read(text: str, *, day_first: bool) -> _Line:
    """Read all tokens of a date line; ValueError where one of them is no part of a date."""
    line = _Line(day_first)
    tokens = list(_TOKEN.finditer(text))
    before, ordinal = "", False
    for token, following in zip(tokens, [*(token[0] for token in tokens[1:]), ""], strict=True):
        if ordinal:
            ordinal = False
        elif token["word"]:
            unknown_weekday = not before and following in (",", "،")
            takes_ordinal = _word(line, token["word"], following, after_time=":" in before)
            if takes_ordinal is None and not unknown_weekday:
                raise ValueError("a word that no date holds")
            ordinal = bool(takes_ordinal)
        else:
            _figure(line, token, before)
        before = token[0]
    return line


def _word(line: _Line, word: str, following: str, *, after_time: bool) -> bool | None:
    """Read a word: True where it takes the ordinal that follows along, None where it is unknown."""
    if word in SHARED and following in ORDINALS:
        line.set_month(MONTHS[SHARED[word] + ORDINALS[following]])
        return True
    if after_time and word in AM | PM:
        line.half = "am" if word in AM else "pm"
    elif word in MONTHS:
        line.set_month(MONTHS[word])
    elif word in ZONES:
        line.set_zone(ZONES[word])
    elif word not in WEEKDAYS | FILLERS | ZONE_WORDS and not (word == "م" and line.numbers):
        return None
    return False


def _figure(line: _Line, token: re.Match[str], before: str) -> None:
    """Read a token that is no word."""
    text = token[0]
    if token["time"]:
        line.set_clock(text)
    elif token["ymd"]:
        line.set_date(*map(int, re.findall(r"\d+", text)))
    elif token["dmy"]:
        line.set_date(*_day_month_year(text, token["m2"], line.day_first))
    elif token["offset"] and line.clock and before not in MONTHS:
        line.set_zone(_offset(text))
    elif token["offset"] or token["number"]:
        digits = text.lstrip("+\u2212-").replace(":", "")
        if len(digits) > 2 and digits[0] == "0":
            raise ValueError("a null date's year: 0001 is not 2001")
        line.numbers.append(int(digits))
    elif text not in _IGNORED:
        raise ValueError("a sign that no date holds")


def _day_month_year(text: str, mark: str, day_first: bool) -> tuple[int, int, int]:
    """Give year, month, day of `21/11/2026`; which of the first two is the day must be certain."""
    first, second, year = map(int, text.split(mark))
    if first > 12 or mark == "." or first == second or (day_first and second <= 12):
        return year, second, first
    if second > 12:
        return year, first, second
    raise ValueError("day or month first?")


def _offset(text: str) -> float:
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    return (hours + minutes / 60) * (1 if text[0] == "+" else -1)
