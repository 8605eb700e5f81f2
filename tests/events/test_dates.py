"""Dates as feeds write them: the instant that is stated, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.dates import _COMMON, _common, _worded, parse_date
from events.times import wire_time

STATED = {
    "2026-11-21T08:00:00.000Z": "2026-11-21T08:00:00.000Z",
    "2026-11-21T11:00:00+03:00": "2026-11-21T08:00:00.000Z",
    "2026-11-21t11:00:00.123456789+0300": "2026-11-21T08:00:00.123Z",
    "20261121T080000Z": "2026-11-21T08:00:00.000Z",
    "2026-11-21 08:00": "2026-11-21T08:00:00.000Z",
    "2026-11-21": "2026-11-21T00:00:00.000Z",
    "2020/1/10 14:33:00": "2020-01-10T14:33:00.000Z",
    "1762153200": "2025-11-03T07:00:00.000Z",
    "1762153200000": "2025-11-03T07:00:00.000Z",
    # RFC 822: wrong and foreign weekdays, short years, zones by name
    "Sat, 21 Nov 2026 08:00:00 GMT": "2026-11-21T08:00:00.000Z",
    "Mon, 21 Nov 2026 08:00:00 +0000": "2026-11-21T08:00:00.000Z",
    "Mo, 21 Nov 26 08:00:00 +0000": "2026-11-21T08:00:00.000Z",
    "Sat, 21 Nov 2026 11:00:00 AST": "2026-11-21T08:00:00.000Z",
    "Sat, 21 Nov 2026 03:00:00 EST": "2026-11-21T08:00:00.000Z",
    "Sat, 21 Nov 2026 11:00:00 GMT+3": "2026-11-21T08:00:00.000Z",
    "Sat, 21 Nov 2026 24:00:00 GMT": "2026-11-22T00:00:00.000Z",
    "Sat Nov 21 2026 11:00:00 GMT+0300 (Arabian Standard Time)": "2026-11-21T08:00:00.000Z",
    "Sat Nov 21 08:00:00 UTC 2026": "2026-11-21T08:00:00.000Z",
    "Saturday, 21-Nov-2026 08:00:00 GMT": "2026-11-21T08:00:00.000Z",
    "November 21st, 2026 at 2:30 PM": "2026-11-21T14:30:00.000Z",
    "Nov 21, 2026 12:05 am": "2026-11-21T00:05:00.000Z",
    "21.11.2026 08:00": "2026-11-21T08:00:00.000Z",
    "21/11/2026": "2026-11-21T00:00:00.000Z",
    "11/21/2026": "2026-11-21T00:00:00.000Z",
    "21 novembre 2026": "2026-11-21T00:00:00.000Z",
    "3 août 2026 à 09:15": "2026-08-03T09:15:00.000Z",
    "21 Kasım 2026 Cumartesi": "2026-11-21T00:00:00.000Z",
    # Arabic: three sets of months, two kinds of digits, dates told twice
    "21 نوفمبر 2026": "2026-11-21T00:00:00.000Z",
    "٢١ نوفمبر ٢٠٢٦ - ١٤:٣٠": "2026-11-21T14:30:00.000Z",
    "السبت، 21 تشرين الثاني 2026": "2026-11-21T00:00:00.000Z",
    "السبت 21 تشرين الثاني/نوفمبر 2026 الساعة 11:00 بتوقيت بغداد": "2026-11-21T08:00:00.000Z",
    "21 يوليو (تموز) 2026": "2026-07-21T00:00:00.000Z",
    "5 كانون الأول 2026": "2026-12-05T00:00:00.000Z",
    "5 كانون 2 2026": "2026-01-05T00:00:00.000Z",
    "5 ت1 2026": "2026-10-05T00:00:00.000Z",
    "1 آب 2026": "2026-08-01T00:00:00.000Z",
    "9 أيّار 2026": "2026-05-09T00:00:00.000Z",
    "18 جانفي 2026": "2026-01-18T00:00:00.000Z",
    "18 أوت 2026": "2026-08-18T00:00:00.000Z",
    "18 غشت 2026": "2026-08-18T00:00:00.000Z",
    "اليوم السبت 21 نوفمبر 2026 م": "2026-11-21T00:00:00.000Z",
    "21 نوفمبر 2026 2:30 م": "2026-11-21T14:30:00.000Z",
    "21 نوفمبر 2026 10:30 صباحاً": "2026-11-21T10:30:00.000Z",
    "٠٣/١١/٢٠٢٥": "2025-11-03T00:00:00.000Z",
    "25 شوال 1436 هـ الموافق 10 أغسطس 2015 م": "2015-08-10T00:00:00.000Z",
    "۲۱ نوامبر ۲۰۲۶": "2026-11-21T00:00:00.000Z",
    "٢١ تشرینی دووەم ٢٠٢٦": "2026-11-21T00:00:00.000Z",
}

NOT_STATED = [
    "",
    "اليوم",
    "أمس الساعة 14:30",
    "منذ ساعتين",
    "yesterday, 14:30",
    "2 hours ago",
    "03/11/2025",
    "03-11-2025",
    "31 رمضان 1445 هـ",
    "1447-05-30",
    "25 شوال",
    "0001-01-01T00:00:00Z",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "21 نوفمبر",
    "نوفمبر 2026",
    "2026-11-31",
    "2026-13-01",
    "Sat, 21 Nov 2026 08:00:00 IST",
    "21 نوفمبر / تموز 2026",
    "8123",
    "99999999999999999999",
    "21 Nov 2026 25:00",
    "21 Nov 2026 or 22 Nov 2026",
    "\x00",
    "2026-11-21" * 40,
]


@pytest.mark.parametrize("text", STATED)
def test_the_instant_stated(text: str) -> None:
    instant = parse_date(text)
    assert (wire_time(instant) if instant else None) == STATED[text]


@pytest.mark.parametrize("text", NOT_STATED)
def test_no_instant_is_invented(text: str) -> None:
    assert parse_date(text) is None


@given(st.text() | st.text(st.sampled_from("0123456789٠١٢/-:.+ TZتشرينكانونالثيوم,NovSatGMT")))
def test_any_text_gives_an_instant_in_utc_or_none(text: str) -> None:
    instant = parse_date(text)
    assert instant is None or (instant.utcoffset() is not None and wire_time(instant).endswith("Z"))


@given(
    st.datetimes(
        min_value=parse_date("1971-01-01").replace(tzinfo=None),
        max_value=parse_date("2099-01-01").replace(tzinfo=None),
    )
)
def test_what_we_write_we_read(moment) -> None:
    written = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert parse_date(written.isoformat() + "Z").replace(tzinfo=None) == written


@given(st.one_of(st.from_regex(one, fullmatch=True) for one in _COMMON))
def test_the_short_way_of_reading_a_common_date_agrees_with_the_long_one(text: str) -> None:
    assert _common(text) in (None, _worded(text))


def test_the_short_way_is_taken() -> None:
    assert _common("Sat, 21 Nov 2026 11:00:00 +0300") == _common("2026-11-21T08:00:00Z") is not None
