"""Hostile input costs a bounded time and bounded entries, and is decided like any other."""

import random
import time
from collections.abc import Callable

import pytest

from events.rejected import Rejected
from streams.dedupe import Index
from tests.dedupe.dedupe_articles import article, see

HUGE = 1_000_000


def texts() -> dict[str, str]:
    words = random.Random(5).choices("سلام حرب نهر مدينة جسر طريق قانون وزير شارع مطر".split(), k=HUGE // 5)
    return {
        "words": " ".join(words)[:HUGE],
        "one word": "ا" * HUGE,
        "sentences": ". ".join(words)[:HUGE],
        "lines": "\n".join(words)[:HUGE],
        "numbers": " ".join(str(n) for n in range(HUGE // 6)),
        "stops": "." * HUGE,
        "capitals": "Aa" * (HUGE // 2),
    }


@pytest.mark.parametrize("name", list(texts()))
def test_a_text_of_a_megabyte(name: str) -> None:
    text = texts()[name]
    first = article("عنوان", text, url="https://a.example/long-one")
    changed = article(
        "عنوان", text[: HUGE // 2] + " 77 " + text[HUGE // 2 :], url="https://a.example/long-one", hours=1
    )
    start = article("عنوان", "كلمة أولى. " + text, url="https://a.example/long-one", hours=2)
    copy = article("عنوان", text, source="beta", hours=3)
    decisions = see(Index(), first, changed, start, copy)
    assert [decision.outcome for decision in decisions][:1] == ["new"]
    assert all(len(data) < 400_000 for decision in decisions for _, data in decision.changes.put)
    for decision in decisions[1:3]:
        if decision.outcome == "revision":
            assert decision.article is not None
            assert decision.article.relates_to is not None
            assert decision.article.relates_to.changes


def test_a_time_that_is_none_is_refused_not_a_crash() -> None:
    with pytest.raises(Rejected) as refused:
        Index().decide(article("عنوان", "نص", fetched_at="yesterday"), "raw/0/0")
    assert refused.value.reason == "bad_time"


def cost(work: Callable[[], object]) -> float:
    """Processor time, the least of three runs: what else the machine does only ever adds to it."""
    spent = []
    for _ in range(3):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


@pytest.mark.parametrize("name", list(texts()))
def test_the_cost_grows_with_the_text_and_no_faster(name: str) -> None:
    """Compared in one run, so that a slow or busy machine fails nothing: quadratic would be 16 fold."""

    def pair(letters: int) -> Callable[[], object]:
        text = texts()[name][:letters]
        half = letters // 2
        both = [
            article("عنوان", text, url="https://a.example/one"),
            article("عنوان", f"{text[:half]} 77 {text[half:]}", url="https://a.example/one", hours=1),
        ]
        return lambda: see(Index(), *both)

    assert cost(pair(200_000)) < 10 * cost(pair(50_000)) + 0.05


def test_a_thousand_articles_of_one_template_cost_no_more_than_their_number() -> None:
    """All share their bands, anchors and terms: the buckets of one key must not make the cost grow."""
    template = (
        "أعلنت دائرة المرور تحويل حركة السير في شارع رقم {n} وسط العاصمة بسبب أعمال صيانة شبكة المياه، "
        "ودعت سائقي المركبات إلى سلوك الطرق البديلة حتى إشعار آخر حفاظا على سلامتهم وسلامة العاملين هناك."
    )
    index = Index()
    spent = []
    for block in range(8):
        batch = [
            article(f"تحويل مروري {n}", template.format(n=n)) for n in range(block * 125, block * 125 + 125)
        ]
        started = time.process_time()
        decisions = see(index, *batch, start=block * 125)
        spent.append(time.process_time() - started)
        assert all(decision.outcome == "new" for decision in decisions), "another street is another notice"
    # The quickest of the last blocks beside the slowest of the first: a busy moment decides nothing.
    assert min(spent[4:]) < 2 * max(spent[:4])


def test_more_damage_is_never_more_alike() -> None:
    """Similarity ranks across relations: the same edits and more of them never raise it."""
    dice = random.Random(8)
    for case in range(12):
        words = [f"كلمة{dice.randrange(4_000)}" for _ in range(dice.randrange(40, 160))]
        places = dice.sample(range(len(words)), len(words) // 2)
        kind = dice.choice(["swap", "cut", "drop", "add"])
        told = []
        for damage in range(0, len(places), max(1, len(places) // 8)):
            right = damaged(words, places[:damage], kind)
            index = Index()
            left = article("عنوان التقرير هذا", " ".join(words), url="https://a.example/news/1")
            other = {"url": "https://a.example/news/1"} if case % 2 else {"source": "beta"}
            made = see(index, left, article("عنوان التقرير هذا", right, hours=1, **other))[1].article
            told.append(made.relates_to.similarity if made and made.relates_to else None)
        given = [similarity for similarity in told if similarity is not None]
        assert given == sorted(given, reverse=True), (kind, given)
        assert len(given) >= 2


def damaged(words: list[str], places: list[int], kind: str) -> str:
    if kind == "swap":
        return " ".join("بدل" + word if at in places else word for at, word in enumerate(words))
    if kind == "cut":
        return " ".join(words[: len(words) - len(places)])
    if kind == "drop":
        return " ".join(word for at, word in enumerate(words) if at not in places)
    return " ".join([*words, *(f"زيادة{at}" for at in places)])
