"""Articles for dedupe's tests, made without the normalize stage: a title, a text and who brought them."""

import base64
from datetime import UTC, datetime, timedelta

import numpy as np
from rensa import RMinHash

from events.article import Article, Dateline, Fingerprint, RawArticle
from events.identity import article_id, digest
from events.times import wire_time
from streams.dedupe import Decision, Index
from streams.text.display import display
from streams.text.fold import match

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def at(hours: float) -> str:
    """The wire time `hours` after the start of all tests."""
    return wire_time(START + timedelta(hours=hours))


def fingerprint(title: str, text: str, lang: str) -> Fingerprint:
    folded_title, folded = match(title, lang), match(text, lang)
    words = folded.split()
    sketch = ""
    if len(words) >= 8:
        hashed = RMinHash(128, 42)
        flat = folded.replace("\n", " ")
        hashed.update([flat[i : i + 5] for i in range(len(flat) - 4)])
        sketch = base64.b64encode(np.array(hashed.digest(), "<u4").tobytes()).decode()
    return Fingerprint(
        version="test-1",
        exact=digest(folded_title, folded),
        body=digest(folded),
        title=digest(folded_title),
        sketch=sketch,
        words=len(words),
    )


def article(
    title: str = "",
    text: str = "",
    *,
    source: str = "alpha",
    url: str | None = None,
    item: str | None = None,
    hours: float = 0.0,
    fetched_at: str | None = None,
    lang: str = "ar",
    agency: str | None = None,
    dateline: str | None = None,
    source_name: str | None = None,
    published_at: str | None = None,
) -> Article:
    when = fetched_at or at(hours)
    if url is None and item is None:
        url = f"https://{source}.example/{digest(title, text)[:12]}"
    raw = RawArticle(source_id=source, fetched_at=when, url=url, item_id=item)
    title, text = display(title, lang), display(text, lang)
    return Article(
        article_id=article_id(raw), source_id=source, source_name=source_name, url=url, item_id=item,
        title=title, text=text, lang=lang, dir="rtl" if lang == "ar" else "ltr", agency=agency,
        published_at=published_at or when, dateline=Dateline(raw=dateline) if dateline else None,
        published_source="fetched", fetched_at=when, shard=lang, fingerprint=fingerprint(title, text, lang),
    )  # fmt: skip


def see(index: Index, *articles: Article, start: int = 0) -> list[Decision]:
    """Decide and remember `articles` in order, each a raw record of its own."""
    made = []
    for number, each in enumerate(articles, start):
        decision = index.decide(each, f"raw/0/{number}")
        index.apply(decision.changes)
        made.append(decision)
    return made
