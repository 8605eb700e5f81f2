"""Where the processor time of an article goes, step by step: `python -m benchmarks.steps [ARTICLES]`.

The stages run twice over the same made-up articles: bare, for the time, and under cProfile, for the shares.
A file is a step: it has the time of its own lines and of what the interpreter and libraries did for them.
cProfile makes many small calls look dearer than they are, so the shares are hints, not clocks.
"""

import cProfile
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streams
from benchmarks.engines.course import load
from events.article import Article, DedupedArticle, EnrichedArticle
from events.wire import decode_raw
from streams.dedupe import Index
from streams.normalize import normalize
from streams.tag import load as load_tables
from streams.tag import tag

ROOT = Path(streams.__file__).parent.parent
SHOWN = 12
"""Steps with a line of their own; the others share one."""

Function = tuple[str, int, str]
"""File, line and name, as cProfile has them."""


def through(count: int, run: Callable[[str, Callable[[], None]], None]) -> None:
    """Put so many articles through the stages; `run` is given each stage's name and work."""
    raws = [decode_raw(record.value) for record in load(count)]
    articles: list[Article] = []
    deduped: list[DedupedArticle] = []
    enriched: list[EnrichedArticle] = []
    index = Index()

    def decide() -> None:
        for number, article in enumerate(articles):
            decision = index.decide(article, f"raw/0/{number}")
            index.apply(decision.changes)
            if decision.article is not None:
                deduped.append(decision.article)

    run("normalize", lambda: articles.extend(map(normalize, raws)))
    run("dedupe", decide)
    run("tag", lambda: enriched.extend(map(tag, deduped)))


def seconds(count: int) -> dict[str, float]:
    """Give the processor time of each stage."""
    found: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], None]) -> None:
        started = time.process_time()
        work()
        found[stage] = time.process_time() - started

    through(count, timed)
    return found


def shares(count: int) -> dict[str, Counter[str]]:
    """Give, for each stage, the share of every step in it."""
    found: dict[str, Counter[str]] = {}

    def profiled(stage: str, work: Callable[[], None]) -> None:
        profile = cProfile.Profile()
        profile.runcall(work)
        found[stage] = by_step(pstats.Stats(profile).stats)  # type: ignore[attr-defined]

    through(count, profiled)
    return found


def by_step(stats: Mapping[Function, Any]) -> Counter[str]:
    """Add up own times by file; what is not ours belongs to the file of ours that called it."""
    steps: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        for step, part in _owners(function, callers, stats, frozenset()).items():
            steps[step] += own * part
    whole = sum(steps.values())
    return Counter({step: own / whole for step, own in steps.items()})


def _owners(
    function: Function,
    callers: Mapping[Function, Any],
    stats: Mapping[Function, Any],
    seen: frozenset[Function],
) -> Counter[str]:
    """Give the steps that a function works for, with the part of its own time that each has caused."""
    file = Path(function[0])
    if file.is_relative_to(ROOT):
        return Counter({str(file.relative_to(ROOT)): 1.0})
    owners: Counter[str] = Counter()
    known = {caller: told[2] for caller, told in callers.items() if caller not in seen}
    whole = sum(known.values())
    for caller, own in known.items():
        part = own / whole if whole else 1 / len(known)
        above = _owners(caller, stats[caller][4], stats, seen | {function})
        for step, share in above.items():
            owners[step] += part * share
    return owners or Counter({"elsewhere": 1.0})


def main(count: int) -> None:
    """Print a table a stage."""
    through(50, lambda _, work: work())  # warm: memos, lazily loaded libraries
    load_tables()
    taken, parts = seconds(count), shares(count)
    for stage, found in parts.items():
        each = taken[stage] / count * 1000
        print(f"{stage}: {each:.2f} ms an article of the {count:,}")
        for step, share in found.most_common(SHOWN):
            print(f"  {share:6.1%} {share * each:6.3f} ms  {step}")
        rest = 1 - sum(share for _, share in found.most_common(SHOWN))
        print(f"  {rest:6.1%} {rest * each:6.3f} ms  {len(found) - SHOWN} others")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
