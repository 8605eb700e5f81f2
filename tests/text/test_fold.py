"""The two forms of a text: every row of the folding table, and what must hold for any text at all."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.text.display import display
from streams.text.fold import fold, match, matches
from streams.text.letters import EVERYDAY

# One test a row of the table in streams/text/letters.py: (what a feed writes, what it is compared as).
ROWS = [
    ("أحمد إلى آخر", "احمد الي اخر"),
    ("ٱلعراق", "العراق"),
    ("مؤتمر رئيس", "موتمر رييس"),
    ("جزء", "جزء"),
    ("على", "علي"),
    ("بغداد مدينة", "بغداد مدينه"),
    ("علی کردستان ڪتاب", "علي كردستان كتاب"),
    ("ھو ہو ەو", "هو هو هو"),
    ("گچپڤڵێۆ", "گچپڤڵێۆ"),
    ("العـــراق", "العراق"),
    ("مُحَمَّدٌ", "محمد"),
    ("هٰذا الرحمٰن", "هذا الرحمن"),
    ("ا\u0653ب ا\u0654ب و\u0654ب ي\u0654ب", "اب اب وب يب"),
    ("قرا\u06da\u06e1", "قرا"),
    ("\ufefbجئ بلا\ufefc", "لاجي بلالا"),
    ("ا\ufef7مر ا\ufef8", "الامر الا"),
    ("\ufe8d\ufedf\ufecc\ufeae\ufe8d\ufed7", "العراق"),
    ("\ufb90\ufb57", "كپ"),
    ("عبد \ufdf2", "عبد الله"),
    ("محمد \ufdfa قال", "محمد قال"),
    ("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"),
    ("١٬٢٠٠ 1,200 1،200", "1200 1200 1200"),
    ("٣٫٥ 3.5 3,5", "3.5 3.5 3.5"),
    ("50% ٥٠٪", "50 % 50 %"),
    ("أ، ب", "ا ب"),
    ("نعم؟ لا؛ ربما! ثم… انتهى.", "نعم\nلا\nربما\nثم\nانتهي"),
    ("فقرة\nأخرى", "فقره\nاخري"),
    ("د. حيدر و U.S. army", "د حيدر و u s army"),
    ("\u200fبغ\u200eداد\u061c \u202aو\u202eا\u202c \u2067س\u2069 \ufeffص\u00adر", "بغداد وا س صر"),
    ("كتاب\u200cها", "كتابها"),
    ("بغداد\u00a0اليوم", "بغداد اليوم"),
    ("«أ» “ب” ‘ج’ \"د\" 'ه' ″و", "ا ب ج د ه و"),
    ("BAGHDAD İzmir ΣΑΣ", "baghdad i̇zmir σασ"),
    ("e\u0301cole École", "école école"),
    ("Ｋｉｒｋｕｋ", "kirkuk"),
    ("3½", "3"),
]


@pytest.mark.parametrize(("written", "compared"), ROWS)
def test_row_of_the_folding_table(written: str, compared: str) -> None:
    assert match(written) == compared


@pytest.mark.parametrize(
    ("lang", "written", "compared"),
    [
        ("ckb", "هەولێر", "هەولير".replace("ي", "ێ")),
        ("ckb", "خانۀ", "خانە"),
        ("fa", "می\u200cشود", "مي شود"),
        ("fa-IR", "کتاب", "كتاب"),
        ("ur", "بھارت", "بھارت"),
        ("ar-IQ", "بھارت", "بهارت"),
    ],
)
def test_languages_of_the_arabic_script_fold_their_own_letters(
    lang: str, written: str, compared: str
) -> None:
    assert match(written, lang) == compared


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("اقــرأ أيضـاً", "اقرأ أيضاً"),
        ("ـ بند أول", "ـ بند أول"),
        ("عام 1436 هـ", "عام 1436 هـ"),
        ("لـــ«الصحيفة»", "لـ«الصحيفة»"),
        ("الخبرـــ", "الخبر"),
        ("\ufe8d\ufedf\ufecc\ufeae\ufe8d\ufed7", "العراق"),
        ("\u202eبغداد\u202c\u00a0 اليوم\u0000", "بغداد اليوم"),
        ("أعلن ا\u0654حمد", "أعلن أحمد"),
        ("می\u200cشود", "می\u200cشود"),
        ("أولى\r\n\r\n  ثانية \n", "أولى\nثانية"),
        ("«قال» ٣٫٥٪", "«قال» ٣٫٥٪"),
        ("\ud800x", "x"),
    ],
)
def test_display_form(written: str, shown: str) -> None:
    assert display(written) == shown


arabic = st.text(
    st.sampled_from(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىةـ ًٌٍَُِّْٰ\u0654\u0653ﻻﻷ٠١٢٣456.,،٫٬%؟\n\u200c\u200f\u202eیکھە«»-é"
    )
)
anything = arabic | st.text() | st.text(st.characters())


@given(anything)
def test_display_is_idempotent(text: str) -> None:
    assert display(display(text)) == display(text)


def letters(text: str) -> list[str]:
    """Give the letters of `text`, presentation forms as what they stand for."""
    shown = "".join(unicodedata.normalize("NFKC", c) if "\ufe70" <= c <= "\ufefc" else c for c in text)
    return [c for c in unicodedata.normalize("NFC", shown) if unicodedata.category(c)[0] in "LN" and c != "ـ"]


BREAKS = "\t\n\v\f\r\x85"
"""Controls that part words and lines: what stands on both sides of one is never one letter."""


@given(anything)
@example("و\n\u0654")
def test_display_never_loses_a_letter(text: str) -> None:
    gone = ("Cf", "Cc", "Cs")
    kept = "".join(c for c in text if c in BREAKS or (c != "ـ" and unicodedata.category(c) not in gone))
    assert letters(display(text)) == letters(kept)


@given(anything, st.sampled_from([None, "ar", "ckb", "fa", "ur", "en"]))
def test_fold_is_match_with_a_map_whose_spans_lie_in_order(text: str, lang: str | None) -> None:
    folded = fold(text, lang)
    assert folded.text == match(text, lang)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    spans = list(zip(folded.starts, folded.ends, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(anything, st.sampled_from([None, "ckb", "fa"]))
def test_both_forms_agree(text: str, lang: str | None) -> None:
    assert match(display(text), lang) == match(text, lang)


@given(anything)
def test_match_form_has_one_separator_between_words(text: str) -> None:
    folded = match(text)
    assert folded == folded.strip()
    assert not any(pair in folded for pair in ("  ", " \n", "\n ", "\n\n"))
    assert match(folded) == folded


@given(arabic, st.data())
def test_a_found_word_folds_to_what_was_found(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    words = [word for word in folded.text.split() if word.isalpha()]
    if words:
        word = data.draw(st.sampled_from(words))
        at = f" {folded.text} ".replace("\n", " ").index(f" {word} ")
        start, end = folded.span(at, at + len(word))
        assert match(text[start:end]) == word


@given(st.lists(st.sampled_from("العراق بغداد أعلنت إلى مدينة على المؤتمر قتلى ١٢ و5".split()), min_size=1))
def test_damage_does_not_show_in_the_match_form(words: list[str]) -> None:
    clean = " ".join(words)
    damages = {
        "kashida": lambda t: t.replace("را", "ـرـــا"),
        "hamza": lambda t: t.replace("أ", "ا").replace("إ", "ا").replace("ؤ", "و"),
        "final letters": lambda t: t.replace("ى", "ي").replace("ة", "ه"),
        "persian": lambda t: t.replace("ي", "ی").replace("ك", "ک"),
        "bidi": lambda t: "\u202b" + t.replace(" ", "\u200f \u200e") + "\u202c",
        "digits": lambda t: t.translate(str.maketrans("١٢5", "12٥")),
        "vowels": lambda t: t.replace("ع", "عَ").replace("د", "دّ"),
        "lam-alef": lambda t: t.replace("لأ", "\ufef7").replace("لا", "\ufefb"),
        "spaces": lambda t: t.replace(" ", "\u00a0 "),
    }
    for name, damage in damages.items():
        assert match(damage(clean)) == match(clean), name


def test_a_span_of_the_match_form_shows_the_written_words() -> None:
    written = "قُتِلَ ١٬٢٠٠ شخصٍ في «الموصـــل»"
    folded = fold(written)
    at = folded.text.index("1200")
    assert written[slice(*folded.span(at, at + 4))] == "١٬٢٠٠"
    at = folded.text.index("شخص")
    assert written[slice(*folded.span(at, at + 3))] == "شخصٍ"
    at = folded.text.index("الموصل")
    assert written[slice(*folded.span(at, at + 6))] == "الموصـــل"
    assert folded.span(0, 0) == (0, 0)


def test_the_code_page_of_everyday_news_has_a_byte_for_each_character() -> None:
    assert len(EVERYDAY) == len(set(EVERYDAY)) <= 256


numbers = st.text(st.sampled_from("0123٤٥۶.,،٫٬% \nab. س"), max_size=14)
everyday = st.text(st.sampled_from(EVERYDAY)) | numbers


@given(everyday, st.sampled_from([None, "ar", "ckb", "fa", "ur", "en"]))
@settings(max_examples=1_000, deadline=None)
def test_everyday_texts_fold_the_same_by_the_long_way(text: str, lang: str | None) -> None:
    folded = match(text, lang)
    assert folded == fold(text, lang).text
    # A rare letter takes the whole text the long way.
    assert match(text + " ࢠ", lang).removesuffix("ࢠ").rstrip() == folded


@given(everyday)
@settings(max_examples=500, deadline=None)
def test_everyday_texts_are_shown_the_same_by_the_long_way(text: str) -> None:
    assert display(text + "\nࢠ").removesuffix("ࢠ").rstrip("\n") == display(text)


@given(st.lists(everyday | anything), st.sampled_from([None, "ar", "ckb", "fa", "ur"]))
@settings(max_examples=500, deadline=None)
def test_lines_together_fold_as_each_alone(lines: list[str], lang: str | None) -> None:
    assert matches(lines, lang) == [match(line, lang) for line in lines]


rare = st.characters() | st.sampled_from("ﻻﻷﷺﷲ％．，０①㎏ＡﬁÅ\u0340ﾊﾟ가가\u09be\ufe0f😀①½…‥﹪")


@given(st.lists(everyday | rare, max_size=6).map("".join), st.sampled_from([None, "ar", "ckb", "fa", "ur"]))
@settings(max_examples=2_000, deadline=None)
def test_rare_characters_fold_the_same_by_the_long_way(text: str, lang: str | None) -> None:
    assert match(text, lang) == fold(text, lang).text


def test_what_bytes_strip_takes_for_white_space_is_the_space_or_gone() -> None:
    assert EVERYDAY[0x20] == " "
    assert all(not match(EVERYDAY[slot]) and EVERYDAY[slot] != "\n" for slot in range(9, 14))
    assert match("ا" + "".join(EVERYDAY[9:14]) + "ب") == "اب"
