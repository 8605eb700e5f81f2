"""Days that are named in part, seen from the item's own day; Hijri dates by the Umm al-Qura tables."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hijridate import Hijri
from hypothesis import given
from hypothesis import strategies as st

from events.dates import parse_date
from events.days import WINDOW, stated_day

NEAR = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
"""A Sunday, one hour after midnight UTC."""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("اليوم", "2026-11-22"),
        ("اليوم الأحد", "2026-11-22"),
        # Still Saturday further west, already Monday further east.
        ("اليوم السبت", "2026-11-21"),
        ("اليوم الإثنين", "2026-11-23"),
        ("أمس", "2026-11-21"),
        ("أمس الجمعة", "2026-11-20"),
        ("مساء أمس السبت", "2026-11-21"),
        ("الأربعاء", "2026-11-18"),
        ("Saturday", "2026-11-21"),
        ("yesterday", "2026-11-21"),
        ("Nov 21", "2026-11-21"),
        ("السبت 21 نوفمبر", "2026-11-21"),
        ("21 تشرين الثاني", "2026-11-21"),
        ("21 تشرين الثاني/نوفمبر", "2026-11-21"),
        ("1 تشرين الثاني", "2026-11-01"),
        ("21-11-2026", "2026-11-21"),
        ("٢٠ نوفمبر ٢٠٢٦", "2026-11-20"),
    ],
)
def test_a_day_named_in_part(text: str, day: str) -> None:
    assert stated_day(text, NEAR) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        *("", "غدا", "أمس الثلاثاء", "اليوم الخميس", "الاثنين 21 نوفمبر", "اليوم أمس", "31 يوليو"),
        *("السبت الأحد", "نوفمبر", "12", "بعد يومين من أمس", "Nov 31", "21 نوفمبر تموز", "1 كانون الأول"),
        "نوفمبر " + "9" * 90,
    ],
)
def test_no_day_is_made_up(text: str) -> None:
    assert stated_day(text, NEAR) is None


def test_a_year_that_has_just_turned() -> None:
    assert stated_day("30 كانون الأول", datetime(2027, 1, 2, tzinfo=UTC)) == date(2026, 12, 30)


@given(
    st.text()
    | st.lists(st.sampled_from("اليوم أمس السبت 21 1 2 تشرين الثاني نوفمبر Nov ،".split())).map(" ".join)
)
def test_any_text_gives_a_day_around_or_none(text: str) -> None:
    day = stated_day(text, NEAR)
    stated = parse_date(text)
    assert day is None or stated or NEAR.date() - WINDOW <= day <= NEAR.date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25 شوال 1436 هـ", "2015-08-10"),
        ("الاثنين ٢٥ شوال ١٤٣٦هـ", "2015-08-10"),
        ("25 شوال 1436 هـ الموافق 10 أغسطس", "2015-08-10"),
        ("1 محرم 1447", "2025-06-26"),
        ("1 رمضان 1445 هـ", "2024-03-11"),
        ("10 ذي الحجة 1445", "2024-06-16"),
        ("30 جمادى الأولى 1447", "2025-11-21"),
        ("1447/05/30 هـ", "2025-11-21"),
        ("30-05-1447هـ", "2025-11-21"),
        ("25 Shawwal 1436 AH", "2015-08-10"),
    ],
)
def test_hijri_dates(text: str, day: str) -> None:
    instant = parse_date(text)
    assert instant is not None
    assert instant.date().isoformat() == day


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2076, 1, 1)))
def test_hijri_dates_there_and_back(day: date) -> None:
    hijri = Hijri.fromisoformat(_hijri_of(day))
    months = (
        "محرم صفر ربيع·الأول ربيع·الآخر جمادى·الأولى جمادى·الآخرة رجب شعبان رمضان شوال ذو·القعدة ذو·الحجة"
    )
    name = months.split()[hijri.month - 1].replace("·", " ")
    instant = parse_date(f"{hijri.day} {name} {hijri.year} هـ")
    assert instant is not None
    assert instant.date() == day


def _hijri_of(day: date) -> str:
    from hijridate import Gregorian

    return Gregorian.fromdate(day).to_hijri().isoformat()
