"""Topics: what our labelled set finds, what misleads, evidence of the model, and how it is made."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.eval_topics import counted, ids
from events.article import Topic
from events.identity import digest
from streams.tag import leaning, tag, topics
from streams.tag.tables import read_text, rows
from tests.tag.tag_articles import article
from training.topics import SECTIONS, documents, made

LABELLED = Path(__file__).parent / "labelled" / "topics.jsonl"


def labelled() -> list[dict[str, str]]:
    return [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]


def told(title: str, text: str = "", lang: str = "ar") -> list[str]:
    return ids(title, text, lang)


def found(title: str, text: str = "", lang: str = "ar") -> tuple[Topic, ...]:
    return tag(article(title, text, lang=lang)).topics


def test_the_labelled_set_is_read_about_as_well_as_docs_say() -> None:
    mine = labelled()
    assert len(mine) > 100
    words = (
        counted(mine, [told(row["title"], row["text"], row["lang"]) for row in mine]).replace(",", "").split()
    )
    figures = dict(pairwise(words))
    assert float(figures["F1"]) > 0.82
    assert float(figures["right"]) > 0.93
    hit, wanted = figures["found"].split("/")
    assert int(hit) / int(wanted) > 0.9


@pytest.mark.parametrize(
    ("title", "text", "never"),
    [
        ("جرحى في المستشفى التعليمي", "نقل الجرحى إلى المستشفى التعليمي في المدينة.", "05000000"),
        ("وزراء جامعة الدول العربية يجتمعون", "عقد مجلس جامعة الدول العربية دورته.", "05000000"),
        ("الحكم وفق قانون العقوبات", "أدين المتهم وفق قانون العقوبات.", "20000642"),
        ("المنتخب يكسب المعركة", "معركة كروية انتهت بفوز المنتخب في المباراة بثلاثة أهداف.", "16000000"),
        ("انفجار قنينة غاز في مطعم", "أصيب ثلاثة بانفجار قنينة غاز في المطبخ.", "16000000"),
        ("شعر به السكان", "زلزال شعر به سكان المدينة صباح اليوم.", "01000000"),
    ],
)
def test_words_that_mislead(title: str, text: str, never: str) -> None:
    assert f"medtop:{never}" not in told(title, text)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("قتيلان في حادث سير على طريق الحلة", "20000147"),
        ("الهجوم الإرهابي يوقع ضحايا", "20000053"),
        ("وبالانتخابات البرلمانية تنافست أحزاب", "20000574"),
        ("منتخبنا يخسر في كأس العالم لكرة القدم", "20001065"),
        ("Wildfire destroys homes as firefighters struggle", "20001202"),
        ("ارتفاع أسعار النفط وخام برنت", "20000386"),
    ],
)
def test_narrow_topics(title: str, wanted: str) -> None:
    got = told(title, lang="en" if title.isascii() else "ar")
    assert f"medtop:{wanted}" in got
    assert topics.top_level(f"medtop:{wanted}") in got


def test_the_model_shows_every_mention_of_the_words_that_weighed_most() -> None:
    text = "قال اللاعبون إن المدرب غائب. اللاعب ورفاقه في ملعبهم، واللاعب الآخر."
    (sport,) = [one for one in found("اللاعب والمدرب والفريق", text) if one.id == "medtop:15000000"]
    by_model = [one for one in sport.evidence if one.rule == "topics:15000000:model"]
    assert by_model
    shown = {(one.field, one.surface) for one in by_model}
    assert ("title", "لاعب") in shown or ("title", "مدرب") in shown
    for one in by_model:
        field = "اللاعب والمدرب والفريق" if one.field == "title" else text
        assert field[one.start : one.end] == one.surface


def test_the_model_reads_arabic_alone() -> None:
    text = "لاعب مدرب ملعب"
    assert not any("model" in one.rule for each in found("", text, lang="fa") for one in each.evidence)


def test_spellings_with_clitics_are_one_word() -> None:
    assert {leaning.stem(word) for word in ("لاعب", "اللاعب", "واللاعب", "باللاعب", "لاعب")} == {"لاعب"}
    assert leaning.stem("والي") == "والي"
    model = leaning.model()
    one, other = model.leaning([], ["لاعب"]), model.leaning([], ["واللاعب"])
    assert one
    assert other
    assert one.margins == other.margins
    assert model.leaning([], ["سسسسس"]) is None


def test_the_model_that_ships_is_small_and_says_where_it_is_from() -> None:
    text = read_text(leaning.TABLE)
    assert len(text.encode()) < 300_000
    assert "ANT Corpus" in text.split("\n", 1)[0]
    assert set(leaning.model().topics) <= {one for one in topics.concepts() if one == topics.top_level(one)}


def test_the_same_articles_make_the_same_model_to_the_byte(tmp_path: Path) -> None:
    """Our own articles in the place of the corpus; the digest is of what every machine must write."""
    section = {topic: name for name, topic in SECTIONS.items()}
    lines = [
        json.dumps(
            {"category": section.get(row["tops"][0], "society"), "title": row["title"], "text": row["text"]}
        )
        for row in labelled()
        if row["lang"] == "ar"
    ]
    (tmp_path / "own.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    first, second = made(documents(tmp_path)), made(documents(tmp_path))
    assert first == second
    assert len(leaning.Model(first)) > 100
    assert digest(first, size=8) == "7a832713af15ca15"


def test_terms_stand_once_for_each_topic() -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in rows("topic_terms.tsv"):
        for term in row["terms"].split("|"):
            assert seen.setdefault((row["topic"], term), row["weight"]) == row["weight"], (row["topic"], term)
    assert len({row["topic"] for row in rows("topic_terms.tsv")}) > 300
