"""No input raises, and none takes long: damaged news, markup and noise, each from a seed.

`make fuzz` runs 100,000 inputs (MARSAD_FUZZ); here a hundredth of them.
"""

import os
import random
import time

import pytest
from msgspec.structs import replace

from events.article import RawArticle
from events.wire import encode
from streams.normalize import normalize
from streams.text.display import display
from streams.text.fold import fold, match

INPUTS = int(os.environ.get("MARSAD_FUZZ", "1000"))
RAW = RawArticle(source_id="fuzz", fetched_at="2026-11-21T08:00:00.000Z", url="https://news.example/a/1")

PIECES = (
    *("بغداد - واع: ", "أعلنت وزارة الداخلية القبض على شبكة لتهريب الوقود.", "اقرأ أيضاً: ", "انتهى/ س.ع"),
    *("شارك تويتر فيسبوك", "قال الوزير علي حسن: «نعم، سنفعل ذلك قريبا»", "25 شوال 1436 هـ", "١٬٢٠٠ و٣٫٥٪"),
    *(
        "المصدر: رويترز",
        "BAGHDAD (Reuters) - ",
        'He said: "no"',
        "The post x appeared first on y.",
        "a@b.example",
    ),
    *(
        "2026-11-21",
        "هەولێر",
        "می‌شود",
        "ھے",
        "😀",
        "é",
        "第一",
        "ـــ",
        "\ufefb",
        "\ufdfa",
        "\u0654",
        "\u202e",
        "\u200f",
    ),
    *(
        "\ud800",
        "\x00",
        "\n",
        "\n\n",
        " ",
        "\u00a0",
        *"«»“()[]:/-–.؟،",
        "&amp;lt;",
        "&#x202e;",
        "&nbsp;",
        "</p>",
    ),
    *("<p>", "<br/>", "<b>", "<div class='sharedaddy'>", "<!--", "-->", "<script>", "<![CDATA[", "]]>"),
)
DATES = (
    "أمس",
    "25 شوال 1436 هـ",
    "2026-11-21",
    "21 تشرين الثاني 2026",
    "0001-01-01T00:00:00Z",
    "99999999999",
    "٣٠/٢",
)


def text_of(dice: random.Random) -> str:
    text = "".join(dice.choices(PIECES, k=dice.randrange(1, 40)))
    for _ in range(dice.randrange(4)):  # cut, double, and put a stray character in
        at = dice.randrange(len(text) + 1)
        stray = chr(dice.randrange(1, 0x3000))
        text = dice.choice((text[:at], text[at:] + text, text[:at] + stray + text[at:]))
    return text


def article_of(dice: random.Random) -> RawArticle:
    # The gate lets no lone surrogate in; entities bring them into texts all the same.
    fields = ("title", "content_html", "content_text", "summary_html", "lang")
    found = {name: text_of(dice) for name in fields if dice.random() < 0.5}
    found["source_name"] = text_of(dice).replace("\ud800", "")
    return replace(RAW, **found, published_raw=dice.choice(DATES), updated_at=dice.choice(DATES))


def test_no_input_raises() -> None:
    for seed in range(INPUTS):
        raw = article_of(random.Random(seed))
        try:
            article = normalize(raw)
            assert article.text == display(article.text)
            assert fold(article.text, article.lang).text == match(article.text, article.lang)
            encode(article)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {raw!r}") from error


LIMIT = 0.1
"""Seconds for 200 kB on an idle machine."""

SLACK = 5
"""How much slower a machine that is busy with other things, or older, may be."""


def words(dice: random.Random, count: int) -> list[str]:
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    stock = ["".join(dice.choices(letters, k=dice.randrange(2, 8))) for _ in range(5_000)]
    return dice.choices(stock, k=count)


def prose(count: int) -> str:
    told = words(random.Random(1), count)
    return "\n".join(" ".join(told[at : at + 25]) + "." for at in range(0, count, 25))


LARGE = {
    "prose": prose(30_000),
    "markup": "".join(f"<p>{line}</p>" for line in prose(30_000).split("\n")),
    "told twice": prose(12_000) + "\n" + prose(12_000),
    "one sentence again and again": "قال الوزير إن القوات ضبطت شاحنات في محافظة البصرة. " * 4_000,
    "few words": " ".join(
        random.Random(2).choices("قال الوزير إن القوات ضبطت شاحنات في البصرة".split(), k=22_000)
    ),
    "one word a line": "تويتر\n" * 20_000,
    "read also, line after line": "اقرأ أيضا\n" * 20_000,
    "one letter a line": "a\n" * 100_000,
    "quotations": "قال: «نعم هذا هو الأمر» " * 8_000,
    "rare characters": "\ufdfa \ufefb\u0654 " * 25_000,
    "open tags": "<p>" * 70_000,
    "dashes": " - " * 70_000,
    "one paragraph a thousand times": (prose(20) + "\n") * 1_000,
    "no spaces": "ابجد" * 50_000,
    "straight marks": '"' * 200_000,
    "digits": "1,2." * 50_000,
    "line breaks": "\n" * 200_000,
    "vowel signs": "\u064e\u0651" * 50_000,
    "accents": "a" + "\u0301\u0316" * 50_000,
    "sentences of one word": "كلمات. " * 20_000,
    "percent signs": "%" * 200_000,
    "open angles": "<" * 200_000,
    "addresses": "http://a.example/b?c=" * 10_000,
    "nested boxes": "<div>" * 18_000 + "x" + "</div>" * 18_000,
    "escaped twice": "&amp;lt;b&amp;gt;" * 12_000,
    "cells": "<table>" + "<tr><td>كلمة<td>x" * 7_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_200_kilobytes_take_no_time(name: str) -> None:
    text = LARGE[name].encode()[:200_000].decode(errors="ignore")
    field = "content_html" if text[0] in "<&" else "content_text"
    normalize(RAW)
    spent = []
    for _ in range(3):
        started = time.process_time()
        normalize(replace(RAW, **{field: text}))
        spent.append(time.process_time() - started)
    assert min(spent) < LIMIT * SLACK
