"""What an article costs dedupe as its shard grows: `python benchmarks/dedupe_growth.py 10000 100000`.

Made-up Arabic-like articles of about 180 words (Zipf's law over 60,000 words), all in one language and one
window: nine of a hundred are edited copies, four revisions, three repeats. Entries lie in RocksDB, as in the
worker. Prints, at each size given: articles per second of processor time over the last tenth (dedupe waits
for nothing, so the figure holds on a busy machine too), the cost beside that of the first size, resident
memory, outcomes; at the end the time of a rebuild.
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

from rensa import RMinHash
from rocksdict import Options, Rdict

from events.article import Article, Fingerprint
from events.identity import digest
from streams.dedupe import Index
from streams.text.fold import match

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
START_MS = 1_795_000_000_000


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
        self._random = random.Random(seed)
        self._words = [
            "".join(self._random.choices(LETTERS, k=self._random.randint(2, 8))) for _ in range(60_000)
        ]
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


def main(sizes: list[int]) -> None:
    """Grow one shard to each of `sizes` in turn."""
    room = Newsroom(7)
    with tempfile.TemporaryDirectory() as directory:
        store = RocksStore(Path(directory) / "db")
        index = Index(store)
        outcomes: Counter[str] = Counter()
        spent = 0.0
        first = 0.0
        for number in range(max(sizes)):
            article = room.article(number)
            started = time.process_time()
            decision = index.decide(article, f"raw/0/{number}")
            index.apply(decision.changes)
            spent += time.process_time() - started
            outcomes[decision.outcome] += 1
            size = next((size for size in sizes if size > number), 0)
            if number == size - size // 10:
                spent = 0.0
            if number + 1 == size:
                rate = (size // 10) / spent
                first = first or rate
                print(
                    f"{size:>9,} articles: {rate:7.0f} articles/s, cost {first / rate:4.2f} of the first, "
                    f"{resident_mb():6.0f} MB resident, {dict(outcomes)}",
                    flush=True,
                )
        started = time.process_time()
        index.rebuild()
        print(f"rebuild of {max(sizes):,}: {time.process_time() - started:.1f} s")


if __name__ == "__main__":
    main(sorted(int(size) for size in sys.argv[1:]) or [1_000, 10_000])
