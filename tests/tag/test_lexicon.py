"""Finding entries as words: clitics, boundaries, the longest reading, and spans of the display form."""

import pytest

from streams.tag import RULES_VERSION, lexicon, tag
from streams.tag.lexicon import Lexicon, Meaning, leftmost_longest
from streams.text.fold import fold, match
from tests.tag.tag_articles import article

NAMES = ["العراق", "بغداد", "كركوك", "لبنان", "جامعة بغداد", "New York", "New York Times"]


@pytest.fixture(scope="module")
def small() -> Lexicon:
    return Lexicon((match(name), Meaning("place", row)) for row, name in enumerate(NAMES))


def found(small: Lexicon, text: str) -> list[str]:
    folded = fold(text)
    hits = leftmost_longest(small.find(folded.text))
    spans = [folded.span(hit.start, hit.end) for hit in hits]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize("clitic", ["", "و", "ف", "ب", "ك", "ل", "وب", "ول", "فب"])
def test_clitics_are_peeled(small: Lexicon, clitic: str) -> None:
    assert found(small, f"جاء {clitic}كركوك أمس") == ["كركوك"] or clitic.endswith("ك")


@pytest.mark.parametrize("written", ["للعراق", "وللعراق", "فللعراق"])
def test_the_article_that_lam_swallows(small: Lexicon, written: str) -> None:
    assert found(small, f"مساعدات {written}.") == ["لعراق"]


@pytest.mark.parametrize(
    "word", ["كركوكي", "اللبنانية", "بغداديون", "مبغداد", "عراقنا", "xNew York", "New Yorker"]
)
def test_inside_a_word_is_no_match(small: Lexicon, word: str) -> None:
    assert found(small, f"قال {word} اليوم") == []


def test_longest_wins(small: Lexicon) -> None:
    assert found(small, "The New York Times of New York") == ["New York Times", "New York"]
    assert found(small, "في جامعة بغداد وبغداد") == ["جامعة بغداد", "بغداد"]


def test_a_failed_longer_match_hides_nothing(small: Lexicon) -> None:
    assert found(small, "New York Timesx") == ["New York"]


def test_a_stop_parts_words(small: Lexicon) -> None:
    assert found(small, "جامعة. بغداد") == ["بغداد"]
    assert found(small, "New\nYork Times") == []


@pytest.mark.parametrize("written", ["بَغْدَاد", "بـــغداد", "«بغداد»", "بغداد،", "(بغداد)", "بغداد."])
def test_surface_is_as_written(small: Lexicon, written: str) -> None:
    surface = found(small, f"إلى {written} اليوم")
    assert len(surface) == 1
    assert match(surface[0]) == "بغداد"


def test_the_whole_lexicon_is_one_automaton_and_quick_to_find() -> None:
    assert len(lexicon()) > 5000


def test_rules_version_names_code_fold_and_data() -> None:
    event = tag(article(title="بغداد", text="كركوك"))
    assert event.rules_version == RULES_VERSION
    assert len(RULES_VERSION.split("-")[1]) == 12
