"""What normalize promises for any input, and that damage done to a text changes none of its keys."""

import base64
import subprocess
import sys
import unicodedata

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.article import RawArticle
from events.rejected import Rejected
from events.wire import encode, raw_article, to_dict
from streams.normalize import normalize
from streams.normalize.fingerprint import PERMUTATIONS, VERSION, fingerprint
from streams.text.display import display
from streams.text.fold import match

RAW = RawArticle(
    source_id="example-ar", fetched_at="2026-11-21T08:00:00.000Z", url="https://news.example/a/1"
)

BODY = [
    "أعلنت وزارة الداخلية اليوم السبت القبض على شبكة لتهريب الوقود في محافظة البصرة.",
    "وذكر بيان للوزارة أن القوات ضبطت 5 شاحنات و1,200 برميل في مخازن غير مرخصة.",
    "وأضاف البيان أن التحقيقات مستمرة لكشف بقية المتورطين في القضية وإحالتهم إلى القضاء.",
    "وكانت الوزارة قد أطلقت حملة مماثلة في محافظة ميسان خلال الشهر الماضي انتهت بتوقيف 12 شخصا.",
]


def article_of(text: str, **fields: str):
    return normalize(replace(RAW, content_text=text, **fields))


DAMAGE = {
    "kashida": lambda t: t.replace("الد", "الـــد").replace("بر", "بـر"),
    "hamza": lambda t: t.replace("أ", "ا").replace("إ", "ا"),
    "final letters": lambda t: t.replace("ى", "ي").replace("ة", "ه"),
    "bidi": lambda t: "\u202b" + t.replace(" ", " \u200f") + "\u202c",
    "arabic digits": lambda t: t.translate(str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬")),
    "persian digits": lambda t: t.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
    "persian letters": lambda t: t.replace("ي", "ی").replace("ك", "ک"),
    "lam-alef forms": lambda t: t.replace("لا", "\ufefb").replace("لأ", "\ufef7"),
    "initial forms": lambda t: t.replace("س", "\ufeb3").replace("ع", "\ufecc"),
    "vowels": lambda t: t.replace("ح", "حَ").replace("ق", "قّ"),
    "spaces": lambda t: t.replace(" ", "\u00a0 "),
    "one paragraph": lambda t: t.replace("\n", " "),
    "told twice": lambda t: t + "\n" + t,
    "told twice, first paragraph missing": lambda t: t + "\n" + t.partition("\n")[2],
    "told three times": lambda t: "\n".join([t, t, t]),
    "told twice in one line": lambda t: (t + "\n" + t).replace("\n", " "),
    "read also": lambda t: t.replace("\n", "\nاقــرأ أيضـاً: توقيف مهرب في الجنوب\n", 1),
    "share bar": lambda t: "شارك تويتر فيسبوك واتساب\n" + t,
    "dateline": lambda t: "بغداد - واع: " + t,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_does_not_show_in_the_fingerprints(name: str) -> None:
    clean = article_of("\n".join(BODY), title="القبض على شبكة تهريب")
    hurt = article_of(DAMAGE[name]("\n".join(BODY)), title="القبض على شبكة تهريب")
    assert hurt.fingerprint == clean.fingerprint
    assert hurt.article_id == clean.article_id
    assert hurt.shard == clean.shard == "ar"


@given(st.lists(st.sampled_from(sorted(DAMAGE)), max_size=4, unique=True))
@settings(max_examples=60, deadline=None)
def test_damages_together_do_not_show_either(names: list[str]) -> None:
    text = "\n".join(BODY)
    for name in names:
        # Lines run into one paragraph are lines no more, and a second telling follows all other damage.
        if not name.startswith("told") and name != "one paragraph":
            text = DAMAGE[name](text)
    assert article_of(text).fingerprint.body == article_of("\n".join(BODY)).fingerprint.body


hostile = st.text() | st.text(
    st.sampled_from("<>/&;#x0pbrliah2=\"'\\ \n\t\u0000\u202e\u200f\ud800قالبغداد-:(«»“”).،اقرأيضًـﷺ١2%")
)


@given(hostile, hostile, hostile, hostile, st.none() | hostile, st.none() | hostile)
@settings(max_examples=300, deadline=None)
def test_no_content_raises_and_every_result_can_be_sent(
    title: str, html: str, text: str, summary: str, published: str | None, lang: str | None
) -> None:
    raw = replace(
        RAW,
        title=title,
        content_html=html,
        content_text=text,
        summary_html=summary,
        published_raw=published,
        updated_at=published,
        lang=lang,
        authors=(title, text),
        source_name=title,
    )
    for given_raw in (
        raw,
        replace(raw, content_html=None),
        replace(raw, content_html=None, content_text=None),
    ):
        article = normalize(given_raw)
        assert normalize(given_raw) == article
        written = [msgspec.to_builtins(getattr(article, field)) for field in OURS]
        orjson.dumps(written)
        for value in strings(written):
            assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in value)
            assert not any(unicodedata.bidirectional(c) in BIDI_CONTROLS for c in value)
        for part in (*article.headings, *article.quotes):
            assert article.text[part.start : part.end] == part.text
        assert article.text == display(article.text)


# What normalize writes itself; the other fields are handed on as they came.
OURS = ("title", "text", "headings", "dateline", "removed", "lang", "authors", "agency", "quotes", "shard")
BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    return [text for item in value for text in strings(item)] if isinstance(value, list | tuple) else []


@given(
    st.lists(
        st.sampled_from([*BODY, "توقيف مهربين", "قال: «نعم».", "بغداد - واع: وصل الوفد.", "المصدر: رويترز"])
    )
)
@settings(deadline=None)
def test_nothing_is_lost_every_word_is_kept_or_on_record(lines: list[str]) -> None:
    article = article_of("\n".join(lines))
    told = sorted(match("\n".join(lines)).split())
    kept = sorted(" ".join([match(article.text), *(match(cut.text) for cut in article.removed)]).split())
    assert kept == told


def test_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from streams.normalize.fingerprint import fingerprint;"
        "print(fingerprint('عنوان', 'كلمه ' * 20 + 'اخري 12'))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_fingerprint_says_what_it_was_made_with() -> None:
    made = fingerprint("عنوان الخبر", match("\n".join(BODY)))
    assert made.version == VERSION
    assert len(base64.b64decode(made.sketch)) == 4 * PERMUTATIONS
    assert made.figures == ("5", "1200", "12") or made.figures[0] == "5"


def test_short_texts_have_no_sketch() -> None:
    assert fingerprint("عنوان", "كلمه").sketch == ""


def test_another_figure_is_another_fingerprint() -> None:
    one, two = (article_of(text) for text in ("قتل 3 اشخاص في الهجوم.", "قتل 5 اشخاص في الهجوم."))
    assert one.fingerprint.exact != two.fingerprint.exact
    assert (one.fingerprint.figures, two.fingerprint.figures) == (("3",), ("5",))


def test_round_ups_of_like_sentences_stay_whole() -> None:
    calls = [
        f"كما تلقى رئيس الوزراء اتصالا هاتفيا من {who} عبر فيه عن إدانته للهجوم. "
        "وأعرب عن عزائه ومواساته لأسر الشهداء وتمنياته للمصابين بالشفاء العاجل."
        for who in ("ملك الأردن عبد الله الثاني", "أمير قطر تميم بن حمد", "ملك البحرين حمد بن عيسى")
    ]
    article = article_of("\n".join(calls))
    assert article.text == "\n".join(calls)
    assert article.removed == ()


def test_a_wrong_fetched_at_is_refused_by_name() -> None:
    with pytest.raises(Rejected) as refused:
        raw_article({"source_id": "a", "url": "https://x.example/1", "fetched_at": "soon"})
    assert refused.value.reason == "bad_time"


def test_an_article_travels() -> None:
    article = article_of("\n".join(BODY), title="عنوان")
    assert orjson.loads(encode(article)) == to_dict(article)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 40_000,
        "<script>" * 25_000,
        "&lt;p&gt;" * 20_000,
        "«" * 200_000,
        "اقرأ أيضا: " * 15_000,
        "<!--" * 50_000,
    ],
    ids=["depth", "scripts", "escaped", "marks", "read also", "comments"],
)
def test_hostile_sizes_end(text: str) -> None:
    for raw in (replace(RAW, content_html=text), replace(RAW, content_text=text), replace(RAW, title=text)):
        assert encode(normalize(raw))
