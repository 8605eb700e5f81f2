"""Whatever the text: evidence is what it says, nothing raises, the same article gives the same bytes."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from events.article import EnrichedArticle, Evidence
from events.identity import digest
from events.wire import decode, encode
from streams.tag import tag
from tests.tag.tag_articles import article

SPRINKLES = [
    "بغداد",
    "للعراق",
    "وبالموصل",
    "محافظة صلاح الدين",
    "واسط",
    "جدة",
    "جده",
    "عمان",
    "طرابلس",
    "أربيل",
    "هەولێر",
    "وزارة الداخلية",
    "رويترز",
    "جامعة الموصل",
    "اللواء سعد معن",
    "محمد شياع السوداني",
    "السوداني",
    "المتحدث باسم",
    "دونالد ترامب",
    "مقتل خمسة أشخاص",
    "وأصيب ١٢ آخرون",
    "قتل",
    "و",
    "منذ بداية العام",
    "حصيلة سابقة",
    "ارتفعت حصيلة",
    "القتلى إلى 25",
    "20 شخصا بين قتيل وجريح",
    "بين 10",
    "3.5 مليون",
    "Baghdad",
    "killed 12 people",
    "were wounded",
    "one hundred and",
    "Colonel Ali",
    "al",
    ".",
    "،",
    "\n",
    "؟",
    "«",
    "»",
    "-",
    "ـــ",
    "\u064b",
    "\u200f",
    "﷽",
    "ﻻ",
    "🙂",
    "%",
    "و5",
]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(SPRINKLES), st.text(max_size=8), st.text("قتل بنواه0123456789 \n.,", max_size=12)
    ),
    max_size=30,
).map(" ".join)


def evidence_of(event: EnrichedArticle) -> list[Evidence]:
    values = [*event.topics, *event.places, *event.organisations, *event.people, *event.casualties_other]
    values += [event.casualties] if event.casualties else []
    return [one for value in values for one in value.evidence]


@settings(max_examples=300, deadline=None)
@given(title=TEXTS, text=TEXTS, lang=st.sampled_from(["ar", "en", "ckb", "fa", "und"]))
def test_evidence_is_what_it_says(title: str, text: str, lang: str) -> None:
    event = tag(article(title=title, text=text, lang=lang))
    for one in evidence_of(event):
        field = event.title if one.field == "title" else event.text
        assert field[one.start : one.end] == one.surface
        assert one.surface
        assert one.rule.partition(":")[0] in (
            "topics",
            "places",
            "organisations",
            "people",
            "casualties",
        )
    for value in (*event.topics, *event.places, *event.organisations, *event.people):
        assert 0 <= value.score <= 1
        assert value.evidence


@settings(max_examples=60, deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_same_article_same_bytes_and_an_id_of_them(title: str, text: str) -> None:
    given_article = article(
        title=title.encode("utf-8", "replace").decode(), text=text.encode("utf-8", "replace").decode()
    )
    event = tag(given_article)
    data = encode(event)
    assert encode(tag(decode(encode(given_article), type(given_article)))) == data
    rest = data.decode().replace(event.event_id, "", 1)
    assert event.event_id == digest("enriched", rest)


@settings(max_examples=40, deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_no_two_names_overlap(title: str, text: str) -> None:
    event = tag(article(title=title, text=text))
    for field in ("title", "text"):
        spans = sorted(
            (one.start, one.end)
            for value in (*event.places, *event.organisations, *event.people)
            for one in value.evidence
            if one.field == field
        )
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_an_office_begins_with_a_whole_word() -> None:
    praise = "غزير العلم واسع المعرفة طويل الباع " * 4
    for size in range(60, 100):
        (person,) = tag(article(text=f"تحدث الباحث {praise[:size].rstrip()} سعد محمود.")).people
        assert person.role is None or person.role.split()[0] == "الباحث"
