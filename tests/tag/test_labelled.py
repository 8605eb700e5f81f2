"""Floors on the labelled texts; `python -m benchmarks.eval_tags` prints the scores."""

import pytest

from benchmarks.eval_quotes import marks, quotations
from benchmarks.eval_tags import Score, own, tolls
from benchmarks.labelled import own_articles, own_tolls


def precision(score: Score) -> float:
    return score.counts["right"] / (score.counts["right"] + score.counts["wrong"])


def recall(score: Score) -> float:
    return score.counts["right"] / (score.counts["right"] + score.counts["missed"])


def test_there_are_enough_sentences_of_each_kind() -> None:
    rows = own_tolls("tolls.tsv")
    assert len(rows) >= 200
    assert sum(not any(row[1:4]) for row in rows) >= 70
    assert sum(bool(row[4]) for row in rows) >= 20
    assert len(own_articles()) == 40


@pytest.mark.parametrize(
    ("file", "least_precision", "least_recall"),
    [
        ("tolls.tsv", 0.97, 0.95),
        ("tolls-report.tsv", 0.95, 0.9),
        ("tolls-4.tsv", 0.97, 0.95),
        ("tolls-4-report.tsv", 0.93, 0.9),
        ("tolls-5.tsv", 0.97, 0.95),
        ("tolls-5-report.tsv", 0.9, 0.86),
        ("tolls-6.tsv", 0.97, 0.94),
        ("tolls-6-report.tsv", 0.88, 0.77),
        ("tolls-7.tsv", 0.96, 0.96),
        ("tolls-7-report.tsv", 0.93, 0.83),
    ],
)
def test_killed(file: str, least_precision: float, least_recall: float) -> None:
    score = tolls(own_tolls(file))["killed"]
    assert precision(score) >= least_precision
    assert recall(score) >= least_recall


@pytest.mark.parametrize("half", ["tune", "report"])
def test_names(half: str) -> None:
    scores = own(half)
    assert precision(scores["places"]) >= 0.9
    assert recall(scores["places"]) >= 0.88
    assert precision(scores["organisations"]) >= 0.75
    assert precision(scores["people"]) >= 0.85
    assert recall(scores["people"]) >= 0.7


def test_quotations_and_marks() -> None:
    scores = quotations() | marks()
    assert precision(scores["quotations"]) >= 0.95
    assert recall(scores["quotations"]) >= 0.95
    assert precision(scores["... and who speaks"]) >= 0.8
    assert precision(scores["agency"]) >= 0.8
    assert recall(scores["agency"]) >= 0.95
    assert precision(scores["urgency"]) >= 0.95
    assert recall(scores["urgency"]) >= 0.95
