"""The day a few words name, seen from the day of the item they stand in: datelines, "yesterday".

`dates` reads what is stated in full; this reads what is stated in part. `near` is the item's own date, and
nothing is read without it: no clock is asked, and what does not fit it is no day.
"""

import re
from datetime import date, datetime, timedelta

from events.dates import folded, parse_date
from events.months import MONTHS, ORDINALS, SHARED, WEEKDAY_NUMBERS

WINDOW = timedelta(days=31)
"""How far back a date without a year may lie: a dateline older than that says its year."""

# A day to come is one that has begun further east than UTC.
_AHEAD = timedelta(days=1)

_MAX_WORDS = 8
_BACK = {
    **dict.fromkeys("اليوم today aujourdhui bugun امروز".split(), 0),
    **dict.fromkeys("امس البارحه yesterday hier dun ديروز".split(), 1),
}
_FILLERS = frozenset("يوم في من م بتاريخ صباح مساء ظهر عصر فجر on the st nd rd th".split())
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def stated_day(text: str, near: datetime) -> date | None:
    """Give the day that `text` names, in an item dated `near`; None where it names none, or not one.

    Reads full dates of both calendars, "اليوم الأربعاء", "أمس", a weekday, a day and month without a year.
    A weekday has to fit. Never raises.
    """
    stated = parse_date(text)
    if stated:
        return stated.date()
    words = _WORDS.findall(folded(text))
    if not 0 < len(words) <= _MAX_WORDS:
        return None
    try:
        day = _partly(words, near.date())
        return day if day and near.date() - WINDOW <= day <= near.date() + _AHEAD else None
    except OverflowError:  # the year 1, and numbers no calendar holds
        return None


def _partly(words: list[str], near: date) -> date | None:
    weekdays = {WEEKDAY_NUMBERS[word] for word in words if word in WEEKDAY_NUMBERS}
    back = {_BACK[word] for word in words if word in _BACK}
    rest = [w for w in words if w not in WEEKDAY_NUMBERS and w not in _BACK and w not in _FILLERS]
    if len(weekdays) > 1 or len(back) > 1:
        return None
    weekday = next(iter(weekdays), None)
    if rest:
        day = _without_year(rest, near)
        return day if day and weekday in (None, day.weekday()) else None
    if back:
        return _fitting(near - timedelta(days=back.pop()), weekday)
    # A weekday alone is the last one; tomorrow's is today's further east.
    days = (near + timedelta(days=offset) for offset in (0, -1, 1, -2, -3, -4, -5))
    return None if weekday is None else next((day for day in days if day.weekday() == weekday), None)


def _fitting(day: date, weekday: int | None) -> date | None:
    """Give `day`, or the day beside it that has the weekday named: it may be another day further east."""
    days = (day, day + _AHEAD, day - _AHEAD)
    return day if weekday is None else next((d for d in days if d.weekday() == weekday), None)


def _without_year(words: list[str], near: date) -> date | None:
    """Read "21 نوفمبر", "Nov 21", "21 تشرين الثاني"; of the years around, the one that is nearest."""
    numbers = [int(word) for word in words if word.isdecimal() and word not in ORDINALS]
    months = set()
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word in SHARED and following in ORDINALS:
            months.add(MONTHS[SHARED[word] + ORDINALS[following]])
        elif word in MONTHS:
            months.add(MONTHS[word])
        elif not word.isdecimal() and word not in ORDINALS:
            return None
    if len(months) != 1 or len(numbers) > 1:
        return None
    single = numbers or [int(word) for word in words if word in ("1", "2")]
    return _nearest(single, months.pop(), near)


def _nearest(numbers: list[int], month: int, near: date) -> date | None:
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(date(year, month, numbers[0]))
        except (ValueError, IndexError):
            continue
    return min(days, key=lambda day: abs(day - near), default=None)
