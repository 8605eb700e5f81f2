"""What tagging costs: `python -m benchmarks.tag [FILE.jsonl[.gz]]`.

Time for one article of about 3 kB of UTF-8, by tagger, the least of several rounds, over made-up articles
(articles.py), or over a file of JSON lines with `title` and `content` or `text`, cut at 3 kB. Beside it, in
the same run, plain baselines: the whole offset map of `fold`, and the same texts searched for every name by
`in`. Then the time to load the tables, and growth: the same articles with up to 200,000 entries. What stands
in the tables is real; the rest are made up of a few syllables, so that they begin like real words and are met
half-way.
"""

import itertools
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import orjson

from benchmarks.articles import raw_lines
from connectors.archive import decompressed
from events.article import DedupedArticle, StoryCounts
from events.identity import digest
from events.wire import encode, raw_article
from streams import tag as stage
from streams.normalize import normalize
from streams.tag import gazetteer, names, places, topics
from streams.tag.casualties import casualties
from streams.tag.lexicon import Lexicon, Meaning
from streams.tag.passage import passages
from streams.tag.sorting import sort_names
from streams.tag.urgency import urgency
from streams.text.display import display
from streams.text.fold import fold

ARTICLES = 300
ROUNDS = 7
SIZE = 3_000
SIZES = (20_000, 50_000, 100_000, 200_000)
_NAMED = ("organisation", "person")
_TIME = "2026-11-20T08:00:00.000Z"
_SYLLABLES = [
    first + second for first in "بتجحخدرزسشصطعفقكلمنه" for second in ("ا", "و", "ي", "", "را", "ين")
]


def article(number: int, title: str, text: str, lang: str = "ar") -> DedupedArticle:
    """Give an article as dedupe hands it over."""
    return DedupedArticle(
        article_id=f"a{number}", source_id="bench", title=title, text=text, lang=lang, dir="rtl",
        published_at=_TIME, published_source="feed", fetched_at=_TIME, revision=1, relation="new",
        story_id=f"s{number}", first_seen_at=_TIME,
        story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=_TIME),
    )  # fmt: skip


def made() -> Iterator[DedupedArticle]:
    """Give the made-up articles."""
    for number, line in enumerate(raw_lines(ARTICLES)):
        plain = normalize(raw_article(orjson.loads(line)))
        yield article(number, plain.title, plain.text)


def read(file: Path) -> Iterator[DedupedArticle]:
    """Give the articles of a file, the first of them."""
    with file.open("rb") as raw:
        for number, line in enumerate(itertools.islice(decompressed(raw), ARTICLES)):
            value = orjson.loads(line)
            text = value.get("content") or value.get("text") or value.get("content_text") or ""
            text = display(text).encode()[:SIZE].decode("utf-8", "ignore")
            yield article(number, display(value.get("title") or ""), text, value.get("lang") or "ar")


_Value = TypeVar("_Value")


class Steps:
    """The least processor seconds of each step of each article over the rounds.

    The least of an article and not of a round: on a machine that others use a whole round is never quiet.
    """

    def __init__(self) -> None:
        self._least: dict[tuple[str, str], float] = {}

    def take(self, name: str, one: DedupedArticle, step: Callable[[], _Value]) -> _Value:
        """Take a step, and give what it gives."""
        started = time.process_time()
        value = step()
        key, taken = (name, one.article_id), time.process_time() - started
        self._least[key] = min(taken, self._least.get(key, taken))
        return value

    def seconds(self) -> dict[str, float]:
        """Give the steps in the order they were taken, the articles added up."""
        added: dict[str, float] = {}
        for (name, _), taken in self._least.items():
            added[name] = added.get(name, 0.0) + taken
        return added


def best(function: Callable[[DedupedArticle], object], articles: Sequence[DedupedArticle]) -> float:
    """Give the least processor seconds of each article over the rounds, added up."""
    steps = Steps()
    for _ in range(ROUNDS):
        for one in articles:
            steps.take("", one, lambda it=one: function(it))  # type: ignore[misc]
    return steps.seconds()[""]


def through(one: DedupedArticle, lexicon: Lexicon, steps: Steps) -> None:
    """Take an article through the steps as `tag` does: nothing of it is known before the first."""
    read = steps.take("  match form, automaton", one, lambda: passages(one, lexicon))
    found, mentions = steps.take("  people, organisations", one, lambda: sort_names(one, read))
    steps.take("  ... as values", one, lambda: [names.listing(found, kind) for kind in _NAMED])
    steps.take("  places", one, lambda: places.places(one, mentions))
    steps.take("  topics", one, lambda: topics.topics(read, one.lang))
    steps.take("  casualties", one, lambda: casualties(read, _TIME))
    steps.take("  urgency", one, lambda: urgency(one))
    event = steps.take("tag, all of it", one, lambda: stage.tag(one))
    steps.take("  of it, the event's id", one, lambda: digest("enriched", msgspec.json.encode(event)))
    steps.take("after it, the event's bytes", one, lambda: encode(event))
    steps.take("beside it: fold with a whole map", one, lambda: fold(one.text, one.lang))


def breakdown(articles: Sequence[DedupedArticle]) -> None:
    """Print the parts of tagging in milliseconds per 3 kB."""
    kilobytes = sum(len(one.title.encode()) + len(one.text.encode()) for one in articles)
    per_article, forms, steps = 1_000 * SIZE / kilobytes, [form for form, _ in gazetteer.entries()], Steps()
    for _ in range(ROUNDS):
        for one in articles:
            through(one, stage.lexicon(), steps)
    print(f"{len(articles)} articles, {kilobytes / len(articles):.0f} bytes each; ms per {SIZE} bytes")
    taken = steps.seconds()
    taken["beside it: every place name by `in`"] = best(
        lambda one: [form for form in forms if form in one.text], articles
    )
    for name, seconds in taken.items():
        print(f"  {seconds * per_article:6.3f}  {name}")


def entries() -> Iterator[tuple[str, Meaning]]:
    """Give all entries of the tables."""
    for source in stage.SOURCES:
        yield from source()


def growth(articles: Sequence[DedupedArticle]) -> None:
    """Print what more entries cost: building, and searching."""
    dice, real = random.Random(7), list(entries())
    kilobytes = sum(len(one.title.encode()) + len(one.text.encode()) for one in articles)
    print(f"entries (the real {len(real)}, the rest made up): build s, search ms per {SIZE} bytes, ratio")
    first = 0.0
    for size in (len(real), *(size for size in SIZES if size > len(real))):
        more = [
            ("".join(dice.choices(_SYLLABLES, k=dice.randint(2, 3))), Meaning("place", 0))
            for _ in range(size)
        ]
        started = time.process_time()
        lexicon = Lexicon([*real, *more[: size - len(real)]])
        built = time.process_time() - started
        search = best(lambda one, found=lexicon: passages(one, found), articles) * 1_000 * SIZE / kilobytes
        first = first or search
        print(f"  {size:7d}  {built:6.3f}  {search:6.3f}  {search / first:5.2f}")


def main() -> None:
    """Print the figures."""
    started = time.process_time()
    lexicon = stage.lexicon()
    print(f"load: {time.process_time() - started:.3f} s of processor for {len(lexicon)} patterns")
    articles = list(read(Path(sys.argv[1])) if len(sys.argv) > 1 else made())
    articles = [one for one in articles if len(one.text.encode()) > SIZE // 2]
    breakdown(articles)
    growth(articles)


if __name__ == "__main__":
    main()
