"""Stories that were merged or split are shown so, and found under their old address."""

from marsad.web.lineage import Lineage
from marsad.web.memory import Memory
from marsad.web.query import Query
from marsad.web.render import page, story_page
from marsad.web.texts import texts
from tests.web.document import HOSTILE, Document, assert_inert
from tests.web.making import Add, story, told

ALL = Query()


def test_chain_of_merges_leads_to_its_end_and_a_ring_ends() -> None:
    lineage = Lineage()
    for old, into in (("a", "b"), ("b", "c"), ("x", "y"), ("y", "x"), ("self", "self")):
        lineage.add(story(old, status="merged", merged_into=into))
    assert lineage.now("a") == lineage.now("b") == lineage.now("c") == "c"
    assert set(lineage.merged_into("c")) == {"a", "b"}
    assert lineage.now("x") in ("x", "y")
    assert lineage.merged_into("x") == ["y"]
    assert lineage.now("self") == "self"
    assert lineage.now("never told") == "never told"


def test_a_story_told_anew_replaces_what_was_told() -> None:
    lineage = Lineage()
    lineage.add(story("a", status="merged", merged_into="b"))
    lineage.add(story("a"))
    assert (lineage.now("a"), lineage.merged_into("b")) == ("a", [])


def test_bounded_by_number() -> None:
    lineage = Lineage(most=2)
    for number in range(4):
        lineage.add(story(f"s{number}", status="merged", merged_into="s"))
    assert lineage.get("s0") is lineage.get("s1") is None
    assert lineage.merged_into("s") == ["s2", "s3"]


def test_merged_stories_stand_as_one(memory: Memory, add: Add) -> None:
    add("1", title="first")
    add("2", title="second", published_at="2026-11-21T07:50:00.000Z")
    assert len(memory.board.stories(ALL)) == 2
    told(memory, story("s2", articles=2, independent_sources=2), story("s1", title="الأولى", status="merged",
                                                                       merged_into="s2"))  # fmt: skip
    (only,) = memory.board.stories(ALL)
    assert only.story_id == "s2"
    assert [one.event.title for one in only.articles] == ["first", "second"]
    assert (only.counts.articles, only.counts.independent_sources, only.merged) == (2, 2, ("s1",))
    document = Document(page(memory, ALL, texts("en")))
    assert "were merged into it: 1" in document.text
    assert "الأولى" in document.text


def test_split_is_shown_on_both_sides(memory: Memory, add: Add) -> None:
    add("1", title="first")
    add("2", title="other", story_id="s2")
    told(memory, story("s1", title="الأصل"), story("s2", title="الفرع", split_from="s1"))
    new = Document(story_page(memory, Query(story="s2"), texts("en")) or "")
    assert "Split from the story" in new.text
    assert any(one["href"] == "/stories/s1" for one in new.named("a"))
    old = Document(story_page(memory, Query(story="s1", ui="ar"), texts("ar")) or "")
    assert "انفصلت عنها قصص" in old.text
    assert any(one["href"] == "/stories/s2?ui=ar" for one in old.named("a"))


def test_article_that_left_its_story_is_no_longer_in_it(memory: Memory, add: Add) -> None:
    add("1", title="before", story_id="s1")
    add("2", title="stays", story_id="s1")
    add("1b", article_id="a1", revision=2, relation="revision", title="something else", story_id="s9")
    told(memory, story("s9", split_from="s1"))
    by_id = {one.story_id: [known.event.title for known in one.articles] for one in memory.board.stories(ALL)}
    assert by_id == {"s9": ["something else"], "s1": ["stays"]}


def test_story_page_is_whole(memory: Memory, add: Add) -> None:
    add("1", text="أول\nثان\nثالث")
    add("2", title="another story")
    document = Document(story_page(memory, Query(story="s1"), texts("ar")) or "")
    assert document.named("details", "rest") == []
    assert len(document.named("article")) == 1
    assert [one["data-stream"] for one in document.named("div", "live")] == ["/events?story=s1"]


def test_story_that_only_its_topic_tells_of(memory: Memory) -> None:
    told(memory, story("s7", title="قديمة"))
    assert "قديمة" in Document(story_page(memory, Query(story="s7"), texts("ar")) or "").text
    assert story_page(memory, Query(story="s8"), texts("ar")) is None


def test_hostile_stories_stay_text(memory: Memory, add: Add) -> None:
    add("1", story_id=HOSTILE, title=HOSTILE)
    told(
        memory,
        story(HOSTILE, title=HOSTILE, lang=HOSTILE, split_from=HOSTILE + "x"),
        story(HOSTILE + "m", title=HOSTILE, status="merged", merged_into=HOSTILE),
        story(HOSTILE + "s", title=HOSTILE, split_from=HOSTILE),
    )
    for html in (page(memory, ALL, texts("ar")), story_page(memory, Query(story=HOSTILE), texts("en"))):
        assert_inert(Document(html or ""))
