"""The page: everything from outside escaped, evidence marked, stories folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.article import (
    Casualties,
    Change,
    Count,
    Dateline,
    Evidence,
    Heading,
    Named,
    OtherToll,
    Place,
    RelatesTo,
    Removed,
    Topic,
)  # fmt: skip
from marsad.web.board import Board
from marsad.web.marks import Span, clean, difference, highlighted, isolated, link
from marsad.web.memory import Memory
from marsad.web.query import Query
from marsad.web.render import PAGE_STORIES, page
from marsad.web.texts import LANGUAGES, preferred, texts
from tests.web.document import CONTROLS, HOSTILE, Document, assert_inert
from tests.web.making import Add


def shown(board: Board, query: Query | None = None, lang: str = "ar") -> Document:
    return Document(page(Memory(board=board), query or Query(), texts(lang)))


def place(name: str, *evidence: Evidence) -> Place:
    return Place(id=name, name=name, name_ar=None, country=None, lat=0, lon=0, score=1, evidence=evidence)


def hostile_event(add: Add) -> None:
    seen = Evidence(field="title", start=0, end=len(HOSTILE), surface=HOSTILE, rule=HOSTILE)
    named = Named(id=None, name=HOSTILE, name_ar=HOSTILE, role=HOSTILE, score=1, evidence=(seen,))
    add(
        HOSTILE, title=HOSTILE, text=f"{HOSTILE}\n{HOSTILE}", lang=HOSTILE, source_id=HOSTILE,
        source_name=HOSTILE, url="javascript:alert(1)", canonical_url=HOSTILE, authors=(HOSTILE,),
        agency=HOSTILE, story_id=HOSTILE,
        dateline=Dateline(raw=HOSTILE, place=HOSTILE), removed=(Removed(kind="credit", text=HOSTILE),),
        published_at=HOSTILE, published_raw=HOSTILE, fetched_at="2026-11-21T08:00:00.000Z",
        relation="revision", revision=2, people=(named,), organisations=(named,),
        relates_to=RelatesTo(article_id=HOSTILE, revision=1, similarity=1, reasons=(HOSTILE,),
                             changes=(Change(kind="title", before=HOSTILE, after=HOSTILE),)),
        topics=(Topic(id=HOSTILE, label=HOSTILE, label_ar=HOSTILE, score=1, evidence=(seen,)),),
        places=(place(HOSTILE),),
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("query", [Query(), Query(q=HOSTILE), Query(tag=HOSTILE, ui=HOSTILE, source=HOSTILE)])
def test_hostile_text_stays_text(board: Board, add: Add, lang: str, query: Query) -> None:
    hostile_event(add)
    add("copy", relation="copy", title=HOSTILE, url=HOSTILE, source_name=HOSTILE)
    document = shown(board, query, lang)
    assert_inert(document)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6))
def test_highlighting_keeps_the_text(text: str, places: list[tuple[int, int]]) -> None:
    marked = highlighted(text, [Span(start, end, "place", "x") for start, end in places])
    plain = Document(f"<p>{marked}</p>").text
    assert plain == CONTROLS.sub("", text)


def test_longer_evidence_wins() -> None:
    marked = highlighted("شمال الموصل", [Span(5, 11, "place", "Mosul"), Span(0, 11, "topic", "x")])
    assert marked == '<mark class="topic" title="x">شمال الموصل</mark>'


def test_evidence_that_does_not_fit_is_left_out(board: Board, add: Add) -> None:
    wrong = Evidence(field="text", start=0, end=2, surface="xx", rule="r")
    right = Evidence(field="text", start=0, end=2, surface="نص", rule="r")
    add("1", places=(place("N", wrong, right),))
    assert [mark["title"] for mark in shown(board).named("mark", "place")] == ["N"]


def test_story_says_who_told_it_and_folds_copies(board: Board, add: Add) -> None:
    from events.article import StoryCounts

    counts = StoryCounts(
        articles=2, sources=2, independent_sources=1, first_seen_at="2026-11-21T07:00:00.000Z"
    )
    add("1", title="الأصل")
    add("2", title="النسخة", relation="copy", story_id="s1", story=counts)
    document = shown(board, lang="en")
    assert len(document.named("section", "story")) == len(document.named("article")) == 1
    assert len(document.named("details", "copies")) == 1
    assert "Independent sources: 1 · Sources: 2 · Articles: 2" in document.text
    assert "similarity 0.97" in document.text


def test_revision_shows_before_and_after(board: Board, add: Add) -> None:
    sides = {"before": "قُتل ثلاثة أشخاص", "after": "قُتل خمسة أشخاص"}
    changes = (Change(kind="title", **sides), Change(kind="figure", **sides))
    relates = RelatesTo(article_id="a1", revision=1, similarity=0.9, changes=changes)
    add("1", title="أول")
    add("1b", article_id="a1", story_id="s1", relation="revision", revision=2, relates_to=relates)
    html = page(Memory(board=board), Query(), texts("ar"))
    assert '<dt lang="ar" dir="rtl">العنوان · رقم</dt>' in html
    heard = '<span class="heard" lang="ar" dir="rtl">{}: </span>'.format
    line = f"<dd>قُتل <del>{heard('قبل')}ثلاثة</del> <ins>{heard('بعد')}خمسة</ins> أشخاص</dd>"
    assert html.count(line) == 1


def test_rewritten_line_is_shown_whole() -> None:
    assert list(difference("ثلاثة قتلى بانفجار", "ارتفاع حصيلة انفجار الرمادي إلى خمسة قتلى")) == [
        ("", "ثلاثة قتلى بانفجار", "ارتفاع حصيلة انفجار الرمادي إلى خمسة قتلى")
    ]


@given(st.text(max_size=40), st.text(max_size=40))
def test_difference_holds_both_sides(before: str, after: str) -> None:
    pieces = list(difference(before, after))
    old = " ".join(piece for same, gone, _ in pieces for piece in (same, gone) if piece)
    new = " ".join(piece for same, _, come in pieces for piece in (same, come) if piece)
    assert (old.split(), new.split()) == (clean(before).split(), clean(after).split())


def test_earlier_changes_stay_visible_under_a_later_revision(board: Board, add: Add) -> None:
    for number, (before, after) in enumerate((("3", "5"), ("5", "8")), 2):
        relates = RelatesTo(article_id="a1", revision=number - 1, similarity=0.9,
                            changes=(Change(kind="figure", before=before, after=after),))  # fmt: skip
        add(f"1r{number}", article_id="a1", story_id="s1", relation="revision", revision=number,
            relates_to=relates)  # fmt: skip
    assert len(shown(board).named("del")) == 2


def test_tolls_are_told_with_their_bounds(board: Board, add: Add) -> None:
    add("1", casualties=Casualties(killed=Count(min=5, max=5, exact=5), injured=Count(min=9), evidence=()),
        casualties_other=(OtherToll(role="background", killed=Count(max=11), evidence=()),))  # fmt: skip
    text = shown(board, lang="en").text
    assert "killed 5 · injured at least 9" in text
    assert "(background): killed at most 11" in text


def test_directions_and_languages(board: Board, add: Add) -> None:
    add("1", lang="ar", dir="rtl")
    add("2", lang="en-GB", dir="ltr", title="Basra")
    document = shown(board, lang="en")
    assert document.named("html") == [{"lang": "en", "dir": "ltr"}]
    assert {(one["lang"], one["dir"]) for one in document.named("article")} == {
        ("ar", "rtl"),
        ("en-GB", "ltr"),
    }
    assert shown(board, lang="ar").named("html") == [{"lang": "ar", "dir": "rtl"}]


def test_subheading_and_folded_text(board: Board, add: Add) -> None:
    add("1", text="أول\nعنوان\nثان", headings=(Heading(text="عنوان", start=4, end=9),))
    document = shown(board)
    assert len(document.named("p", "subheading")) == len(document.named("details", "rest")) == 1


def test_filters_are_kept_in_form_and_links(board: Board, add: Add) -> None:
    add("1", places=(place("geonames:9"),))
    document = shown(board, Query(lang="ar", ui="en"), "en")
    assert {"value": "ar", "selected": None} in document.named("option")
    assert any(one.get("href") == "/?lang=ar&tag=geonames%3A9&ui=en" for one in document.named("a"))


def test_pages(board: Board, add: Add) -> None:
    for number in range(PAGE_STORIES + 3):
        add(str(number))
    first, second = shown(board), shown(board, Query(page=2))
    assert len(first.named("section")) == PAGE_STORIES
    assert len(second.named("section")) == 3
    assert [one.get("rel") for one in first.named("a") if one.get("rel") in ("next", "prev")] == ["next"]
    assert [one.get("rel") for one in second.named("a") if one.get("rel") in ("next", "prev")] == ["prev"]


def test_empty_and_unconnected_pages_say_so(board: Board, add: Add) -> None:
    assert texts("ar")["waiting"] in shown(board).text
    board.connected = False
    assert texts("ar")["kafka_down"] in shown(board).text
    add("1")
    assert texts("ar")["nothing"] in shown(board, Query(q="زحل")).text


@pytest.mark.parametrize(
    "url", ["javascript:x", "data:text/html,x", "ftp://x/", "//x", "", None, "https://", "http://[x"]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert link(url, isolated("x")) == isolated("x")


def test_both_languages_have_all_words() -> None:
    def names(lang: str) -> set[str]:
        words = texts(lang)._words
        return {
            f"{name}.{sub}"
            for name, word in words.items()
            for sub in (word if isinstance(word, dict) else "")
        } | set(words)

    assert names("ar") == names("en")


@pytest.mark.parametrize(
    ("asked", "header", "lang"),
    [
        ("en", "ar", "en"),
        ("", "en-GB,ar;q=0.5", "en"),
        ("", "fr, ar", "ar"),
        ("xx", "de", "ar"),
        (None, "", "ar"),
    ],
)
def test_interface_language(asked: str | None, header: str, lang: str) -> None:
    assert preferred(asked, header) == lang
