"""The CRF of `training.tagger` on text of other sources than it was trained on, beside the rules.

`python -m training.elsewhere MODEL [DIRECTORY]`: MODEL is a file that `python -m training.tagger` wrote,
DIRECTORY holds the development sets (`make eval`'s DATA). Needs the extra `[crf]`.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.eval_tags import Finder, Score, is_same, matched, rules_for, score
from benchmarks.labelled import newswire, own_articles
from training.tagger import Sentence, features, located

_WORD = re.compile(r"\w+|[^\w\s]")


def finder(tagger: Any, words: str = r"\S+") -> Finder:
    """Give what finds places in a text with the tagger, a line at a time; `words` is what a word is."""

    def find(text: str, lang: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for line in re.finditer(r"[^\n]+", text):
            spans = [one.span() for one in re.compile(words).finditer(text, *line.span())]
            sentence = Sentence(tuple(text[start:end] for start, end in spans), ("O",) * len(spans))
            tags = tagger.tag(features(sentence))
            found += [(spans[first][0], spans[end - 1][1]) for _, first, end in sorted(located(tags, 0))]
        return found

    return find


def on_our_own(find: Finder) -> Score:
    """Score places on our labelled Arabic articles that are only reported: each name once, clitic or not."""
    total = Score()
    for labelled in own_articles():
        if (labelled["lang"], labelled["half"]) == ("ar", "report"):
            text = f"{labelled['title']}\n{labelled['text']}"
            found = _grouped([text[start:end] for start, end in find(text, "ar")])
            labels = [str(label).split(":")[0] for label in labelled["places"]]  # type: ignore[attr-defined]
            right = matched(labels, found)
            total.add(right, len(found) - right, len(labels) - right)
    return total


def _grouped(names: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for name in names:
        known = next((one for one in groups if any(is_same(name, other) for other in one)), None)
        known.append(name) if known is not None else groups.append([name])
    return groups


def main() -> None:
    """Print both beside each other."""
    import pycrfsuite  # noqa: PLC0415  (the extra [crf])

    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m training.elsewhere MODEL [DIRECTORY]")
    tagger = pycrfsuite.Tagger()
    tagger.open(sys.argv[1])
    told: list[tuple[str, Callable[[Finder], Score]]] = [("our Arabic articles, report half", on_our_own)]
    for name, articles in newswire(Path(sys.argv[2])) if len(sys.argv) == 3 else ():
        if name.startswith("Wojood"):
            told.append((name, lambda find, articles=articles: score(articles, "places", find)))  # type: ignore[misc]
    for name, judge in told:
        sys.stdout.write(f"{name}:\n  rules {judge(rules_for('places'))}\n")
        words = _WORD.pattern if judge is on_our_own else r"\S+"
        sys.stdout.write(f"  crf   {judge(finder(tagger, words))}\n")


if __name__ == "__main__":
    main()
