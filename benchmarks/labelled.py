"""Labelled texts for evaluating tags: our own, and the development sets where a directory of them is given.

Our own stand in tests/tag/labelled. The others do not ship: `MARSAD_DATA_SETS` names the directory that
holds their folders (`anercorp`, `wojood-sample`, `re3d-english`, `geonames-arabic`), each passed over where
it is not there.
"""

import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

OWN = Path(__file__).parent.parent / "tests" / "tag" / "labelled"
KINDS = ("places", "organisations", "people")
TYPES = {
    "LOC": "places", "GPE": "places", "Location": "places",
    "ORG": "organisations", "Organisation": "organisations",
    "PERS": "people", "Person": "people",
}  # fmt: skip
_SENTENCES_AN_ARTICLE = 8


class Labelled(NamedTuple):
    """A text, and where its names of each kind stand: `(kind, start, end)`, code points."""

    text: str
    lang: str
    spans: frozenset[tuple[str, int, int]]


def data_sets() -> Path | None:
    """Give the directory of the development sets, if one is named: the first argument, or the variable."""
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MARSAD_DATA_SETS")
    return Path(named) if named else None


def own_articles() -> list[dict[str, object]]:
    """Give our labelled articles."""
    return [orjson.loads(line) for line in (OWN / "articles.jsonl").read_bytes().splitlines()]


def own_tolls(file: str) -> list[list[str]]:
    """Give our labelled tolls: text, killed, injured, missing, further tolls."""
    lines = (OWN / file).read_text("utf-8").split("\n")[2:]
    return [(line.split("\t") + [""] * 5)[:5] for line in lines if line]


def newswire(folder: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Give each development set that is there, by name."""
    if (folder / "anercorp").is_dir():
        text = gzip.decompress((folder / "anercorp" / "dev.txt.gz").read_bytes()).decode()
        articles = _articles(text, "ar")
        cut = len(articles) * 7 // 10
        yield "ANERcorp dev, looked at", articles[:cut]
        yield "ANERcorp dev, held out", articles[cut:]
    if (folder / "wojood-sample").is_dir():
        yield "Wojood sample val", _articles((folder / "wojood-sample" / "val.txt").read_text("utf-8"), "ar")
    if (folder / "re3d-english").is_dir():
        text = "\n".join(
            file.read_text("utf-8") for file in sorted((folder / "re3d-english").glob("*.conll"))
        )
        yield "re3d, English", _articles(text.replace("\t", " "), "en")


def _articles(text: str, lang: str) -> list[Labelled]:
    sentences = [block.split("\n") for block in text.split("\n\n") if " " in block]
    groups = range(0, len(sentences), _SENTENCES_AN_ARTICLE)
    return [_article(sentences[at : at + _SENTENCES_AN_ARTICLE], lang) for at in groups]


def _article(sentences: list[list[str]], lang: str) -> Labelled:
    text, spans, open_kind, start, end = "", set(), "", 0, 0
    for lines in sentences:
        for line in lines:
            token, _, tag = line.rpartition(" ")
            if not token or token.startswith("-DOC-"):
                continue
            if open_kind and not tag.startswith("I-"):
                spans.add((open_kind, start, end))
                open_kind = ""
            text = _before(text, token, lang)
            if tag.startswith("B-"):
                open_kind, start = TYPES.get(tag[2:], ""), len(text)
            text += token + _after(token, lang)
            end = len(text.rstrip(" "))
        text = text.rstrip(" ") + "\n"
    return Labelled(text, lang, frozenset(spans | ({(open_kind, start, end)} if open_kind else set())))


_CLOSING = frozenset(",.;:!?)]}%") | {"'", "’", "-", "/"}
_JOINING = frozenset("-/'’([{")
"""Marks that English text joins to the word before or after; the corpus parts every token: "al - Abadi"."""


def _before(text: str, token: str, lang: str) -> str:
    return text.rstrip(" ") if lang == "en" and token in _CLOSING else text


def _after(token: str, lang: str) -> str:
    return "" if lang == "en" and token in _JOINING else " "
