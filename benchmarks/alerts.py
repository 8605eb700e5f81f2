"""What an article costs by the number of alert rules: `python -m benchmarks.alerts [ARTICLES]`.

Rules are written from words, places and tolls of the kind that people ask for; one in fifty can match an
article of the load. The baseline, alternating with it in the same run: every rule is tried,
without the index.
CPU time, best of three.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.articles import raw_lines
from events.alert import Rule
from events.article import EnrichedArticle
from events.wire import decode_raw
from streams.alert import RuleSet, read_rules
from streams.alert.subject import Subject
from streams.local import Chain

SIZES = (100, 1_000, 10_000)
ROUNDS = 3
PLACES = (
    "بغداد الموصل البصرة كركوك أربيل النجف الرمادي بعقوبة سامراء الناصرية دمشق بيروت عمان القاهرة".split()
)
SHAPES = (
    "({0} OR {1}) AND place:{place}", '"{0} {1}" OR {2}*', "{0} AND {1} NOT {2}",
    "title:{0} AND killed:>={toll}",
    "place:{place} AND ({0} OR {1} OR {2})", "organisation:{0} AND {1}", "source:{0} AND lang:ar",
    '"{0} {1}"~4',
    "{0} AND independent_sources:>=2", "(topic:{0} OR {1}) AND country:IQ",
)  # fmt: skip


def made_rules(count: int, words: list[str]) -> list[Rule]:
    """Write `count` rules; words of their own, and in one of fifty those of the load."""
    dice = random.Random(7)
    lines = ["rules:"]
    for number in range(count):
        own = [f"{dice.choice(words)}{dice.choice('بتجدرسشعفقكلمن')}{number}" for _ in range(3)]
        chosen = dice.sample(words, 3) if number % 50 == 0 else own
        query = dice.choice(SHAPES).format(*chosen, place=dice.choice(PLACES), toll=dice.randrange(1, 50))
        lines += [f"- id: r{number}", f"  query: {query!r}"]
    found = read_rules("\n".join(lines))
    if found.errors:
        raise SystemExit(str(found.errors[0]))
    return found.rules


def events(count: int) -> list[EnrichedArticle]:
    """Give that many enriched articles, or all that the load has."""
    chain = Chain.up_to("all")
    made = (chain.run(decode_raw(one), f"b/0/{n}").value for n, one in enumerate(raw_lines(count)))
    return [value for value in made if isinstance(value, EnrichedArticle)]


def seconds(work: Callable[[EnrichedArticle], Any], load: list[EnrichedArticle]) -> float:
    """Give the CPU seconds that `work` takes for an article."""
    started = time.process_time()
    for event in load:
        work(event)
    return (time.process_time() - started) / len(load)


def unindexed(ruleset: RuleSet, event: EnrichedArticle) -> int:
    """Try every rule on the article."""
    subject = Subject(event)
    return sum(ready.node.holds(subject) for ready in ruleset.compiled())


def measure(count: int) -> None:
    """Print one line for each number of rules."""
    load = events(count)
    words = sorted(
        {word for event in load for word in event.text.split() if word.isalpha() and len(word) > 3}
    )
    first = 0.0
    print(
        f"{len(load)} articles of {sum(len(e.text) for e in load) // len(load)} characters; CPU µs an article"
    )
    print(
        f"{'rules':>7} {'compile ms/rule':>16} {'indexed':>9} {'of 100':>7} {'every rule':>11} {'matches':>8}"
    )
    for size in SIZES:
        rules = made_rules(size, words)
        started = time.process_time()
        ruleset = RuleSet(rules)
        compiling = (time.process_time() - started) / size * 1000
        few = load[:20] if size > 1_000 else load
        indexed, every = [], []
        for _ in range(ROUNDS):
            indexed.append(seconds(ruleset.match, load))
            every.append(seconds(partial(unindexed, ruleset), few))
        first = first or min(indexed)
        found = sum(len(ruleset.match(event)[0]) for event in load)
        print(
            f"{size:>7,} {compiling:>16.2f} {min(indexed) * 1e6:>9,.0f} {min(indexed) / first:>6.1f}x "
            f"{min(every) * 1e6:>11,.0f} {found:>8,}"
        )


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
