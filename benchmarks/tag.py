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

import orjson

from benchmarks.articles import raw_lines
from connectors.archive import decompressed
from events.article import DedupedArticle, StoryCounts
from events.wire import encode, raw_article
from streams import tag as stage
from streams.normalize import normalize
from streams.tag import gazetteer, names, places, topics
from streams.tag.casualties import casualties
from streams.tag.lexicon import Lexicon, Meaning
from streams.tag.passage import passages
from streams.tag.sorting import sort_names
from streams.text.display import display
from streams.text.fold import fold

ARTICLES = 300
ROUNDS = 7
SIZE = 3_000
SIZES = (20_000, 50_000, 100_000, 200_000)
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
        for number, line in enumerate(itertools.islice(decompressed(raw, file.name), ARTICLES)):
            value = orjson.loads(line)
            text = value.get("content") or value.get("text") or value.get("content_text") or ""
            text = display(text).encode()[:SIZE].decode("utf-8", "ignore")
            yield article(number, display(value.get("title") or ""), text, value.get("lang") or "ar")


def best(function: Callable[[DedupedArticle], object], articles: Sequence[DedupedArticle]) -> float:
    """Give the least processor seconds of each article over the rounds, added up.

    The least of an article and not of a round: on a machine that others use a whole round is never quiet.
    """
    found = [float("inf")] * len(articles)
    for _ in range(ROUNDS):
        for at, one in enumerate(articles):
            started = time.perf_counter()
            function(one)
            found[at] = min(found[at], time.perf_counter() - started)
    return sum(found)


def breakdown(articles: Sequence[DedupedArticle]) -> None:
    """Print the parts of tagging in milliseconds per 3 kB."""
    kilobytes = sum(len(one.title.encode()) + len(one.text.encode()) for one in articles)
    per_article = 1_000 * SIZE / kilobytes
    lexicon = stage.lexicon()
    passed = {one.article_id: passages(one, lexicon) for one in articles}
    named = {key: sort_names(one, passed[key]) for one in articles for key in [one.article_id]}
    events = {one.article_id: stage.tag(one) for one in articles}
    forms = [form for form, _ in gazetteer.entries()]
    steps: dict[str, Callable[[DedupedArticle], object]] = {
        "tag, all of it": stage.tag,
        "  match form, automaton": lambda one: passages(one, lexicon),
        "  people, organisations": lambda one: sort_names(one, passed[one.article_id]),
        "  ... as values": lambda one: names.listing(named[one.article_id][0], "person"),
        "  places": lambda one: places.places(one, named[one.article_id][1]),
        "  topics": lambda one: topics.topics(passed[one.article_id], one.lang),
        "  casualties": lambda one: casualties(passed[one.article_id], _TIME),
        "  the event's bytes": lambda one: encode(events[one.article_id]),
        "beside it: fold with a whole map": lambda one: fold(one.text, one.lang),
        "beside it: every place name by `in`": lambda one: [form for form in forms if form in one.text],
    }
    print(f"{len(articles)} articles, {kilobytes / len(articles):.0f} bytes each; ms per {SIZE} bytes")
    for name, step in steps.items():
        print(f"  {best(step, articles) * per_article:6.3f}  {name}")


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
