"""Terminal cells: one line, isolated, never cut between a letter and its marks."""

import unicodedata

import regex
from hypothesis import given
from hypothesis import strategies as st

from marsad.terminal import FIRST_STRONG_ISOLATE, POP_ISOLATE, cell, clean, clusters, columns


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


READ_AS_ONE = (
    "\u0628\u064e\u0651", "\u0627\u0653",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1ee\U0001f1f6",
    "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\u0915\u094d\u0937\u093f", "\u1100\u1161\u11a8", "e\u0301\u0323",
    "\u06dd\u0662", "\u0643\u200d",
)  # fmt: skip
"""Letters with their marks (also several, also decomposed), emoji of several, a flag, a conjunct, jamo."""


@given(st.lists(st.sampled_from([*READ_AS_ONE, *"ابتثج ", "k", "語"]), max_size=12), st.integers(2, 12))
def test_a_cut_falls_between_what_is_read_as_one(pieces: list[str], width: int) -> None:
    text = clean("".join(pieces))
    inner = cell(text, width).partition(POP_ISOLATE)[0].removeprefix(FIRST_STRONG_ISOLATE)
    assert columns(inner) <= width
    if not inner.endswith("…"):
        assert inner == text
        return
    ends, here = {0}, 0
    for one in regex.findall(r"\X", text):
        here += len(one)
        ends.add(here)
    kept = len(inner) - 1
    blanks = len(text[kept:]) - len(text[kept:].lstrip(" "))  # a blank before the cut is left out
    assert ends & set(range(kept, kept + blanks + 1))


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


def test_widths_of_clusters() -> None:
    mark, family, flag, heart = READ_AS_ONE[0], READ_AS_ONE[2], READ_AS_ONE[3], READ_AS_ONE[5]
    assert [columns(one) for one in (mark, family, flag, heart, "語", "")] == [1, 2, 2, 2, 2, 0]
