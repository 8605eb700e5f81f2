"""How well topics are told: `python -m benchmarks.eval_topics [DATA_DIRECTORY]`.

On our own labelled articles (several topics each, half of them never looked at while terms were written), and
where the data directory is given on two public sets: the ANT Corpus, in five parts, each judged with a model
that has not seen it, and SIB-200, of which nothing was used. Beside them, in the same run: the most frequent
class, and IPTC's own labels as keywords. Sections are compared by the surest top-level topic.
"""

import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs

from events.article import DedupedArticle, StoryCounts
from events.identity import digest
from streams.tag import lexicon, topics
from streams.tag.leaning import Model
from streams.tag.passage import passages
from streams.text.display import display
from streams.text.fold import match
from training.topics import SECTIONS, documents, made

OWN = Path(__file__).parent.parent / "tests" / "tag" / "labelled" / "topics.jsonl"
PARTS = 5
SIB = {
    "politics": "medtop:11000000",
    "sports": "medtop:15000000",
    "health": "medtop:07000000",
    "science/technology": "medtop:13000000",
    "entertainment": "medtop:01000000",
}
"""Travel and geography are left out: the one lies in two branches of IPTC's tree, the other in none."""
TIME = "2026-11-20T08:00:00.000Z"
Tell = Callable[["Labelled"], Sequence[str]]


class Labelled(NamedTuple):
    """An article and its one section, as a top-level topic."""

    title: str
    text: str
    section: str


def ids(title: str, text: str, lang: str = "ar", words: Model | None = None) -> list[str]:
    """Give the topics of an article, the surest first."""
    article = DedupedArticle(
        article_id="a", source_id="s", title=display(title), text=display(text), lang=lang, dir="rtl",
        published_at=TIME, published_source="feed", fetched_at=TIME, first_seen_at=TIME, revision=1,
        relation="new", story_id="s",
        story=StoryCounts(articles=1, sources=1, independent_sources=1, first_seen_at=TIME),
    )  # fmt: skip
    return [one.id for one in topics.topics(passages(article, lexicon()), lang, words)]


def tops(found: Iterable[str]) -> list[str]:
    return [one for one in found if one == topics.top_level(one)]


def own() -> None:
    """Print what stands for our own set, by half."""
    rows = [json.loads(line) for line in OWN.read_text(encoding="utf-8").splitlines()]
    for half in ("tuning", "report"):
        mine = [
            row for row in rows if half == ("tuning", "report")[int(digest("half", row["title"])[:8], 16) % 2]
        ]
        told = [ids(row["title"], row["text"], row["lang"]) for row in mine]
        print(f"own, {half}: {len(mine)} articles; {counted(mine, told)}")


def counted(rows: Sequence[dict[str, list[str]]], told: Sequence[Sequence[str]]) -> str:
    """Give precision, recall and F1 over top-level topics, and what of the narrower ones was found."""
    right = wrong = missed = first = narrow = wanted = 0
    for row, found in zip(rows, told, strict=True):
        wide = tops(found)
        right += len(set(wide) & set(row["tops"]))
        wrong += len(set(wide) - set(row["tops"]))
        missed += len(set(row["tops"]) - set(wide))
        first += bool(wide) and wide[0] in row["tops"]
        narrow += len(set(found) & set(row["below"]))
        wanted += len(row["below"])
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    f1 = 2 * right / max(1, 2 * right + wrong + missed)
    return (
        f"top level P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, surest right {first / len(rows):.3f}, "
        f"narrower found {narrow}/{wanted}"
    )


def macro(articles: Sequence[Labelled], told: Sequence[Sequence[str]]) -> str:
    """Give the macro F1 of the surest top-level topic, any of the 17, and that of each section."""
    sections = sorted({article.section for article in articles})
    pairs = Counter(
        (article.section, next(iter(tops(found)), "")) for article, found in zip(articles, told, strict=True)
    )
    scores = {}
    for one in sections:
        right = pairs[one, one]
        wrong = sum(count for (gold, got), count in pairs.items() if got == one != gold)
        missed = sum(count for (gold, got), count in pairs.items() if gold == one != got)
        scores[one] = 2 * right / max(1, 2 * right + wrong + missed)
    each = " ".join(f"{one[7:9]} {score:.2f}" for one, score in scores.items())
    return f"macro F1 {sum(scores.values()) / len(scores):.3f} ({each})"


def most_frequent(articles: Sequence[Labelled]) -> Tell:
    """Give the baseline that always names the most frequent section."""
    (section, _), *_ = Counter(article.section for article in articles).most_common(1)
    return lambda _: [section]


def by_label(sections: Iterable[str]) -> Tell:
    """Give the baseline that looks for IPTC's Arabic labels, those of the whole branch, in the text."""
    wanted = set(sections)
    owners = [
        (f" {match(concept.label_ar)} ", topics.top_level(topic))
        for topic, concept in topics.concepts().items()
        if concept.label_ar and topics.top_level(topic) in wanted
    ]
    automaton = ahocorasick_rs.AhoCorasick([label for label, _ in owners])

    def tell(article: Labelled) -> list[str]:
        text = f" {match(article.title)} {match(article.text)} ".replace("\n", " ")
        counts = Counter(
            owners[index][1] for index, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)
        )
        return [topic for topic, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]

    return tell


def compare(name: str, articles: Sequence[Labelled], told: Sequence[Sequence[str]]) -> None:
    print(f"{name}: {len(articles)} articles, {len({article.section for article in articles})} sections")
    print(f"  terms and model     {macro(articles, told)}")
    terms_only = [ids(article.title, article.text, words=Model("w\ts\n\t0\n")) for article in articles]
    print(f"  terms alone         {macro(articles, terms_only)}")
    for title, tell in (
        ("IPTC labels", by_label({article.section for article in articles})),
        ("most frequent class", most_frequent(articles)),
    ):
        print(f"  {title:<19} {macro(articles, [tell(article) for article in articles])}")


def ant(directory: Path) -> None:
    """Print the sections of the ANT Corpus that are topics, each fifth judged by a model of the others."""
    corpus = documents(directory)
    lines = [
        json.loads(line)
        for file in sorted(directory.glob("*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines()
    ]
    articles: list[Labelled] = []
    told: list[list[str]] = []
    for part in range(PARTS):
        model = Model(made([one for at, one in enumerate(corpus) if at % PARTS != part]))
        for line in lines[part::PARTS]:
            if line["category"] in SECTIONS:
                articles.append(Labelled(line["title"], line["text"], SECTIONS[line["category"]]))
                told.append(ids(line["title"], line["text"], words=model))
    compare("ANT Corpus, held out by fifths", articles, told)


def sib(directory: Path) -> None:
    """Print SIB-200's sentences in Standard Arabic and in Mesopotamian."""
    for variety in ("arb_Arab", "acm_Arab"):
        rows: list[dict[str, str]] = []
        for file in sorted(directory.glob(f"{variety}.*.tsv")):
            with file.open(encoding="utf-8", newline="") as lines:
                rows += csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        articles = [Labelled("", row["text"], SIB[row["category"]]) for row in rows if row["category"] in SIB]
        compare(f"SIB-200 {variety}, single sentences", articles, [ids("", one.text) for one in articles])


def main() -> None:
    """Measure on our own set, and on the public ones where they are."""
    own()
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if data is None:
        print("public sets: name the directory that holds ant-corpus and sib200-arabic (make eval DATA=DIR)")
        return
    ant(data / "ant-corpus")
    sib(data / "sib200-arabic")


if __name__ == "__main__":
    main()
