"""The account a person gets of what normalize did."""

from events.article import RawArticle
from streams.normalize import STEPS
from streams.normalize.explain import _WHY, explain


def test_every_cut_is_told_with_its_reason() -> None:
    raw = RawArticle(
        source_id="example-ar",
        fetched_at="2026-11-21T08:00:00.000Z",
        url="https://news.example/a/1",
        lang="en",
        title="إصابة 3 أشخاص",
        content_text="بغداد - واع: قال الطبيب علي حسن: «الحالات مستقرة جميعها الآن».\nاقرأ أيضاً: خبر آخر",
    )
    told = "\n".join(explain(raw))
    assert "cut       read_also: اقرأ أيضاً: خبر آخر (phrases.toml names such lines: اقرا ايضا)" in told
    assert "cut       dateline: بغداد - واع: (it stands before the first sentence" in told
    assert "language  ar, rtl; the feed says en" in told
    assert "الطبيب علي حسن: الحالات مستقرة جميعها الآن" in told
    assert "figures   3" in told
    assert "folded    اصابه 3 اشخاص" in told


def test_every_step_has_its_reason() -> None:
    assert set(_WHY) == {step.__name__ for step in STEPS}
