"""What normalizing costs, and what it gets right: `python -m benchmarks.normalize [FILE.jsonl[.gz]]`.

First the match form beside pyarabic's and camel-tools' functions, each composed to do as much of the folding
table as it can: microseconds per kilobyte of UTF-8 text, and rows of the table that come out right. Then the
whole of `normalize`, with a breakdown by step. Texts are those of `articles.py`, or of a file of JSON lines
(raw articles, or objects with `content` or `text`). Processor time, best of three rounds, so that a busy
machine changes little.

camel-tools brings PyTorch; its functions need none of it. To have it in the comparison:

    pip install --no-deps --target /tmp/camel camel-tools emoji docopt six
    PYTHONPATH=/tmp/camel python -m benchmarks.normalize
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.articles import raw_lines
from benchmarks.timing import least
from connectors.archive import decompressed
from events.article import RawArticle
from events.wire import encode, raw_article
from streams.normalize import STEPS, normalize, read
from streams.normalize.fingerprint import fingerprint
from streams.normalize.quotes import quotes
from streams.normalize.structure import headings, items, joined
from streams.text.display import display
from streams.text.fold import fold, match

ROUNDS = 3
seconds = partial(least, rounds=ROUNDS)
ARTICLES = 2_000
FETCHED = "2026-11-21T08:00:00.000Z"

Fold = Callable[[str], str]

# The folding table, a row each: what is written, and what it is compared as. One word a row where the row is
# about a letter, so that no row is lost for another's sake.
ROWS = {
    "أ إ آ": ("أحمد إلى آخر".replace("ى", "ي"), "احمد الي اخر"),
    "ٱ": ("ٱلعراق", "العراق"),
    "ؤ ئ": ("مؤتمر رئيس", "موتمر رييس"),
    "ء": ("جزء", "جزء"),
    "ى": ("مستشفى", "مستشفي"),
    "ة": ("وزارة", "وزاره"),
    "ی ک ڪ": ("کردستان علی ڪتاب", "كردستان علي كتاب"),
    "ھ ہ ە": ("ھو ہو ەو", "هو هو هو"),
    "گ چ پ ڤ ڵ ێ ۆ": ("گچپڤڵێۆ", "گچپڤڵێۆ"),
    "ـ": ("العـــراق", "العراق"),
    "vowels": ("مُحَمَّدٌ", "محمد"),
    "dagger alef": ("هٰذا", "هذا"),
    "combining marks": ("قرا\u06da\u06e1 ا\u0654حمد ا\u0653خر", "قرا احمد اخر"),
    "ﻻ ﻼ": ("\ufefbجل بلا\ufefc", "لاجل بلالا"),
    "ﻷ ﻸ": ("ا\ufef7مر ا\ufef8", "الامر الا"),
    "presentation forms": ("\ufe8d\ufedf\ufecc\ufeae\ufe8d\ufed7", "العراق"),
    "ﷲ ﷺ": ("عبد \ufdf2 \ufdfa قال", "عبد الله قال"),
    "digits": ("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"),
    "، ؛ ؟ ٪ ٫ ٬": ("١٬٢٠٠ قتيل، ٣٫٥٪", "1200 قتيل 3.5 %"),
    "bidi, BOM, SHY, joiners": ("\u200fبغ\u200eداد\u061c \u202bاليوم\u202c \ufeffص\u00adر", "بغداد اليوم صر"),
    "NBSP": ("بغداد\u00a0اليوم", "بغداد اليوم"),
    "quotation marks": ('«نعم» “لا” "ربما" ″كلا″', "نعم لا ربما كلا"),
}


def pyarabic_fold() -> tuple[str, Fold]:
    from importlib.metadata import version  # noqa: PLC0415

    from pyarabic import araby  # noqa: PLC0415

    def folded(text: str) -> str:
        # `strip_diacritics` takes more marks than `strip_tashkeel` and half the time.
        text = araby.strip_tatweel(araby.strip_diacritics(text))
        # "tasheel" reads أ إ آ ؤ ئ as Arabic writes them; only `normalize_alef` knows ٱ (and spoils ى).
        text = araby.normalize_hamza(araby.normalize_ligature(text), method="tasheel")
        return str(araby.normalize_teh(araby.normalize_alef(text)))

    return f"pyarabic {version('pyarabic')}", folded


def quick_pyarabic_fold() -> tuple[str, Fold]:
    from pyarabic import araby  # noqa: PLC0415

    def folded(text: str) -> str:
        text = araby.strip_tatweel(araby.strip_diacritics(text))
        text = araby.normalize_hamza(araby.normalize_ligature(text), method="tasheel")
        return str(araby.normalize_teh(text))

    return "  without normalize_alef", folded


def camel_fold() -> tuple[str, Fold]:
    from camel_tools import __version__  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from camel_tools.utils.dediac import dediac_ar  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    from camel_tools.utils.normalize import (  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
        normalize_alef_ar,
        normalize_alef_maksura_ar,
        normalize_teh_marbuta_ar,
        normalize_unicode,
    )

    def folded(text: str) -> str:
        text = normalize_alef_ar(dediac_ar(normalize_unicode(text)))
        return str(normalize_teh_marbuta_ar(normalize_alef_maksura_ar(text)))

    return f"camel-tools {__version__}", folded


PEERS: dict[str, tuple[Callable[[], tuple[str, Fold]], str]] = {
    "pyarabic": (pyarabic_fold, "pip install pyarabic"),
    "  without normalize_alef": (quick_pyarabic_fold, "pip install pyarabic"),
    "camel-tools": (
        camel_fold,
        "pip install --no-deps --target DIR camel-tools emoji docopt six, then PYTHONPATH=DIR",
    ),
}


def texts_of(path: Path | None) -> list[RawArticle]:
    if path is None:
        return [raw_article(orjson.loads(line)) for line in raw_lines(ARTICLES)]
    with path.open("rb") as file:
        return [as_raw(orjson.loads(line), at) for at, line in enumerate(decompressed(file)) if line.strip()]


def as_raw(found: dict[str, Any], at: int) -> RawArticle:
    """Read a raw article, or any object with a text, as one."""
    body = found.get("content") or found.get("text")
    known = {"source_id": found.get("source") or "file", "fetched_at": FETCHED, "item_id": str(at)}
    return raw_article(known | found | ({"content_text": body} if body else {}))


def compare(texts: list[str]) -> None:
    kilobytes = sum(len(text.encode()) for text in texts) / 1000
    print(
        f"match form: {len(texts)} texts, {kilobytes:,.0f} kB of UTF-8; {len(ROWS)} rows of the folding table"
    )
    print(f"  {'':24} {'us/kB':>8} {'beside us':>10} {'rows right':>11}  wrong")
    ours = row("marsad match", match, texts, kilobytes, None)
    row("marsad fold (with map)", lambda text: fold(text).text, texts, kilobytes, ours)
    for name, (make, hint) in PEERS.items():
        try:
            title, peer = make()
        except ImportError as error:
            print(f"  {name:24} not installed ({error}); to compare: {hint}")
            continue
        row(title, peer, texts, kilobytes, ours)


def row(title: str, folded: Fold, texts: list[str], kilobytes: float, ours: float | None) -> float:
    each = seconds(lambda: [folded(text) for text in texts]) / kilobytes * 1e6
    wrong = [name for name, (written, wanted) in ROWS.items() if folded(written) != wanted]
    right = f"{len(ROWS) - len(wrong)}/{len(ROWS)}"
    print(f"  {title:24} {each:8.2f} {each / (ours or each):9.1f}x {right:>11}  {'; '.join(wrong)}")
    return each


def breakdown(raws: list[RawArticle]) -> None:
    size = sum(len((raw.content_text or raw.content_html or "").encode()) for raw in raws) / len(raws) / 1000
    whole = seconds(lambda: [normalize(raw) for raw in raws]) / len(raws) * 1000
    print(f"normalize: {len(raws)} articles of {size:.1f} kB on average")
    print(f"  {'whole':24} {whole:8.3f} ms an article, {whole * 3 / size:.3f} ms for 3 kB")
    for name, each in steps(raws):
        print(f"  {name:24} {each * 1000 / len(raws):8.3f} ms")


def steps(raws: list[RawArticle]) -> Iterator[tuple[str, float]]:
    """Give the parts of `normalize` with the time each takes for all articles."""
    drafts = [read(raw) for raw in raws]
    yield "read (markup, language)", seconds(lambda: [read(raw) for raw in raws])
    bodies = [raw.content_text or "" for raw in raws]
    yield "  of it: display form", seconds(lambda: list(map(display, bodies)))
    yield "  of it: match form", seconds(lambda: list(map(match, bodies)))
    for step in STEPS:
        yield step.__name__, seconds(lambda step=step, given=drafts: list(map(step, given)))  # type: ignore[misc]
        drafts = list(map(step, drafts))
    texts = [joined(draft.lines) for draft in drafts]
    yield "headings", seconds(lambda: [headings(draft.lines) for draft in drafts])
    yield "items of a round-up", seconds(lambda: [items(d.lines, False, d.raw.source_name) for d in drafts])
    yield "quotes", seconds(lambda: list(map(quotes, texts)))
    folded = [(match(d.title), "\n".join(line.folded for line in d.lines)) for d in drafts]
    yield "fingerprint", seconds(lambda: [fingerprint(*pair) for pair in folded])
    articles = [normalize(raw) for raw in raws]
    yield "(writing it as JSON)", seconds(lambda: list(map(encode, articles)))


def main(arguments: Iterable[str]) -> None:
    paths = [Path(name) for name in arguments] or [None]
    for path in paths:
        raws = texts_of(path)
        print(path.name if path else "articles made of the seeds' sentences")
        compare([text for raw in raws if (text := raw.content_text)])
        breakdown(raws)


if __name__ == "__main__":
    main(sys.argv[1:])
