"""What several dedupe shards for one language would cost and lose: `python -m benchmarks.shards_simulation`.

Articles of the growth benchmark (half of the copies under another headline) go through one index a shard.
Two ways to share the work:

    keyed      an article goes to one shard, by the digest of the three longest words of its title
    scattered  every shard decides over its own part of the articles; the one that owns the id remembers

Printed for 1, 4 and 16 shards: recall (revisions, copies, parts and repeats that one shard finds, found
again), messages an article, and latency: the slowest shard asked, and 2 ms for each way there or back.
"""

import random
import sys
import time
from dataclasses import dataclass, field

import numpy as np
from msgspec.structs import replace

from benchmarks.newsroom import Newsroom
from events.article import Article
from events.identity import digest
from streams.dedupe import Index
from streams.normalize.fingerprint import fingerprint
from streams.text.fold import match

HOP_MS = 2.0
SHARDS = (1, 4, 16)
TITLE_WORDS = 3


@dataclass
class Run:
    """What one way of sharing did: related articles found, messages sent, milliseconds waited."""

    related: set[int] = field(default_factory=set)
    messages: int = 0
    waited: list[float] = field(default_factory=list)


def number(text: str, shards: int) -> int:
    """Give one of `shards` by the digest of `text`."""
    return int(digest("shard", text)[:8], 16) % shards


def title_key(article: Article) -> str:
    """Give the three longest words of a title: as near to rare words as a router gets."""
    words = sorted(match(article.title, article.lang).split(), key=lambda word: (-len(word), word))
    return " ".join(sorted(words[:TITLE_WORDS]))


def decided(index: Index, article: Article, at: int) -> tuple[str, float]:
    """Decide and remember an article; give the outcome and the milliseconds it took."""
    started = time.thread_time()
    decision = index.decide(article, f"raw/0/{at}")
    index.apply(decision.changes)
    return decision.outcome, 1000 * (time.thread_time() - started)


def keyed(articles: list[Article], shards: int) -> Run:
    """Route each article to one shard."""
    indexes, run = [Index() for _ in range(shards)], Run()
    for at, article in enumerate(articles):
        outcome, spent = decided(indexes[number(title_key(article), shards)], article, at)
        run.messages += 1
        run.waited.append(spent + 2 * HOP_MS)
        if outcome != "new":
            run.related.add(at)
    return run


def scattered(articles: list[Article], shards: int) -> Run:
    """Let every shard decide over its part; the owner remembers, and any relation found counts."""
    indexes, run = [Index() for _ in range(shards)], Run()
    for at, article in enumerate(articles):
        owner = number(article.article_id, shards)
        outcomes, spent = [], []
        for index in indexes:
            started = time.thread_time()
            outcomes.append(index.decide(article, f"raw/0/{at}").outcome)
            spent.append(1000 * (time.thread_time() - started))
        _, kept = decided(indexes[owner], article, at)
        run.messages += 1 + 2 * (shards - 1)
        run.waited.append(2 * HOP_MS + (max(spent) + 2 * HOP_MS if shards > 1 else kept))
        if set(outcomes) != {"new"}:
            run.related.add(at)
    return run


def told(name: str, shards: int, run: Run, whole: Run, count: int) -> None:
    """Print one line."""
    recall = len(run.related & whole.related) / len(whole.related)
    middle, late = np.percentile(run.waited, [50, 99])
    print(
        f"{name:10} {shards:>2} shards: recall {recall:.3f}, {run.messages / count:4.1f} messages each, "
        f"latency {middle:5.1f} ms, 99 of 100 at most {late:5.1f} ms",
        flush=True,
    )


def stream(count: int) -> list[Article]:
    """Give articles of the growth benchmark; half of the copies get a headline of their outlet's own."""
    room, dice = Newsroom(5), random.Random(5)
    articles = []
    for at in range(count):
        draft = room.draft(at)
        article = room.written(draft)
        if draft.kind == "copy" and dice.random() < 0.5:
            title = " ".join(dice.sample(article.text.split()[:60], 7))
            printed = fingerprint(match(title), match(article.text))
            article = replace(article, title=title, fingerprint=printed)
        articles.append(article)
    return articles


def main(count: int) -> None:
    """Simulate both ways."""
    articles = stream(count)
    whole = keyed(articles, 1)
    for name, share in (("keyed", keyed), ("scattered", scattered)):
        for shards in SHARDS:
            told(name, shards, share(articles, shards), whole, count)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3_000)
