"""The memory's two promises: rebuilt, it decides as the lived one does; a redelivery changes nothing."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from events.article import Article
from streams.dedupe import DedupeSettings, Index
from tests.dedupe.dedupe_articles import article, at, see

HOUR = 60 * 60 * 1000
SHORT = DedupeSettings(
    copy_window_ms=6 * HOUR,
    identity_window_ms=24 * HOUR,
    repeat_window_ms=3 * HOUR,
    story_window_ms=6 * HOUR,
    margin_ms=HOUR,
    max_clock_step_ms=8 * HOUR,
    kept_for_redelivery=0,
    newest_per_key=3,
    newest_per_term=2,
    max_entries=12,
    verify_best=2,
    story_best=2,
)
SENTENCES = (
    "أعلنت وزارة الكهرباء إعادة تشغيل محطة بيجي الحرارية بعد أعمال صيانة استمرت شهرين كاملين",
    "قتل ثلاثة أشخاص في حادث سير على الطريق السريع قرب مدينة الناصرية مساء أمس",
    "بحث رئيس الوزراء مع وفد الشركة خطط تطوير حقل مجنون النفطي في محافظة البصرة",
    "شهدت أسواق العاصمة ارتفاعا في أسعار الخضروات مع قرب حلول شهر رمضان المبارك",
    "The council approved a budget for the new bridge over the river after a long debate",
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    first, second = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    toll = draw(st.sampled_from(["", " وبلغ عدد الجرحى 4.", " وبلغ عدد الجرحى 7."]))
    text = f"{SENTENCES[first]}. {SENTENCES[second]}.{toll}" if draw(st.integers(0, 9)) else ""
    number = draw(st.integers(0, 6))
    return article(
        draw(st.sampled_from([SENTENCES[first][:40], SENTENCES[second][:30], ""])),
        text,
        source=draw(st.sampled_from(["alpha", "beta", "gamma"])),
        url=draw(
            st.sampled_from([f"https://a.example/news/{number}", f"http://www.b.example/news/{number}", None])
        ),
        item=draw(st.sampled_from([f"item-{number}", "shared"])),
        fetched_at=draw(st.sampled_from(["2099-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"]))
        if draw(st.integers(0, 19)) == 0
        else at(draw(st.integers(0, 60))),
        lang=draw(st.sampled_from(["ar", "ar", "ar", "en"])),
        agency=draw(st.sampled_from([None, "واع"])),
    )


streams = st.lists(articles(), min_size=1, max_size=30)


def rebuilt(store: dict[str, bytes], chosen: DedupeSettings) -> Index:
    # Another order of insertion: what is derived must not depend on it.
    index = Index(dict(reversed(store.items())), chosen)
    index.rebuild()
    return index


@settings(max_examples=80, deadline=None)
@given(streams)
def test_a_memory_rebuilt_at_any_moment_decides_the_same_bytes(stream: list[Article]) -> None:
    store: dict[str, bytes] = {}
    live = Index(store, SHORT)
    for number, each in enumerate(stream):
        decision = live.decide(each, f"raw/0/{number}")
        assert rebuilt(store, SHORT).decide(each, f"raw/0/{number}") == decision
        live.apply(decision.changes)


@settings(max_examples=80, deadline=None)
@given(streams, st.data())
def test_a_memory_rebuilt_midway_lives_on_alike(stream: list[Article], data: st.DataObject) -> None:
    crash = data.draw(st.integers(0, len(stream)))
    whole, broken = Index({}, SHORT), Index({}, SHORT)
    for number, each in enumerate(stream):
        if number == crash:
            broken.rebuild()
        expected, got = (index.decide(each, f"raw/0/{number}") for index in (whole, broken))
        assert got == expected
        whole.apply(expected.changes)
        broken.apply(got.changes)


@settings(max_examples=80, deadline=None)
@given(streams, st.data())
def test_a_redelivery_at_any_time_gives_the_first_decision_and_changes_nothing(
    stream: list[Article], data: st.DataObject
) -> None:
    # The windows are over long before; that so many later records have not come keeps what comes again.
    store: dict[str, bytes] = {}
    index = Index(store, replace(SHORT, kept_for_redelivery=100, max_entries=1000))
    first = []
    for number, each in enumerate(stream):
        decision = index.decide(each, f"raw/0/{number}")
        assert not decision.redelivered
        index.apply(decision.changes)
        first.append(decision)
        again = data.draw(st.integers(0, number))
        before = dict(store)
        decision = index.decide(stream[again], f"raw/0/{again}")
        index.apply(decision.changes)
        assert decision.redelivered
        assert (decision.outcome, decision.article, decision.repeat) == (
            first[again].outcome,
            first[again].article,
            first[again].repeat,
        )
        assert store == before


@settings(max_examples=60, deadline=None)
@given(streams)
def test_applying_a_decision_twice_is_applying_it_once(stream: list[Article]) -> None:
    once, twice = Index({}, SHORT), Index({}, SHORT)
    for number, each in enumerate(stream):
        decision = once.decide(each, f"raw/0/{number}")
        assert twice.decide(each, f"raw/0/{number}") == decision
        once.apply(decision.changes)
        twice.apply(decision.changes)
        twice.apply(decision.changes)


@settings(max_examples=60, deadline=None)
@given(streams)
def test_revisions_count_up_and_stories_never_shrink(stream: list[Article]) -> None:
    index = Index({}, replace(SHORT, max_entries=1000, identity_window_ms=10**13))
    revisions: dict[tuple[str, str], int] = {}
    stories: dict[str, tuple[int, int, int]] = {}
    for number, each in enumerate(stream):
        decision = index.decide(each, f"raw/0/{number}")
        index.apply(decision.changes)
        made = decision.article
        if made is None:
            continue
        key = (each.shard, made.article_id)
        assert made.revision == revisions.get(key, 0) + 1
        assert (made.revision > 1) == (made.relation == "revision")
        revisions[key] = made.revision
        if decision.left is not None:
            gone = decision.left
            stories[gone.story_id] = (gone.articles, gone.sources, gone.independent_sources)
            assert min(stories[gone.story_id]) >= 1
        counts = (made.story.articles, made.story.sources, made.story.independent_sources)
        assert all(now >= was for now, was in zip(counts, stories.get(made.story_id, (0, 0, 0)), strict=True))
        assert counts[0] >= counts[1] and counts[0] >= counts[2]
        stories[made.story_id] = counts


def test_redelivered_after_it_was_forgotten_and_told_anew_it_is_superseded() -> None:
    """Both lives begin at revision 1: the first must not stand in `current` after the second, come again."""
    page = {"title": "انهيار سقف معمل في داقوق", "text": SENTENCES[0], "url": "https://alpha.example/1"}
    first, again = article(**page), article(**page, hours=24 * 20)
    days = [
        article(f"خبر {day}", f"{SENTENCES[day % 5]} {day * 7919}", source=f"beta-{day % 2}", hours=24 * day)
        for day in range(1, 20)
    ]
    index = Index()
    told, *_, anew = see(index, first, *days, again)
    assert (told.outcome, anew.outcome) == ("new", "new")
    assert told.article and anew.article
    assert told.article.article_id == anew.article.article_id
    assert (told.article.revision, anew.article.revision) == (1, 1)
    old, new = index.decide(first, "raw/0/0"), index.decide(again, "raw/0/20")
    assert (old.redelivered, old.superseded, new.redelivered, new.superseded) == (True, True, True, False)


def test_redelivered_after_a_repeat_of_it_it_is_not_superseded() -> None:
    page = {"title": "انهيار سقف معمل في داقوق", "text": SENTENCES[0], "url": "https://alpha.example/1"}
    index = Index()
    _, repeat = see(index, article(**page), article(**page, hours=2))
    assert repeat.outcome == "repeat"
    assert not index.decide(article(**page), "raw/0/0").superseded
