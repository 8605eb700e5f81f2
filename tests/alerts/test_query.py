"""Queries: what matches, what is refused and at which character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alert.faults import QueryError
from streams.alert.query import compile_query, oddities
from streams.alert.subject import Subject
from tests.alerts.making import altered, event, holds

EVENT = event()
TWO = altered(
    EVENT, title="حريق في مجمّع تجاري", text="التهمت النيران المجمع.\nاندلع الحريق فجرا والدفاع المدني يكافح"
)

HOLDS = [
    "انفجار", "إنفجار", "اِنْفِجَار", "انفجــار", "عبوه", "عبوة", "الشرطه", "شرطة", "مصدر شرطة",
    "كراد*", "انفج*", '"عبوة ناسفة"', '"وسط بغداد"', '"ناسفة عبوة"~2', "title:انفجار", "text:الكرادة",
    "place:بغداد", "place:Baghdad", "place:geonames:98182", 'place:"geonames:98182"', "country:IQ",
    "killed:3",
    "killed:>=3", "killed:٣", "killed:[2 TO 4]", "killed:{2 TO 4}", "killed:<4", "injured:>5", "killed:*",
    "lang:ar", "language:ar", "source:a", "relation:new", "independent_sources:1", "articles:>=1",
    "revision:1",
    "انفجار AND بغداد", "زلزال OR انفجار", "انفجار NOT زلزال", "انفجار -زلزال", "+انفجار",
    "(زلزال OR (انفجار))",
    "title:(زلزال OR انفجار)", "place:(الموصل OR بغداد)", "NOT زلزال", "missing:* OR killed:*", "شرطه*",
]  # fmt: skip
HOLDS_NOT = [
    "الانفجار", "زلزال", '"بغداد وسط"', "title:الكرادة", "place:الموصل", "killed:4", "killed:>3",
    "killed:{3 TO 9]",
    "missing:>=0", "missing:*", "lang:en", "source:b", "relation:revision", "انفجار AND زلزال",
    "انفجار -بغداد",
    "NOT انفجار", '"انفجار عبوة"', '"بغداد الشرطة"~3', "نفجار", "فجار*", "changed:figure",
]  # fmt: skip


@pytest.mark.parametrize("query", HOLDS)
def test_holds(query: str) -> None:
    assert holds(query, EVENT)


@pytest.mark.parametrize("query", HOLDS_NOT)
def test_does_not_hold(query: str) -> None:
    assert not holds(query, EVENT)


def test_clitics_are_peeled_from_bare_words_only() -> None:
    assert holds("دفاع", TWO)  # والدفاع
    assert holds("الدفاع", TWO)
    assert not holds('"دفاع"', TWO)
    assert holds('"والدفاع المدني"', TWO)


def test_phrases_never_run_from_title_into_text() -> None:
    assert holds('"مجمع تجاري"', TWO)
    assert not holds('"تجاري التهمت"', TWO)


def test_a_toll_with_bounds_alone() -> None:
    text = "قتل ما لا يقل عن خمسة أشخاص بانفجار عبوة ناسفة وسط بغداد صباح اليوم السبت وفق الشرطة."
    made = event(content_text=text)
    assert made.casualties is not None
    assert made.casualties.killed is not None
    assert (made.casualties.killed.min, made.casualties.killed.exact) == (5, None)
    assert holds("killed:>=5", made)
    assert not holds("killed:<9", made)
    assert not holds("killed:5", made)


REFUSED = {
    "": 0, "  ": 0, "(انفجار": 7, "انفجار AND": 10, 'a "b': 2, "a /b.*/ c": 2, "a~2": 0, "word~0.4": 0,
    "a^3": 0,
    "*": 0, "ab*": 0, "*abc": 0, "a*c": 1, "ab?c": 2, "x AND plase:y": 6, "killed:five": 7, "killed:>": 8,
    "a b OR c": 2, "a OR b c": 0, "a && b": 2, "!a": 0, "title:place:x": 6, "killed:[9 TO 1]": 7,
    "lang:[a TO b]": 5,
    '"a b"~101': 0, "relation:twin": 9, "«»": 0, ">5": 0, "source:x*": 8, "killed:99999999999999": 7,
}  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_refused_with_its_place(query: str) -> None:
    with pytest.raises(QueryError) as error:
        compile_query(query)
    assert error.value.offset == REFUSED[query], str(error.value)


@pytest.mark.parametrize(
    "query",
    [
        "a" * 5_000, "(" * 60 + "a" + ")" * 60, "NOT " * 60 + "a", " OR ".join(f"w{n}" for n in range(300)),
        "(" * 4_000, "a OR " * 800, '"' + "a " * 2_000 + '"~101', "title:" * 600 + "a",
    ],
)  # fmt: skip
def test_costly_queries_are_refused(query: str) -> None:
    with pytest.raises(QueryError):
        compile_query(query)


def test_many_alternatives_are_no_depth() -> None:
    query = " OR ".join(f"w{number}" for number in range(256))
    assert len(compile_query(query).anchors() or ()) == 256


@given(st.text(max_size=80) | st.text("abو(\"'):*?~^/\\[]{}<>=+-! \n1٥ANDORTO", max_size=60))
def test_any_text_is_a_query_or_is_refused_with_a_place(text: str) -> None:
    try:
        node = compile_query(text)
    except QueryError as error:
        assert 0 <= error.offset <= len(text)
        return
    node.holds(Subject(EVENT))
    node.anchors()
    list(node.terms())
    list(oddities(text, node))


@given(
    st.lists(st.sampled_from([*HOLDS, *HOLDS_NOT]), min_size=1, max_size=4),
    st.sampled_from(["AND", "OR", "AND NOT"]),
)
def test_what_holds_is_found_by_its_anchors(queries: list[str], operator: str) -> None:
    """An index that looks anchors up never misses an article for which the query holds."""
    node = compile_query(f" {operator} ".join(f"({query})" for query in queries))
    subject = Subject(EVENT)
    anchors = node.anchors()
    if anchors is not None and node.holds(subject):
        there = {
            "word": subject.loose["any"], "begins": subject.beginnings,
            "number": frozenset({"killed", "injured"}), **subject.names, **subject.values,
        }  # fmt: skip
        assert any(value in there[kind] for kind, value in anchors)


def test_words_that_look_like_operators_are_told() -> None:
    text = "انفجار أو تفجير and بغداد"
    told = list(oddities(text, compile_query(text)))
    assert [place for place, _ in told] == [text.index("أو"), text.index("and")]
