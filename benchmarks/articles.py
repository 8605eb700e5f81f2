"""Made-up news for the benchmarks: sentences of our seeds, put together anew, about 3 kB an article.

A fifth are copies under another source with another dateline, one in twenty is a revision with another
figure; the same count gives the same articles.
"""

import random
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import feedparser
import orjson

SEEDS = Path(__file__).parent.parent / "seeds"
BODY_LETTERS = 1_700
"""About 3 kB of Arabic in UTF-8."""


ARABIC = ("ayn-dijla.rss.xml", "nabd-alfurat.atom.xml")
ENGLISH = ("tigris-ledger.rss.xml",)
REMEMBERED = 2_000
"""How many articles back a copy or a revision may reach."""


def sentences(files: Sequence[str] = ARABIC) -> list[str]:
    """Give the sentences of these seeds, numbers left open."""
    found: list[str] = []
    for name in files:
        for entry in feedparser.parse((SEEDS / name).read_bytes()).entries:
            html = entry.content[0].value if "content" in entry else entry.get("summary", "")
            text = re.sub(r"<[^>]+>", " ", html)
            found += [s.strip() for s in re.split(r"(?<=[.؟!])\s+", text) if len(s.split()) > 7]
    return sorted(set(found))


def raw_lines(
    count: int, seed: int = 1, files: Sequence[str] = ARABIC, variety: int = 10**9
) -> Iterator[bytes]:
    """Give `count` raw articles as JSON lines; after `variety` of them numbers in the texts come again."""
    dice, stock = random.Random(seed), sentences(files)
    made: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
    for number in range(count):
        kind = dice.choices(("new", "copy", "revision"), (75, 20, 5))[0] if made else "new"
        if kind == "new":
            made.append((number, _body(dice, stock, number % variety)))
            yield _line(number, number, "wire", made[-1][1])
        elif kind == "copy":
            first, body = dice.choice(made)
            yield _line(number, number, f"paper-{number % 9}", f"بغداد - الصحيفة {number % 9}: {body}", first)
        else:
            first, body = dice.choice(made)
            yield _line(number, first, "wire", body + f" وارتفع العدد إلى {number} لاحقا.", first)


def _body(dice: random.Random, stock: list[str], number: int) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < BODY_LETTERS:
        words = dice.choice(stock).split()
        # Two words are swapped for numbers of this article alone: no two bodies share a sentence.
        for at in dice.sample(range(len(words)), 2):
            words[at] = str(number * 97 + dice.randrange(90))
        lines.append(" ".join(words))
    return "\n".join(lines)


def _line(number: int, page: int, source: str, body: str, about: int | None = None) -> bytes:
    minute, second = divmod(number, 60)
    hour, minute = divmod(minute, 60)
    return orjson.dumps(
        {
            "source_id": source,
            "source_name": source,
            "feed_url": f"https://{source}.example/rss",
            "item_id": f"{source}-{page}",
            "url": f"https://{source}.example/{page}",
            "title": f"خبر {about if about is not None else number} من بغداد",
            "content_text": body,
            "lang": "ar",
            "fetched_at": f"2026-11-{21 + hour // 24:02d}T{hour % 24:02d}:{minute:02d}:{second:02d}.000Z",
        }
    )
