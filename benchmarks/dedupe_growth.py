"""What an article costs dedupe as its shard grows: `python -m benchmarks.dedupe_growth 10000 100000 1000000`.

The articles are made up (newsroom.py), no two alike but those made of one another, all in one language and
one window. A shard in RocksDB, as in the worker, is filled with that many, read back as after a restart, and
takes in 4,000 more, the last 3,000 measured. What fills it are entries laid out here and not decided:
each has a text, words, runs and terms of its own, and a sketch drawn at random, as unrelated texts have it.

Printed for each size: articles a second of the deciding thread (processor time); the cost in yardsticks, a
fixed piece of work done before and after (for a busy machine, or another one), and beside that of the first
size; how many copies were found; resident memory; time of the read. `--whole SIZE` decides all SIZE articles.
`--alike SIZE` decides SIZE articles of articles.py, longer and all made of a few sentences: about the worst
case, as each of them shares phrases with hundreds of others.
"""

import io
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, MutableMapping
from datetime import timedelta
from pathlib import Path

import numpy as np
from rocksdict import Options, Rdict

from benchmarks.articles import raw_lines
from benchmarks.newsroom import START, STEP_MS, Draft, Newsroom, Numbers
from connectors.archive import read_stream
from events.identity import digest
from events.times import wire_time
from streams.dedupe import Index
from streams.dedupe.entry import Content, Entry, StoryState, encode_entry, pack_texts
from streams.dedupe.features import MAX_ANCHORS, MAX_TERMS, STORY_WORDS, counted, distinct, runs, salted
from streams.dedupe.table import key64
from streams.dedupe.words import codes
from streams.normalize import normalize

WARM, TAKEN = 1_000, 3_000


class RocksStore(MutableMapping[str, bytes]):
    """Entries on disk, so that resident memory is the memory's own."""

    def __init__(self, path: Path) -> None:
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        self._db = Rdict(str(path), options)

    def __getitem__(self, key: str) -> bytes:
        value = self._db.get(key.encode())
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: bytes) -> None:
        self._db[key.encode()] = value

    def __delitem__(self, key: str) -> None:
        del self._db[key.encode()]

    def __iter__(self) -> Iterator[str]:
        return (key.decode() for key in self._db.keys())  # noqa: SIM118

    def items(self) -> Iterator[tuple[str, bytes]]:  # type: ignore[override]
        """Give every entry in key order, in one pass."""
        return ((key.decode(), value) for key, value in self._db.items())

    def __len__(self) -> int:
        return sum(1 for _ in self._db.keys())  # noqa: SIM118 - no mapping


class Filler:
    """Lays out entries as `decide` would write them of articles that are like no other."""

    def __init__(self) -> None:
        self._room, self._dice = Newsroom(3), np.random.default_rng(5)
        self._codes = codes(self._room.words)
        self._rarity = np.log(1.0 + np.arange(1, len(self._room.words) + 1))

    def entry(self, seq: int) -> bytes:
        """Give the `seq`-th entry of a shard."""
        draft = self._room.draft(seq)
        article_id, source = f"{seq:032x}", f"source-{draft.source}"
        when = wire_time(START + timedelta(milliseconds=STEP_MS * seq))
        at = round(START.timestamp() * 1000) + STEP_MS * seq
        title = self._room.shown(draft.title)
        story = StoryState(
            story_id=digest("story", article_id), title=title, articles=1,
            sources=key64(source).to_bytes(8, "big"), voices=key64(f"source:{source}").to_bytes(8, "big"),
            first_seen_at=when, last_changed_at=when, last_article_id=article_id,
            origins=(f"source:{source}",),
        )  # fmt: skip
        entry = Entry(
            seq=seq, shard="ar", origin=f"fill/0/{seq}", outcome="new", article_id=article_id, revision=1,
            source_id=source, fetched_at=when, at=at, clock=at, first_seen_at=when,
            keys=(key64("id", article_id), key64("path", source, f"/news/{seq}")), story=story,
            voice=f"source:{source}", content=self._content(draft, title),
        )  # fmt: skip
        return encode_entry(entry)

    def _content(self, draft: Draft, title: str) -> Content:
        words = self._codes[draft.words]
        stems = np.concatenate([np.repeat(draft.title, 3), draft.words[:STORY_WORDS]])
        terms, counts = counted((self._codes[stems] & np.uint64(0xFFFFFFFF)).astype(np.uint32))
        best = np.sort(np.argsort(-counts, kind="stable")[:MAX_TERMS])
        every = runs(words >> np.uint64(32), 5)
        return Content(
            version="filled", exact=f"{draft.number:032x}", body=f"{draft.number:032x}", words=len(words),
            shingles=runs(words >> np.uint64(32), 3).astype("<u4").tobytes(),
            postings=self._postings(every[every % 8 == 0], stems).astype("<u4").tobytes(),
            terms=terms[best].astype("<u4").tobytes(),
            weights=np.minimum(counts[best], 255).astype(np.uint8).tobytes(),
            packed=pack_texts(title, self._room.shown(draft.words)),
        )  # fmt: skip

    def _postings(self, anchors: Numbers, stems: Numbers) -> Numbers:
        bands = self._dice.integers(1, 2**32, 42, np.uint32)
        words, counts = np.unique(stems, return_counts=True)
        weights = (1.0 + np.log(counts)) * self._rarity[words]
        rare = self._codes[words[np.argsort(-weights)[:24]]] & np.uint64(0xFFFFFFFF)
        keys = [bands, salted(anchors[:MAX_ANCHORS].astype(np.uint64), 2), salted(rare, 3)]
        return distinct(np.concatenate(keys))[:92]


def resident_mb() -> float:
    """Give what this process holds in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def yardstick() -> float:
    """Give the processor time of a fixed piece of work of the same sort: dictionaries, arrays, bytes."""
    started = time.thread_time()
    table = {str(n): n for n in range(2_000)}
    numbers = np.arange(3_000)[::-1].copy()
    for _ in range(60):
        sum(map(table.__getitem__, table))
        np.sort(numbers)
    return time.thread_time() - started


def measured(index: Index, room: Newsroom, first: int, count: int) -> tuple[float, float, Counter[str]]:
    """Give seconds of processor time and yardsticks an article, and what became of the articles."""
    outcomes: Counter[str] = Counter()
    spent, before = 0.0, min(yardstick() for _ in range(3))
    for number in range(first, first + count):
        draft = room.draft(number)
        article = room.written(draft)
        started = time.thread_time()
        decision = index.decide(article, f"raw/0/{number}")
        index.apply(decision.changes)
        spent += time.thread_time() - started
        outcomes[decision.outcome] += 1
        outcomes[f"{draft.kind} as {decision.outcome}"] += 1
    after = min(yardstick() for _ in range(3))
    return spent / count, spent / count / ((before + after) / 2), outcomes


def told(outcomes: Counter[str]) -> str:
    """Give how many copies, revisions and repeats were found, of those made."""
    found = []
    for kind in ("copy", "revision", "repeat"):
        made = sum(n for what, n in outcomes.items() if what.startswith(f"{kind} as "))
        found.append(f"{outcomes[f'{kind} as {kind}']} of {made} {kind}")
    return ", ".join(found)


def grown(size: int, directory: Path) -> tuple[float, float, str]:
    """Fill a shard to `size` articles, read it back, and take in a few thousand more."""
    store, filler = RocksStore(directory / str(size)), Filler()
    for seq in range(1, size + 1):
        store[f"ar/{seq:012d}"] = filler.entry(seq)
    del filler
    index = Index(store)
    started = time.thread_time()
    index.rebuild()
    rebuilt = time.thread_time() - started
    room = Newsroom(11)
    measured(index, room, size, WARM)
    cost, relative, outcomes = measured(index, room, size + WARM, TAKEN)
    return cost, relative, f"{resident_mb():6.0f} MB, read back in {rebuilt:5.1f} s, {told(outcomes)}"


def main(sizes: list[int]) -> None:
    """Measure one shard at each of `sizes`."""
    first = 0.0
    with tempfile.TemporaryDirectory() as directory:
        for size in sizes:
            cost, relative, rest = grown(size, Path(directory))
            first = first or relative
            print(
                f"{size:>9,} articles: {1 / cost:6.0f} articles/s, "
                f"{1000 * relative:5.1f}/1000 yardsticks each, {relative / first:4.2f} of the first, {rest}",
                flush=True,
            )


def whole(size: int) -> None:
    """Grow one shard article by article, with nothing made up but the articles: slow, for comparison."""
    with tempfile.TemporaryDirectory() as directory:
        index, room = Index(RocksStore(Path(directory) / "db")), Newsroom(7)
        measured(index, room, 0, size - size // 10)
        cost, relative, outcomes = measured(index, room, size - size // 10, size // 10)
        print(
            f"{size:>9,} articles one by one: {1 / cost:6.0f} articles/s, "
            f"yardsticks an article {1000 * relative:5.1f}/1000, {resident_mb():6.0f} MB, {told(outcomes)}"
        )


def alike(size: int) -> None:
    """Decide articles that are made of the same sentences, in memory; the last two thirds are measured."""
    lines = read_stream(io.BytesIO(b"\n".join(raw_lines(size))))
    articles = [normalize(line.article) for line in lines if line.article]
    index, spent, before = Index({}), 0.0, min(yardstick() for _ in range(3))
    for number, article in enumerate(articles):
        started = time.thread_time()
        decision = index.decide(article, f"raw/0/{number}")
        index.apply(decision.changes)
        spent += (time.thread_time() - started) * (number >= size // 3)
    cost = spent / (size - size // 3)
    relative = cost / ((before + min(yardstick() for _ in range(3))) / 2)
    yardsticks = f"{1000 * relative:5.1f}/1000 yardsticks each"
    print(f"{size:>9,} articles all alike: {1 / cost:6.0f} articles/s, {yardsticks}")


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word.isdigit()]
    if "--whole" in sys.argv:
        whole(int(asked[0]))
    elif "--alike" in sys.argv:
        alike(int(asked[0]))
    else:
        main(sorted(map(int, asked)) or [1_000, 10_000])
