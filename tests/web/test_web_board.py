"""What the page remembers, in which order, and how much of it."""

import pytest

from events.article import StoryCounts
from marsad.web.board import Board, entry
from marsad.web.query import Query
from tests.web.making import Add, Make

ALL = Query()


def titles(board: Board, query: Query = ALL) -> list[str]:
    return [known.event.title for known in board.newest(query)]


def test_newest_first_by_publication(board: Board, add: Add) -> None:
    add("1", title="second", published_at="2026-11-21T07:30:00.000Z")
    add("2", title="first", published_at="2026-11-21T07:00:00.000Z")
    add("3", title="third", published_at="2026-11-21T07:45:00.000Z")
    assert titles(board) == ["third", "second", "first"]


def test_date_in_the_future_is_now_and_long_past_is_a_few_hours_ago(board: Board, add: Add) -> None:
    add("1", title="from 1970", published_at="1970-01-01T00:00:00.000Z")
    add("2", title="from the future", published_at="2030-01-01T00:00:00.000Z")
    add("3", title="now", fetched_at="2026-11-21T08:00:01.000Z", published_at="2026-11-21T08:00:01.000Z")
    add(
        "4",
        title="yesterday evening",
        fetched_at="2026-11-20T20:00:00.000Z",
        published_at="2026-11-20T20:00:00.000Z",
    )
    assert titles(board) == ["now", "from the future", "from 1970", "yesterday evening"]


def test_revision_is_news_when_it_was_fetched(board: Board, add: Add) -> None:
    add("1", title="old", published_at="2026-11-21T05:00:00.000Z")
    add("2", title="newer", published_at="2026-11-21T07:00:00.000Z")
    add("1b", article_id="a1", story_id="s1", title="revised", relation="revision", revision=2,
        published_at="2026-11-21T05:00:00.000Z")  # fmt: skip
    assert titles(board) == ["revised", "newer", "old"]


def test_redelivery_changes_nothing_but_the_position(board: Board, add: Add, make: Make) -> None:
    first = add("1")
    assert not board.add(entry(make("1"), 0, 7, 1_000))
    assert len(board) == 1
    assert board.position == {0: 7}
    assert next(board.newest(ALL)) == first


def test_bounded_by_number(make: Make) -> None:
    board = Board(max_events=3)
    for number in range(5):
        board.add(entry(make(str(number), published_at=f"2026-11-21T07:0{number}:00.000Z"), 0, number, 10))
    assert [known.offset for known in board.newest(ALL)] == [4, 3, 2]
    assert board.has_forgotten({0: 0})
    assert not board.has_forgotten({0: 1})


def test_bounded_by_bytes(make: Make) -> None:
    board = Board(max_bytes=100)
    for number in range(4):
        board.add(entry(make(str(number)), 0, number, 40))
    assert len(board) == 2
    board.add(entry(make("big"), 0, 9, 101))
    assert len(board) == 0


def test_position_ahead_of_the_log_is_another_log(board: Board, add: Add) -> None:
    add("1")
    assert board.has_forgotten({0: 500})
    assert board.has_forgotten({3: 0})


def test_after_gives_each_partition_from_its_position(board: Board, add: Add) -> None:
    for name, partition, offset in (("1", 0, 4), ("2", 1, 0), ("3", 0, 5), ("4", 1, 1)):
        add(name, partition, offset)
    assert [(one.partition, one.offset) for one in board.after({0: 4, 1: 0})] == [(1, 1), (0, 5)]
    assert len(board.after({})) == 4


def test_copies_fold_under_their_story(board: Board, add: Add) -> None:
    counts = StoryCounts(
        articles=3, sources=3, independent_sources=1, first_seen_at="2026-11-21T07:00:00.000Z"
    )
    add("1", title="original", published_at="2026-11-21T07:00:00.000Z")
    add("2", title="copy", relation="copy", story_id="s1", published_at="2026-11-21T07:10:00.000Z")
    add(
        "3",
        title="late copy",
        relation="copy",
        story_id="s1",
        story=counts,
        published_at="2026-11-21T07:20:00.000Z",
    )
    add("4", title="other story", published_at="2026-11-21T07:15:00.000Z")
    first, second = board.stories(ALL)
    assert [one.event.title for one in first.articles] == ["original"]
    assert [one.event.title for one in first.copies] == ["late copy", "copy"]
    assert first.counts == counts
    assert second.story_id == "s4"


def test_copy_that_was_revised_stays_folded(board: Board, add: Add) -> None:
    add("1", title="original")
    add("2", relation="copy", story_id="s1")
    add("2b", article_id="a2", story_id="s1", relation="revision", revision=2, title="copy, revised")
    (only,) = board.stories(ALL)
    assert [one.event.title for one in only.articles] == ["original"]
    assert [one.event.title for one in only.copies] == ["copy, revised"]


def test_story_of_copies_alone_shows_one_of_them(board: Board, add: Add) -> None:
    add("2", relation="copy", story_id="s1")
    add("3", relation="copy", story_id="s1", published_at="2026-11-21T07:20:00.000Z")
    (only,) = board.stories(ALL)
    assert [one.event.article_id for one in only.articles] == ["a2"]
    assert [one.event.article_id for one in only.copies] == ["a3"]


def test_only_the_last_revision_stands_and_the_others_are_history(board: Board, add: Add) -> None:
    add("1", title="one")
    add("1b", article_id="a1", story_id="s1", relation="revision", revision=2, title="two")
    add("1c", article_id="a1", story_id="s1", relation="revision", revision=3, title="three")
    (only,) = board.stories(ALL)
    assert [one.event.title for one in only.articles] == ["three"]
    assert [one.event.revision for one in only.history] == [2, 1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(q="الموصل"), {"a1"}),
        (Query(q="اعلنت"), {"a1"}),
        (Query(q="الموصل kirkuk"), set()),
        (Query(q="KIRKUK"), {"a2"}),
        (Query(q="«»"), {"a1", "a2"}),
        (Query(lang="en"), {"a2"}),
        (Query(lang="ar-IQ"), {"a1"}),
        (Query(source="ledger"), {"a2"}),
        (Query(relation="copy"), set()),
        (Query(tag="geonames:99072"), set()),
    ],
)
def test_filters(board: Board, add: Add, query: Query, found: set[str]) -> None:
    add("1", title="أعــلنت بلدية المَوصِل")
    add("2", title="Kirkuk", text="A road.", lang="en-GB", dir="ltr", source_id="ledger")
    assert {known.event.article_id for known in board.newest(query)} == found


def test_query_survives_its_own_address() -> None:
    from urllib.parse import parse_qsl, urlsplit

    query = Query(q='"ا&ب=ج" #', lang="ar", relation="copy", source="x y", tag="geonames:1", ui="en", page=3)
    assert Query.of(dict(parse_qsl(urlsplit(query.url()).query))) == query
    assert Query.of(dict(parse_qsl(urlsplit(query.url(lang="en")).query))).page == 1


@pytest.mark.parametrize("page", ["-1", "0", "x", "", "٣", "1e3", "9" * 50])
def test_page_that_is_none_is_the_first(page: str) -> None:
    assert Query.of({"page": page}).page == 1
