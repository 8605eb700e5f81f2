"""What an article costs dedupe as its shard grows: `python -m benchmarks.dedupe_growth 10000 100000 1000000`.

Made-up Arabic-like articles of about 180 words (Zipf's law over 60,000 words), all in one language and one
window: nine of a hundred are edited copies, four revisions, three repeats. Entries lie in RocksDB, as in the
worker. A shard is filled with entries made of 10,000 decided ones (their words, other texts and ids), read
back as after a restart, and then takes in 4,000 articles, of which the last 3,000 are measured. Printed for
each size: articles per second of the deciding thread (processor time, so that the figure holds on a busy
machine about as well), the cost beside that of the first size, resident memory, time of the read.
`--whole SIZE` decides every one of SIZE articles instead.
"""

import base64
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, MutableMapping
from pathlib import Path

import numpy as np
from rensa import RMinHash
from rocksdict import Options, Rdict

from events.article import Article, Fingerprint
from events.identity import digest
from streams.dedupe import Index
from streams.dedupe.entry import decode_entry, encode_entry, replace
from streams.dedupe.features import distinct, salted
from streams.dedupe.table import key64
from streams.text.fold import match

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
START_MS = 1_795_000_000_000
MODELS, WARM, TAKEN = 10_000, 1_000, 3_000


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


class Newsroom:
    """Makes articles, the same ones every time."""

    def __init__(self, seed: int) -> None:
        letters = random.Random(7)  # one language for all of them
        self._words = ["".join(letters.choices(LETTERS, k=letters.randint(2, 8))) for _ in range(60_000)]
        self._random = random.Random(seed)
        # Zipf by inverse transform: rank ~ size ** u.
        self._made: list[tuple[str, str, str, str]] = []

    def _text(self, count: int) -> list[str]:
        return [self._words[int(60_000 ** self._random.random()) - 1] for _ in range(count)]

    def article(self, number: int) -> Article:
        """Give the next article: new, or made of an earlier one."""
        chance = self._random.random()
        if chance < 0.16 and len(self._made) > 100:
            source, url, title, text = self._random.choice(self._made[-5_000:])
            words = text.split()
            if chance < 0.13:
                for _ in range(max(1, len(words) // 20)):
                    words[self._random.randrange(len(words))] = self._text(1)[0]
            if chance < 0.09:
                source, url = f"source-{self._random.randrange(200)}", f"https://x.example/c/{number}"
        else:
            source, url = f"source-{self._random.randrange(200)}", f"https://x.example/a/{number}"
            title, words = " ".join(self._text(9)), self._text(self._random.randint(60, 300))
        text = " ".join(words)
        self._made.append((source, url, title, text))
        del self._made[:-5_000]
        return _article(number, source, url, title, text)


def _article(number: int, source: str, url: str, title: str, text: str) -> Article:
    folded_title, folded = match(title), match(text)
    sketch = RMinHash(128, 1)
    data = folded.encode("utf-16-le")
    sketch.update([data[at : at + 10] for at in range(0, len(data) - 8, 2)])
    seconds, millis = divmod(START_MS + number * 200, 1000)
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{millis:03d}Z"
    return Article(
        article_id=digest("url", source, url), source_id=source, url=url, title=title, text=text, lang="ar",
        dir="rtl", published_at=when, published_source="fetched", fetched_at=when, shard="ar",
        fingerprint=Fingerprint(
            version="bench-1", exact=digest(folded_title, folded), body=digest(folded),
            title=digest(folded_title), words=len(folded.split()),
            sketch=base64.b64encode(b"".join(v.to_bytes(4, "little") for v in sketch.digest())).decode(),
        ),
    )  # fmt: skip


def resident_mb() -> float:
    """Give what this process holds in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Filler:
    """Makes entries out of decided ones: the same words (so the same term counts), other texts and ids."""

    def __init__(self, store: MutableMapping[str, bytes]) -> None:
        entries = (decode_entry(data) for _, data in store.items())
        self._models = [entry for entry in entries if entry.emitted and entry.content]
        self._clock = START_MS

    def entry(self, seq: int) -> bytes:
        """Give the `seq`-th entry of a shard as it would have been written."""
        model = self._models[seq % len(self._models)]
        content, story = model.content, model.story
        assert content is not None
        assert story is not None
        salt = np.uint32(seq * 2_654_435_761 & 0xFFFFFFFF)
        terms = np.frombuffer(content.terms, "<u4")
        postings = np.frombuffer(content.postings, "<u4")
        kept = np.isin(postings, salted(terms.astype(np.uint64), 3))
        moved = np.sort(np.where(kept, postings, postings ^ salt | np.uint32(1)))
        content = replace(
            content,
            exact=f"{seq:040x}",
            body=f"{seq:040x}",
            shingles=np.sort(np.frombuffer(content.shingles, "<u4") ^ salt).astype("<u4").tobytes(),
            postings=distinct(moved).astype("<u4").tobytes(),
        )
        article_id = f"{seq:032x}"
        return encode_entry(
            replace(
                model, seq=seq, origin=f"fill/0/{seq}", outcome="new", article_id=article_id, revision=1,
                at=START_MS + seq * 200, clock=START_MS + seq * 200, content=content, relates_to=None,
                merged=None, before=None, frame=0,
                keys=tuple(key64("fill", str(seq), str(n)) for n in range(len(model.keys))),
                story=replace(story, story_id=digest("story", article_id), last_article_id=article_id),
            )
        )  # fmt: skip


def measured(index: Index, room: Newsroom, first: int, count: int) -> tuple[float, Counter[str]]:
    """Give seconds of processor time an article takes, over `count` of them, and what they were."""
    outcomes: Counter[str] = Counter()
    spent = 0.0
    for number in range(first, first + count):
        article = room.article(number)
        started = time.thread_time()
        decision = index.decide(article, f"raw/0/{number}")
        index.apply(decision.changes)
        spent += time.thread_time() - started
        outcomes[decision.outcome] += 1
    return spent / count, outcomes


def grown(size: int, models: RocksStore, directory: Path) -> tuple[float, str]:
    """Fill a shard to `size` articles, read it back, and take in a few thousand more."""
    store = RocksStore(directory / str(size))
    filler = Filler(models)
    for seq in range(1, size + 1):
        store[f"ar/{seq:012d}"] = filler.entry(seq)
    index = Index(store)
    started = time.thread_time()
    index.rebuild()
    rebuilt = time.thread_time() - started
    room = Newsroom(11)
    measured(index, room, size, WARM)
    cost, outcomes = measured(index, room, size + WARM, TAKEN)
    return cost, f"{resident_mb():6.0f} MB resident, rebuilt in {rebuilt:5.1f} s, {dict(outcomes)}"


def main(sizes: list[int]) -> None:
    """Measure one shard at each of `sizes`."""
    first = 0.0
    with tempfile.TemporaryDirectory() as directory:
        models = RocksStore(Path(directory) / "models")
        measured(Index(models), Newsroom(7), 0, MODELS)
        for size in sizes:
            cost, told = grown(size, models, Path(directory))
            first = first or cost
            print(
                f"{size:>9,} articles: {1 / cost:6.0f} articles/s, "
                f"cost {cost / first:4.2f} of the first, {told}",
                flush=True,
            )


def whole(size: int) -> None:
    """Grow one shard article by article, with nothing made up but the articles: slow, for comparison."""
    with tempfile.TemporaryDirectory() as directory:
        index, room = Index(RocksStore(Path(directory) / "db")), Newsroom(7)
        measured(index, room, 0, size - size // 10)
        cost, outcomes = measured(index, room, size - size // 10, size // 10)
        print(
            f"{size:>9,} articles one by one: {1 / cost:6.0f} articles/s, "
            f"{resident_mb():6.0f} MB resident, {dict(outcomes)}"
        )


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word.isdigit()]
    if "--whole" in sys.argv:
        whole(int(asked[0]))
    else:
        main(sorted(map(int, asked)) or [1_000, 10_000])
