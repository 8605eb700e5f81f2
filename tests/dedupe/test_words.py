"""The word lists stand in the match form, and numbers are read by value, in words and in digits."""

import pytest

from streams.dedupe.words import Memo, tables, with_values
from streams.text.fold import match


def test_every_listed_word_is_in_the_match_form() -> None:
    listed = tables()
    words = {
        *listed.function, *listed.months, *listed.units, *listed.scales, *listed.negations, *listed.withdrawn,
        *listed.cues, *listed.names, *listed.places, *(word for pair in listed.contrary for word in pair),
    }  # fmt: skip
    assert {word for word in words if match(word) != word} == set()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("خمسة وعشرون", "25"),
        ("إحدى وثلاثين نقطة", "31 نقطه"),
        ("خمسمئة متر", "500 متر"),
        ("مئتين وخمسين حالة", "250 حاله"),
        ("بأربعمئة حافلة", "400 حافله"),
        ("ثلاثة آلاف ومئتي زائر", "3200 زاير"),
        ("ألفين وخمسمئة", "2500"),
        ("مئة وخمسة عشر", "115"),
        ("أحد عشر شخصا", "11 شخصا"),
        ("إحدى الشركات", "احدي الشركات"),
        ("لم يصب أحد", "لم يصب احد"),
        ("7 آلاف", "7000"),
    ],
)
def test_numbers_are_read_by_value(written: str, read: str) -> None:
    assert " ".join(with_values(match(written, "ar").split())) == read


def test_numbers_without_end_take_no_memory_without_end() -> None:
    # The soak found it: every number of every article was kept in ten memos (docs/2026-11-22-soak.md).
    lengths = Memo(len)
    assert [lengths[text] for text in ("20417", "a20417", "20417a", "بغداد", "2026")] == [5, 6, 6, 5, 4]
    assert set(lengths) == {"بغداد", "2026"}
