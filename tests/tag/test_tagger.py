"""The tagger's script: reads the corpus' form, learns places from their company, and counts them rightly."""

import gzip
from pathlib import Path

from training.elsewhere import finder, on_our_own
from training.tagger import Sentence, by_rules, features, listed, located, sentences, trained

CITIES = ("بغداد", "الموصل", "البصرة", "كركوك", "أربيل", "النجف", "السماوة", "تكريت")


def made() -> list[Sentence]:
    """Places after a preposition, and the same words as somebody's name."""
    return [
        Sentence(("وصل", "الوفد", "إلى", city, "أمس"), ("O", "O", "O", "B-LOC", "O")) for city in CITIES
    ] + [Sentence(("قال", "السيد", city, "ذلك"), ("O", "O", "B-PERS", "O")) for city in CITIES]


def test_a_corpus_is_read_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "dev.txt.gz"
    file.write_bytes(gzip.compress("في O\nشمال B-LOC\nالعراق I-LOC\n\nقال O\n".encode()))
    (first, second) = sentences(file)
    assert first == Sentence(("في", "شمال", "العراق"), ("O", "B-LOC", "I-LOC"))
    assert located(first.tags, 7) == {(7, 1, 3)}
    assert located(second.tags, 8) == set()


def test_what_stands_before_a_word_is_learned(tmp_path: Path) -> None:
    tagger = trained(made() * 3, tmp_path / "model")
    words = ("وصل", "الوفد", "إلى", "الرمادي", "أمس")
    assert located(tagger.tag(features(Sentence(words, ("O",) * 5))), 0) == {(0, 3, 4)}
    assert (tmp_path / "model").stat().st_size > 0


def test_the_rules_are_counted_by_the_same_words() -> None:
    given = [Sentence(("وصل", "الوفد", "إلى", "بغداد", "أمس", "."), ("O", "O", "O", "B-LOC", "O", "O"))]
    assert by_rules(given) == {(0, 3, 4)}
    assert (0, 3, 4) in listed(given)


def test_what_is_found_is_given_by_its_letters(tmp_path: Path) -> None:
    find = finder(trained(made() * 3, tmp_path / "model"))
    text = "قال السيد بغداد ذلك\nوصل الوفد إلى الرمادي أمس"
    assert [text[start:end] for start, end in find(text, "ar")] == ["الرمادي"]


def test_a_finder_of_nothing_misses_every_place_and_is_never_wrong() -> None:
    counts = on_our_own(lambda text, lang: []).counts
    assert counts["right"] == counts["wrong"] == 0
    assert counts["missed"] > 0
