"""Terminal cells: one line, isolated, never cut between a letter and its marks."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from marsad.terminal import FIRST_STRONG_ISOLATE, POP_ISOLATE, cell, clean, columns


def test_arabic_is_isolated_and_padded() -> None:
    shown = cell("بغداد", 8)
    assert shown == f"{FIRST_STRONG_ISOLATE}بغداد{POP_ISOLATE}   "


def test_control_and_bidi_characters_do_not_reach_the_terminal() -> None:
    assert clean("a\x1b[31mb\u202ec\nd\ud800") == "a [31mbc d"


def test_a_long_title_is_cut_and_says_so() -> None:
    assert cell("انفجار في بغداد", 8) == f"{FIRST_STRONG_ISOLATE}انفجار…{POP_ISOLATE} "


@given(st.text(), st.integers(2, 40))
def test_a_cell_has_its_width_and_no_mark_without_its_letter(text: str, width: int) -> None:
    shown = cell(text, width)
    assert columns(shown) == width
    inner = shown[1 : shown.index(POP_ISOLATE)]
    assert len(shown.splitlines()) <= 1
    if inner.endswith("…"):
        following = clean(text)[len(inner) - 1 : len(inner)]
        assert not following or unicodedata.category(following) != "Mn" or clean(text).startswith(inner)
