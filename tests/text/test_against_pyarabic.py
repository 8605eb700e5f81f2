"""pyarabic as a reference, where it is right, and what keeps it from being the folder where it is not."""

from hypothesis import given
from hypothesis import strategies as st
from pyarabic import araby

from streams.text.display import display
from streams.text.fold import match

words = st.text(st.sampled_from([*araby.LETTERS, *araby.TASHKEEL, araby.TATWEEL]), max_size=30)


@given(words)
def test_vowels_and_kashidas_go_where_pyarabic_takes_them(text: str) -> None:
    bare = araby.strip_tatweel(araby.strip_tashkeel(text))
    assert match(text) == match(bare)


@given(words)
def test_every_letter_of_pyarabic_is_kept_by_the_display_form(text: str) -> None:
    kept = [letter for letter in display(text) if letter in araby.LETTERS]
    assert kept == [letter for letter in text if letter in araby.LETTERS]


def test_pyarabic_folds_a_final_yeh_to_alef_and_we_do_not() -> None:
    assert araby.normalize_alef("على") == "علا"
    assert match("على") == match("علي") == "علي"


def test_pyarabic_loses_hamzas_of_ligatures_and_misses_final_forms() -> None:
    assert araby.normalize_ligature("\ufefc") == "\ufefc"
    assert display("\ufefc") == "لا"
    assert display("\ufef7") == "لأ"


def test_where_else_pyarabic_does_not_do_for_a_folder() -> None:
    assert araby.normalize_hamza("أحمد") == "ءحمد"
    assert araby.normalize_hamza("أحمد مؤمن", method="tasheel") == "احمد مومن"
    assert "\u06da" in araby.strip_tashkeel("قرا\u06da")
    composed = araby.normalize_teh(araby.normalize_ligature(araby.strip_tatweel("کردستان ٢٠٢٦ \u200fھو")))
    assert composed == "کردستان ٢٠٢٦ \u200fھو"
    assert match("کردستان ٢٠٢٦ \u200fھو") == "كردستان 2026 هو"
