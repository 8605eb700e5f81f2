"""The tables are data: linted for doubles, dead entries, names that are words, ids that cannot be."""

import re
from collections import Counter

import pytest

from streams.tag import cues, gazetteer, leaning, lexicon, names, tollwords, topics
from streams.tag.lexicon import leftmost_longest
from streams.tag.tables import TABLES, rows, settings
from streams.text.fold import match

TSV = [name for name in TABLES if name.endswith(".tsv") and name != leaning.TABLE]
# Words of every page: none of them may be a name by itself, without a flag that asks for context.
COMMON = """
من في على إلى عن مع هذا هذه ذلك التي الذي كان كانت قال قالت بعد قبل اليوم أمس عام
سنة يوم شهر كل بين حتى غير أن إن لم لن قد بن أبو حي بلد باب جبل نهر سد عين رأس
بيت دار مركز شارع الشعب الحرية الحي العلم القائم الوادي حديثة جده عنه وسط شرق غرب
شمال جنوب خبر حجة سحر جمال معسكر سعيدة مشهد كرج صور معان بيان سلوى the of in on
at to for from with and or is was it nice reading mobile bath split male most bar
hit may march
""".split()


@pytest.mark.parametrize("table", TSV)
def test_every_entry_has_a_source(table: str) -> None:
    assert rows(table)
    assert all(row["source"] for row in rows(table))


@pytest.mark.parametrize("table", ["cues.toml", "casualties.toml"])
def test_every_list_has_a_source(table: str) -> None:
    assert settings(table)["source"]


@pytest.mark.parametrize("table", ["places.tsv", "mediatopics.tsv"])
def test_ids_are_unique(table: str) -> None:
    doubles = [key for key, count in Counter(row["id"] for row in rows(table)).items() if count > 1]
    assert doubles == []


@pytest.mark.parametrize("table", ["organisations.tsv", "people.tsv"])
def test_wikidata_ids_are_well_formed_and_unique(table: str) -> None:
    ids = [row["id"] for row in rows(table) if row["id"]]
    assert all(re.fullmatch(r"Q[1-9][0-9]*", one) for one in ids)
    assert len(ids) == len(set(ids))


def test_places_are_on_earth() -> None:
    for place in gazetteer.table():
        assert re.fullmatch(r"geonames:[1-9][0-9]*", place.id)
        assert -90 <= place.lat <= 90
        assert -180 <= place.lon <= 180
        assert re.fullmatch(r"[A-Z]{2}|", place.country), place
        assert place.kind in ("country", "admin1", "admin2", "city", "continent")


@pytest.mark.parametrize("table", ["places.tsv", "organisations.tsv", "people.tsv"])
def test_no_name_twice_in_an_entry(table: str) -> None:
    for row in rows(table):
        written = [
            name.partition("~")[0] for name in f"{row['names_ar']}|{row['names_en']}".split("|") if name
        ]
        assert written, row
        folded = [match(name) for name in written]
        assert len(folded) == len(set(folded)), row


@pytest.mark.parametrize("table", ["organisations.tsv", "people.tsv"])
def test_no_name_in_two_entries(table: str) -> None:
    forms = Counter(
        match(name.partition("~")[0])
        for row in rows(table)
        for name in {*row["names_ar"].split("|"), *row["names_en"].split("|")}
        if name
    )
    assert [form for form, count in forms.items() if count > 1] == []


def test_names_of_two_places_are_few_and_told_apart_by_context() -> None:
    owners: dict[str, set[int]] = {}
    for form, meaning in gazetteer.entries():
        owners.setdefault(form, set()).add(meaning.row)
    shared = {form for form, places_of in owners.items() if len(places_of) > 1}
    assert len(shared) <= 16, shared


@pytest.mark.parametrize("word", COMMON)
def test_no_common_word_is_a_name_without_context(word: str) -> None:
    form = match(word)
    free = [
        meaning
        for hit in lexicon().find(form)
        if (hit.start, hit.end) == (0, len(form))
        for meaning in hit.meanings
        if meaning.kind in ("person", "organisation") or (meaning.kind == "place" and not meaning.flags)
    ]
    assert free == []


def test_flags_are_known() -> None:
    assert {flag for _, meaning in gazetteer.entries() for flag in meaning.flags} <= set("cnsxotfu")
    assert {flag for _, meaning in names.entries() for flag in meaning.flags} <= set("pu")


def test_no_dead_entry() -> None:
    """Every form of every table is found by the automaton when it stands alone."""
    for source in (gazetteer.entries, names.entries, cues.entries, topics.entries, tollwords.entries):
        for form, meaning in source():
            assert form, meaning
            found = leftmost_longest(lexicon().find(form))
            assert any(meaning in hit.meanings for hit in lexicon().find(form)), (form, meaning)
            assert found[0].start == 0


def test_terms_name_topics_in_use() -> None:
    for row in rows("topic_terms.tsv"):
        assert row["topic"] in topics.concepts() or row["topic"] == "-"
        assert 0 < float(row["weight"]) <= 5
        forms = [match(term) for term in row["terms"].split("|")]
        assert len(forms) == len(set(forms)), row


def test_topics_have_a_top_level() -> None:
    tops = {topics.top_level(topic) for topic in topics.concepts()}
    assert len(tops) == 17
    assert all(re.fullmatch(r"medtop:(0[1-9]|1[0-7])000000", top) for top in tops)


@pytest.mark.parametrize("retired", ["medtop:20000030", "medtop:20000064", "medtop:20000109"])
def test_retired_topics_are_not_in_the_vocabulary(retired: str) -> None:
    assert retired not in topics.concepts()


def test_number_words_are_unique_after_folding() -> None:
    forms: dict[str, set[str]] = {}
    for row in rows("numbers.tsv"):
        forms.setdefault(match(row["word"]), set()).add(row["value"])
    assert {form: values for form, values in forms.items() if len(values) > 1} == {}


def test_every_topic_has_both_labels() -> None:
    assert all(concept.label and concept.label_ar for concept in topics.concepts().values())
