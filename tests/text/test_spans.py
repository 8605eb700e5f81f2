"""The way back that is worked out when asked for says what the whole map says."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.text.fold import fold
from streams.text.spans import Spans

LETTERS = 'ابتكويىةأإآءًٌَّـ abcXYZ 0123456789٣٤۵.,،؛؟!%٪٫٬"«»()-\n\t\u200f\u200c\ufefb\u0654ێەگ😀é'
TEXTS = st.text(alphabet=LETTERS, max_size=80)


def agree(text: str, lang: str) -> None:
    spans, folded = Spans(text, lang), fold(text, lang)
    assert spans.text == folded.text
    at = [place for place, char in enumerate(folded.text) if char not in " \n"]
    for start in at:
        assert spans.span(start, start + 1) == folded.span(start, start + 1)
        assert spans.span(start, at[-1] + 1) == folded.span(start, at[-1] + 1)


@given(TEXTS, st.sampled_from(["ar", "ckb", "fa", "en"]))
@example("ە\u064b\u0654\t", "ckb")  # a vowel sign between a letter and the mark that composes with it
def test_agrees_with_the_whole_map(text: str, lang: str) -> None:
    agree(text, lang)


@pytest.mark.parametrize(
    "text",
    [
        "قُتِلَ خمسةٌ في بغــداد، وأُصيب 1,200 (بنسبة 3.5%)؛ والخسائر ٢٫٥ مليون.",
        "😀 بغداد... ثم «كربلاء»",
        "U.S. forces, 1.5 million; ﷺ",
        "١٬٢٠٠ و ١,٥ و 3.5.7 و 12.",
        "ـ بيان",
        "",
    ],
)
def test_marks_numbers_and_rare_characters(text: str) -> None:
    agree(text, "ar")
