"""How right the tags are: `python -m benchmarks.eval_tags [DIRECTORY]` (`make eval DATA=…`).

Precision, recall and F1 by type of tag on our own labelled texts, half of them for tuning and half reported,
and on the development sets of a directory (or of `MARSAD_DATA_SETS`); beside plain baselines in the same run:
every name of the tables wherever it stands (no flags, no context), the same without clitics, and the
unfiltered Arabic names of GeoNames where the set `geonames-arabic` is there. A name counts on our texts where
any of its mentions is the label's, with or without a clitic or the article; on the development sets exactly
the labelled words. A toll counts where its bounds are exactly the label's.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.labelled import KINDS, Labelled, data_sets, newswire, own_articles, own_tolls
from benchmarks.tag import article
from events.article import Casualties, Count, EnrichedArticle, OtherToll
from streams.tag import gazetteer, tag
from streams.tag.lexicon import Lexicon, Meaning, leftmost_longest
from streams.text.fold import fold, match

TOLL_FILES = (
    ("tuned on", "tolls.tsv"),
    ("reported, read once", "tolls-report.tsv"),
    ("fourth round, tuned on", "tolls-4.tsv"),
    ("fourth round, never read", "tolls-4-report.tsv"),
    ("fifth round, tuned on", "tolls-5.tsv"),
    ("fifth round, never read", "tolls-5-report.tsv"),
    ("sixth round, tuned on", "tolls-6.tsv"),
    ("sixth round, never read", "tolls-6-report.tsv"),
    ("seventh round, tuned on", "tolls-7.tsv"),
    ("seventh round, never read", "tolls-7-report.tsv"),
)
TOLLS = ("killed", "injured", "missing")
Finder = Callable[[str, str], Iterable[tuple[int, int]]]


class Score:
    """Counts of right, wrong and missed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, right: int, wrong: int, missed: int) -> None:
        """Count more of each."""
        self.counts.update(right=right, wrong=wrong, missed=missed)

    def __str__(self) -> str:
        right, wrong, missed = (self.counts[name] for name in ("right", "wrong", "missed"))
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        f1 = 2 * right / max(1, 2 * right + wrong + missed)
        return (
            f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({right} right, {wrong} wrong, {missed} missed)"
        )


def written(count: Count | None) -> str:
    """Give a count as the labels write it."""
    if count is None or count.exact is not None:
        return "" if count is None else str(count.exact)
    return f"{'' if count.min is None else count.min}..{'' if count.max is None else count.max}"


def told(toll: Casualties | OtherToll | None) -> list[str]:
    """Give a toll's three counts as the labels write them."""
    return [written(getattr(toll, kind) if toll else None) for kind in TOLLS]


def tolls(rows: list[list[str]]) -> dict[str, Score]:
    """Score tolls sentence by sentence."""
    scores = {kind: Score() for kind in (*TOLLS, "further")}
    for text, *wanted in rows:
        event = tag(article(0, "", text.replace("¶", "\n"), "en" if text.isascii() else "ar"))
        others = [
            f"{one.role} {kind} {count}"
            for one in event.casualties_other
            for kind, count in zip(TOLLS, told(one), strict=True)
            if count
        ]
        for kind, got, label in zip(
            scores, [*told(event.casualties), "; ".join(others)], wanted, strict=True
        ):
            same = bool(got) and got == label
            scores[kind].add(same, bool(got) and not same, bool(label) and not same)
    return scores


def is_same(label: str, surface: str) -> bool:
    """Tell whether a name found is the label's, with or without a clitic or the article."""
    wanted, found = match(label), match(surface)
    return (found.endswith(wanted) and len(found) - len(wanted) <= 3) or (
        wanted.endswith(found) and (len(wanted) - len(found) <= 2)
    )


def matched(labels: Iterable[str], found: Iterable[list[str]]) -> int:
    """Count the labels of an article that are found; `found` is the surfaces of each name, told once."""
    left, right = list(found), 0
    for label in labels:
        hit = next((one for one in left if any(is_same(label, surface) for surface in one)), None)
        if hit is not None:
            left.remove(hit)
            right += 1
    return right


def own(half: str) -> dict[str, Score]:
    """Score the names of our labelled articles, article by article."""
    scores = {kind: Score() for kind in KINDS}
    for labelled in own_articles():
        if labelled["half"] != half:
            continue
        event = tag(article(0, str(labelled["title"]), str(labelled["text"]), str(labelled["lang"])))
        for kind in KINDS:
            found = [[one.surface for one in value.evidence] for value in getattr(event, kind)]
            labels = [str(label).split(":")[0] for label in labelled[kind]]  # type: ignore[attr-defined]
            right = matched(labels, found)
            scores[kind].add(right, len(found) - right, len(labels) - right)
    return scores


def rules_for(kind: str) -> Finder:
    """Give what finds names of a kind by the rules."""

    def find(text: str, lang: str) -> Iterable[tuple[int, int]]:
        event: EnrichedArticle = tag(article(0, "", text, lang))
        return [(one.start, one.end) for value in getattr(event, kind) for one in value.evidence]

    return find


def _gazetteer(names: Iterable[str]) -> Finder:
    lexicon = Lexicon((match(name), Meaning("place", 0)) for name in names if match(name))

    def find(text: str, lang: str) -> Iterable[tuple[int, int]]:
        folded = fold(text, lang)
        hits = leftmost_longest(lexicon.find(folded.text))
        return [folded.span(hit.start, hit.end) for hit in hits]

    return find


def _plain_words(names: Iterable[str]) -> Finder:
    forms = {match(name) for name in names}

    def find(text: str, lang: str) -> Iterable[tuple[int, int]]:
        words = ((found.start(), found.end()) for found in re.finditer(r"\w+", text))
        return [span for span in words if match(text[span[0] : span[1]], lang) in forms]

    return find


def _all_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to the whole words it stands in: the labels' tokens hold the clitics."""
    while start and not _is_between(text[start - 1]):
        start -= 1
    while end < len(text) and not _is_between(text[end]):
        end += 1
    return start, end


def _is_between(char: str) -> bool:
    return char.isspace() or char in "'’.,;:!?()[]\"«»،؛؟/"


def score(articles: list[Labelled], kind: str, find: Finder) -> Score:
    """Score one kind of name on a development set, mention by mention."""
    total = Score()
    for one in articles:
        wanted = {(start, end) for named, start, end in one.spans if named == kind}
        found = {_all_words(one.text, start, end) for start, end in find(one.text, one.lang)}
        total.add(len(wanted & found), len(found - wanted), len(wanted - found))
    return total


def titled(articles: list[Labelled], kind: str, find: Finder) -> Score:
    """Score names that end their label: "Kerry" of "Secretary Kerry"; of the labels those that end in a name.

    Of re3d, whose labels hold titles, and pronouns and offices without a name.
    """
    total = Score()
    for one in articles:
        wanted = {end for named, start, end in one.spans if named == kind and _is_named(one.text[start:end])}
        found = {_all_words(one.text, start, end)[1] for start, end in find(one.text, one.lang)}
        total.add(len(wanted & found), len(found - wanted), len(wanted - found))
    return total


def _is_named(label: str) -> bool:
    last = label.rsplit(maxsplit=1)[-1]
    return last[0].isupper() and len(last) > 1 and " of " not in label


def geonames(folder: Path) -> list[str]:
    """Give all Arabic names of the GeoNames seed."""
    file = folder / "geonames-arabic" / "places.tsv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [name for row in rows for name in row["arabic"].split("|")]


def main() -> None:
    """Print all scores."""
    for name, file in TOLL_FILES:
        print(f"own sentences, tolls, {name}:")
        for kind, found in tolls(own_tolls(file)).items():
            print(f"  {kind:14} {found}")
    for half in ("tune", "report"):
        print(f"own articles, {half} half:")
        for kind, found in own(half).items():
            print(f"  {kind:14} {found}")
    folder = data_sets()
    if folder is None:
        print("no MARSAD_DATA_SETS: the development sets and the baselines on them are passed over")
        return
    forms = [name for row in gazetteer.table_names() for name in row]
    baselines = {
        "every name of the tables": _gazetteer(forms),
        "the same, no clitics, single words": _plain_words(forms),
        "all Arabic names of the GeoNames seed": _gazetteer(geonames(folder)),
    }
    for name, articles in newswire(folder):
        print(f"{name}, {len(articles)} articles:")
        for kind in KINDS:
            print(f"  {kind:14} {score(articles, kind, rules_for(kind))}")
        if name.startswith("re3d"):
            print(f"  people, title or not: {titled(articles, 'people', rules_for('people'))}")
        for title, find in baselines.items():
            print(f"  places by {title}: {score(articles, 'places', find)}")


if __name__ == "__main__":
    main()
