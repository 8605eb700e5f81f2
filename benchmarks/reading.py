"""What reading one feed costs: `python -m benchmarks.reading`.

Three ways side by side on the same bytes: `feedparser.parse` as people call it, our articles by way of
feedparser, our articles by the short way (`connectors/feeds/plain.py`) that plain feeds take. Milliseconds of
processor time a feed, the best of several turns, the ways taking turns.
"""

import io
import time
from collections.abc import Callable

import feedparser

from benchmarks.feedserver import WORDS, feed
from connectors.feeds import plain
from connectors.feeds.charset import decode, for_xml
from connectors.feeds.document import Job
from connectors.feeds.parse import from_read
from connectors.feeds.reader import read

TURNS, TIMES = 7, 10
JOB = Job("one", "https://one.example/rss", "2026-11-22T00:00:00.000Z", "https://one.example/rss")


def atom(entries: int) -> bytes:
    """Give an Atom feed with texts of 3 kB."""
    items = "".join(
        f"<entry><id>urn:one:{number}</id><title>خبر {number}</title><updated>2026-11-21T08:00:00Z</updated>"
        f'<link href="https://one.example/{number}"/><author><name>أمل</name></author>'
        f'<content type="html">&lt;p&gt;{WORDS * 16}&lt;/p&gt;</content></entry>'
        for number in range(entries)
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar"><title>واحد</title>{items}</feed>'.encode()
    )


def by_feedparser(body: bytes) -> None:
    text = decode(body).text
    list(from_read(read(for_xml(text), JOB.base), text, JOB, complete=True).articles)


def plainly(body: bytes) -> None:
    text = decode(body).text
    found = plain.read(for_xml(text), JOB.base)
    assert found is not None
    list(from_read(found, text, JOB, complete=True).articles)


WAYS: dict[str, Callable[[bytes], object]] = {
    "feedparser.parse": lambda body: feedparser.parse(io.BytesIO(body)),
    "articles by feedparser": by_feedparser,
    "articles by the short way": plainly,
}


def milliseconds(body: bytes) -> dict[str, float]:
    """Give what each way costs."""
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(TURNS):
        for name, way in WAYS.items():
            begun = time.process_time()
            for _ in range(TIMES):
                way(body)
            best[name] = min(best[name], 1000 * (time.process_time() - begun) / TIMES)
    return best


def main() -> None:
    for kind, body in (("RSS, 20 items", feed(1, 0)), ("Atom, 25 entries", atom(25))):
        cost = milliseconds(body)
        told = "  ".join(f"{name} {took:.2f} ms" for name, took in cost.items())
        print(f"{kind}, {len(body) / 1000:.0f} kB: {told}")


if __name__ == "__main__":
    main()
