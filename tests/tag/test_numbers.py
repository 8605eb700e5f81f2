"""Quantities in words and digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tag.numbers import quantity
from streams.text.fold import match

EXACT = {
    "خمسة": 5,
    "خمسه": 5,
    "أحد عشر": 11,
    "احد عشر": 11,
    "إحدى عشرة": 11,
    "اثنا عشر": 12,
    "اثنتي عشرة": 12,
    "ثلاثة عشر": 13,
    "ثماني عشرة": 18,
    "عشرون": 20,
    "خمسة وعشرين": 25,
    "تسعة وتسعون": 99,
    "مئة": 100,
    "مائة وعشرون": 120,
    "مئتان": 200,
    "ثلاثمئة": 300,
    "ثلاث مئة وخمسة": 305,
    "سبعمائة وخمسين": 750,
    "ألف": 1000,
    "الف": 1000,
    "ألفان": 2000,
    "سبعة آلاف": 7000,
    "خمسة وعشرين ألفا": 25000,
    "ألف ومئتان وخمسة": 1205,
    "مليون": 1000000,
    "٢٥": 25,
    "۲۵": 25,
    "1,200": 1200,
    "١٬٢٠٠": 1200,
    "3.5 مليون": 3500000,
    "12 ألفا": 12000,
    "37 ألفا و900": 37900,
    "نصف مليون": 500000,
    "half a million": 500000,
    "twelve": 12,
    "twenty-five": 25,
    "one hundred and twenty": 120,
    "two hundred": 200,
    "three thousand": 3000,
    "a dozen": 12,
}
BOUNDS = {
    "ما لا يقل عن ثلاثين": (30, None),
    "أكثر من 40": (40, None),
    "خمسة على الأقل": (5, None),
    "at least 7": (7, None),
    "نحو خمسين": (45, 55),
    "about 100": (90, 110),
    "ما يصل إلى 20": (None, 20),
    "up to 20": (None, 20),
    "بين 10 و15": (10, 15),
    "between ten and fifteen": (10, 15),
    "العشرات": (20, 99),
    "عشرات الآلاف": (20000, 99000),
    "dozens": (24, 99),
    "tens of thousands": None,
    "عدة": (3, None),
    "بضعة": (3, 9),
}
NONE = ["أحد رجال الأمن", "3.5", "من", "", "أن", "and"]


@pytest.mark.parametrize(("text", "value"), EXACT.items())
def test_exact(text: str, value: int) -> None:
    words = match(text).split()
    number = quantity(words, 0)
    assert number is not None
    assert (number.exact, number.end) == (value, len(words))


@pytest.mark.parametrize(("text", "bounds"), [(text, bounds) for text, bounds in BOUNDS.items() if bounds])
def test_bounds(text: str, bounds: tuple[int | None, int | None]) -> None:
    number = quantity(match(text).split(), 0)
    assert number is not None
    assert (number.low, number.high) == bounds
    assert number.exact is None


@pytest.mark.parametrize("text", NONE)
def test_no_number(text: str) -> None:
    assert quantity(match(text).split(), 0) is None


@given(
    st.lists(st.sampled_from([*EXACT, *BOUNDS, "و", "of", "and", "بين", "x"]), max_size=12),
    st.integers(0, 12),
)
def test_any_words_read_forward(texts: list[str], at: int) -> None:
    words = match(" ".join(texts)).split()
    number = quantity(words, at)
    if number is not None:
        assert at == number.start < number.end <= len(words)
        assert number.low is None or number.high is None or number.low <= number.high


@given(st.integers(1, 999), st.integers(100, 999), st.sampled_from(["ألفا", "ألف", "آلاف"]))
def test_thousands_and_hundreds_in_digits_add_up(thousands: int, hundreds: int, scale: str) -> None:
    words = match(f"{thousands} {scale} و{hundreds} قتيلا").split()
    found = quantity(words, 0)
    assert found is not None
    assert (found.exact, found.end) == (thousands * 1000 + hundreds, 3)
