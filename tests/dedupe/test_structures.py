"""The compact structures against plain models, and that what is evicted leaves nothing behind."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.dedupe import DedupeSettings, Index
from streams.dedupe.candidates import runs_needed
from streams.dedupe.postings import WIDTH, Postings
from streams.dedupe.recent import Recent
from streams.dedupe.table import Table, key64
from tests.dedupe.dedupe_articles import article

HOUR = 60 * 60 * 1000
PARTS = ("origins", "articles", "exact", "stories", "frames", "framed", "full", "bare", "recent", "postings")
# Keys that share their home slot: whole clusters, and clusters across the end.
crowded = st.integers(1, 12).map(lambda n: n * 64 + 62)
steps = st.lists(
    st.tuples(st.sampled_from(["put", "discard", "raise"]), crowded | st.integers(1, 200), st.integers(0, 5))
)


@given(steps)
def test_a_table_is_a_dict(history: list[tuple[str, int, int]]) -> None:
    table, model = Table(), dict[int, int]()
    for step, key, value in history:
        if step == "put":
            table.put(key, value)
            model[key] = value
        elif step == "raise":
            table.raise_to(key, value)
            model[key] = max(value, model.get(key, -1))
        else:
            table.discard(key, value)
            if model.get(key) == value:
                del model[key]
        assert len(table) == len(model)
        assert all(table.get(known) == model.get(known) for known in {key, *model})


def test_a_table_grows_past_its_first_size() -> None:
    table = Table()
    for number in range(5_000):
        table.put(key64(str(number)), number)
    assert [table.get(key64(str(number))) for number in range(5_000)] == list(range(5_000))
    assert table.get(key64("no such key")) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 40), max_size=WIDTH)), max_size=150),
    st.sampled_from([2**32 - 1, 200 * WIDTH]),
)
def test_postings_are_lists_of_the_newest_rows(
    history: list[tuple[bool, set[int]]], last_number: int
) -> None:
    """Also where the ring grows, where the numbers run out and start anew, and for keys asked before."""
    postings = Postings(last_number)
    model: dict[int, set[int]] = {}
    for drop, keys in history:
        if drop and model:
            postings.drop_oldest()
            del model[min(model)]
        elif not drop:
            model[postings.add(np.array(sorted(keys), np.uint32))] = keys
        asked = np.arange(1, 41, dtype=np.uint32)
        assert len(postings) == len(model)
        for newest in (3, 9):
            which, rows = postings.find(asked, np.full(len(asked), newest, np.int64))
            found = {key: sorted(rows[which == at].tolist()) for at, key in enumerate(asked.tolist())}
            assert found == {
                key: sorted(row for row in model if key in model[row])[-newest:] for key in asked.tolist()
            }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_many_keys_at_once_find_the_same_rows(seed: int, newest: int) -> None:
    """So many chains that they are walked by array first, and one by one at the end."""
    dice = random.Random(seed)
    postings, model = Postings(), dict[int, list[int]]()
    for _ in range(60):
        keys = sorted(dice.sample(range(1, 401), WIDTH))
        row = postings.add(np.array(keys, np.uint32))
        for key in keys:
            model.setdefault(key, []).append(row)
    asked = np.arange(1, 401, dtype=np.uint32)
    which, rows = postings.find(asked, np.full(len(asked), newest, np.int64))
    found = {key: sorted(rows[which == at].tolist()) for at, key in enumerate(asked.tolist())}
    assert found == {key: model.get(key, [])[-newest:] for key in asked.tolist()}


def test_a_long_text_must_share_more_runs_than_any_two_reports_do() -> None:
    words = np.array([0, 40, 100, 400, 6_000])
    assert runs_needed(0, words).tolist() == [1, 1, 1, 1, 1]
    assert runs_needed(5, words).tolist() == [1, 1, 1, 1, 1]
    assert runs_needed(50, words).tolist() == [1, 1, 2, 5, 1]
    assert runs_needed(700, words).tolist() == [1, 1, 1, 3, 3]


def test_what_is_evicted_leaves_nothing_behind() -> None:
    """A stream much longer than all windows: the store and all that is derived stay small and exact."""
    chosen = DedupeSettings(
        copy_window_ms=2 * HOUR,
        identity_window_ms=4 * HOUR,
        repeat_window_ms=HOUR,
        story_window_ms=HOUR,
        margin_ms=HOUR,
        kept_for_redelivery=0,
    )
    store: dict[str, bytes] = {}
    index = Index(store, chosen)
    for number in range(600):
        text = f"خبر رقم {number} عن حدث في يوم من أيام السنة يرويه شاهد عيان اسمه {number * 7} لمراسلنا هناك"
        each = article(
            f"عنوان {number}",
            text,
            item=f"i{number}",
            hours=number * 0.1,
            url=f"https://a.example/{number}-news",
        )
        for go in range(2):
            index.apply(index.decide(each, f"raw/{go}/{number}").changes)
    memory = index._shards["ar"]
    assert len(store) <= 80
    rebuilt = Index(dict(store), chosen)
    rebuilt.rebuild()
    again = rebuilt._shards["ar"]
    for part in PARTS:
        assert len(getattr(memory, part)) == len(getattr(again, part)), part
    assert len(memory.recent) <= 32
    assert len(memory.articles) <= 3 * 55
    assert (memory.documents == again.documents).all()


def test_the_number_of_entries_is_bounded_whatever_the_times_say() -> None:
    store: dict[str, bytes] = {}
    index = Index(store, replace(DedupeSettings(), max_entries=50))
    for number in range(200):
        each = article(
            f"عنوان {number}", fetched_at="2099-01-01T00:00:00.000Z", url=f"https://a.example/{number}"
        )
        index.apply(index.decide(each, f"raw/0/{number}").changes)
    assert len(store) == 50


def test_a_volatile_line_is_forgotten_with_its_signs() -> None:
    chosen = replace(DedupeSettings(), identity_window_ms=4 * HOUR, margin_ms=HOUR, kept_for_redelivery=0)
    store: dict[str, bytes] = {}
    index = Index(store, chosen)

    def counted(number: int, views: int, hours: float) -> str:
        text = f"خبر رقم {number} عن افتتاح مكتبة عامة في حي من أحياء المدينة القديمة.\nعدد القراء: {views}"
        each = article(f"افتتاح {number}", text, url=f"https://a.example/{number}", hours=hours)
        decision = index.decide(each, f"raw/{views}/{number}")
        index.apply(decision.changes)
        return decision.outcome

    for number in range(5):
        counted(number, 1, 0)
    assert [counted(number, 2, 1) for number in range(5)] == ["revision"] * 3 + ["repeat"] * 2
    for number in range(100, 140):  # time passes, and two entries leave with each
        counted(number, 1, 2 + number / 10)
    assert (len(index._shards["ar"].frames), len(index._shards["ar"].framed)) == (0, 0)
    assert [counted(number, 9, 16.5) for number in range(130, 135)] == ["revision"] * 3 + ["repeat"] * 2


def test_the_chain_of_revisions_is_read_back() -> None:
    index = Index()
    texts = [f"قتل {toll} أشخاص في حادث سير على الطريق السريع قرب مدينة الناصرية." for toll in (3, 5, 5, 8)]
    for number, text in enumerate(texts):
        each = article("حادث سير", text, url="https://a.example/news/7", item=f"guid-{number}", hours=number)
        index.apply(index.decide(each, f"raw/0/{number}").changes)
    chain = index.revisions("ar", each.article_id)
    assert [(entry.revision, entry.outcome, entry.origin) for entry in chain] == [
        (1, "new", "raw/0/0"),
        (2, "revision", "raw/0/1"),
        (3, "revision", "raw/0/3"),
    ]
    told = [entry.relates_to.changes[0] for entry in chain if entry.relates_to]
    assert [(change.before, change.after) for change in told] == [(texts[0], texts[1]), (texts[2], texts[3])]
    assert index.revisions("ar", "no such article") == index.revisions("en", each.article_id) == ()


@given(st.lists(st.tuples(crowded | st.integers(1, 200), st.integers(0, 9)), max_size=150))
def test_a_table_laid_out_at_once_is_the_one_filled_step_by_step(rows: list[tuple[int, int]]) -> None:
    one_by_one = Table()
    for key, value in rows:
        one_by_one.raise_to(key, value)
    at_once = Table.of(*(np.array([row[side] for row in rows], np.uint64) for side in (0, 1)))
    assert len(at_once) == len(one_by_one)
    assert {key: at_once.get(key) for key in range(1, 900)} == {
        key: one_by_one.get(key) for key in range(1, 900)
    }
    for key, value in rows:  # and it lives on like any other
        for table in (one_by_one, at_once):
            table.discard(key, value)
        assert at_once.get(key) == one_by_one.get(key)


def test_a_memory_of_thousands_is_rebuilt_as_it_was() -> None:
    """More than a block of articles, the first of them past the copy window."""
    chosen = replace(DedupeSettings(), copy_window_ms=HOUR, margin_ms=HOUR)
    index = Index({}, chosen)
    for number in range(5_000):
        text = f"خبر رقم {number} عن حدث في يوم {number % 365} من أيام السنة"
        each = article(f"عنوان {number}", text, url=f"https://a.example/{number}", hours=number / 1000)
        index.apply(index.decide(each, f"raw/0/{number}").changes)
    memory = index._shards["ar"]
    index.rebuild()
    again = index._shards["ar"]
    assert [len(getattr(memory, part)) for part in PARTS] == [len(getattr(again, part)) for part in PARTS]
    assert (memory.documents == again.documents).all()
    assert 2_000 < len(memory.recent) < 3_000


def test_what_was_used_last_is_at_hand_and_the_rest_goes() -> None:
    recent = Recent[str, int](room=3)
    for number, name in enumerate("abc"):
        recent.put(name, number)
    recent.put("d", 3)  # the young ones are full: they grow old
    assert [recent.get(name) for name in "ad"] == [0, 3]
    recent.put("long", 9, weight=3)  # and the old ones are gone, but for those asked for
    assert [recent.get(name) for name in ("a", "b", "long")] == [0, None, 9]
    recent.discard("a")
    assert recent.get("a") is None
    recent.clear()
    assert recent.get("long") is None
