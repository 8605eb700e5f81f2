"""How the cost of an article grows, as one picture: `python -m benchmarks.growth [FILE.svg]`.

Processor time, the least of some rounds: a kilobyte of articles of 1 kB to 200 kB in each stage; an
article in dedupe by how many are remembered; in tag by entries of the dictionary; in alerts by rules; a
poll by feeds. Flat lines grow linearly with the article, or not at all with what is remembered.
"""

import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path

from benchmarks import alerts, dedupe_growth
from benchmarks import tag as tagging
from benchmarks.articles import ARABIC, sentences
from benchmarks.chart import Panel, svg
from benchmarks.timing import least
from events.article import Article, DedupedArticle, RawArticle
from streams import tag as stage
from streams.alert import RuleSet
from streams.dedupe import Index
from streams.normalize import normalize
from streams.tag import tag
from streams.tag.lexicon import Lexicon, Meaning
from streams.tag.passage import passages

LENGTHS = (1, 5, 20, 50, 100, 200)
"""kB of UTF-8."""
REMEMBERED = (1_000, 10_000, 100_000)
ENTRIES = (20_000, 50_000, 100_000, 200_000)
RULES = (100, 1_000, 10_000)
FEEDS = (250, 1_000, 4_000)
ROUNDS = 5


def milliseconds(work: Callable[[int], object]) -> float:
    """Give the least that `work` takes of the processor over the rounds, whose numbers it is given."""
    numbers = count()
    return least(lambda: work(next(numbers)), ROUNDS) * 1000


def long_article(kilobytes: int, dice: random.Random, stock: Sequence[str]) -> RawArticle:
    """Make an article of that many kB, every sentence with a number of its own."""
    lines: list[str] = []
    while sum(len(line.encode()) for line in lines) < kilobytes * 1000:
        words = dice.choice(stock).split()
        words[dice.randrange(len(words))] = str(dice.randrange(10**7))
        lines.append(" ".join(words))
    return RawArticle(
        source_id="long", fetched_at="2026-11-22T00:00:00.000Z", item_id=f"{kilobytes}-{dice.random()}",
        title="خبر طويل من بغداد", content_text="\n".join(lines), lang="ar",
    )  # fmt: skip


def by_length() -> Panel:
    """Measure each stage on articles of every length."""
    dice, stock = random.Random(5), sentences(ARABIC)
    found: dict[str, list[float]] = {"normalize": [], "dedupe": [], "tag": []}
    for kilobytes in LENGTHS:
        raws = [long_article(kilobytes, dice, stock) for _ in range(ROUNDS)]
        for name, taken in zip(found, through_the_stages(raws), strict=True):
            found[name].append(taken / kilobytes)
    return Panel("A kilobyte of an article, by its length", "ms", found, [f"{one} kB" for one in LENGTHS])


def through_the_stages(raws: list[RawArticle]) -> tuple[float, float, float]:
    """Give the least milliseconds that an article took in normalize, dedupe and tag."""
    articles: list[Article] = []
    deduped: list[DedupedArticle] = []
    index = Index()

    def decide(at: int) -> None:
        decision = index.decide(articles[at], f"r/0/{at}")
        index.apply(decision.changes)
        if decision.article is not None:
            deduped.append(decision.article)

    return (
        milliseconds(lambda at: articles.append(normalize(raws[at]))),
        milliseconds(decide),
        milliseconds(lambda at: tag(deduped[at])),
    )


def by_memory() -> Panel:
    """Measure dedupe with more and more articles in the window."""
    with tempfile.TemporaryDirectory() as folder:
        found = [dedupe_growth.grown(size, Path(folder))[0] * 1000 for size in REMEMBERED]
    return Panel("Dedupe, by articles in the window", "ms", {"dedupe": found}, _shown(REMEMBERED))


def by_dictionary() -> Panel:
    """Measure the search of names with more and more of them."""
    articles, real, dice = list(tagging.made()), list(tagging.entries()), random.Random(7)
    sizes, found = (len(real), *(size for size in ENTRIES if size > len(real))), []
    for size in sizes:
        more = [
            ("".join(dice.choices(tagging._SYLLABLES, k=dice.randint(2, 3))), Meaning("place", 0))
            for _ in range(size)
        ]
        lexicon = Lexicon([*real, *more[: size - len(real)]])
        found.append(tagging.best(lambda one, it=lexicon: passages(one, it), articles) * 1000 / len(articles))  # type: ignore[misc]
    stage.lexicon()
    return Panel("Search of names, by entries of the dictionary", "ms", {"tag": found}, _shown(sizes))


def by_rules() -> Panel:
    """Measure alerts with more and more rules."""
    load = alerts.events(200)
    words = sorted({word for one in load for word in one.text.split() if word.isalpha() and len(word) > 3})
    found = []
    for size in RULES:
        ruleset = RuleSet(alerts.made_rules(size, words))
        found.append(min(alerts.seconds(ruleset.match, load) for _ in range(ROUNDS)) * 1000)
    return Panel("Alerts, by rules", "ms", {"alert": found}, _shown(RULES))


def by_feeds() -> Panel:
    """Measure a poll with more and more feeds: the first, when all is new, and the second."""
    found: dict[str, list[float]] = {"all new": [], "nothing new": []}
    for size in FEEDS:
        command = [sys.executable, "-m", "benchmarks.feeds", str(size)]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        rounds = re.findall(r"^connector .*cpu_ms ([\d.]+)", told, re.MULTILINE)
        for name, each in zip(found, rounds, strict=True):
            found[name].append(float(each))
    return Panel("A poll, by feeds", "ms", found, _shown(FEEDS))


def _shown(sizes: Iterable[int]) -> list[str]:
    return [f"{size:,}" for size in sizes]


def told(panel: Panel) -> str:
    """Give the panel as rows of text."""
    rows = [f"{panel.title}, {panel.unit}", f"  {'':12}" + "".join(f"{size:>10}" for size in panel.sizes)]
    for name, values in panel.lines.items():
        ratio = f"   {values[-1] / values[0]:.2f} of the first"
        rows.append(f"  {name:12}" + "".join(f"{value:>10.3f}" for value in values) + ratio)
    return "\n".join(rows)


def main(file: Path | None) -> None:
    """Print each panel, and draw them all."""
    panels = []
    for measure in (by_length, by_dictionary, by_rules, by_memory, by_feeds):
        panels.append(measure())
        print(told(panels[-1]), flush=True)
    if file:
        file.write_text(svg("What an article costs as things grow (processor time)", panels), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
