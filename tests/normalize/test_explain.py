"""The account a person gets of what normalize did."""

from events.article import RawArticle
from streams.normalize.explain import explain


def test_every_cut_is_told_with_the_step_that_made_it() -> None:
    raw = RawArticle(
        source_id="example-ar",
        fetched_at="2026-11-21T08:00:00.000Z",
        url="https://news.example/a/1",
        lang="en",
        title="إصابة 3 أشخاص",
        content_text="بغداد - واع: قال الطبيب علي حسن: «الحالات مستقرة جميعها الآن».\nاقرأ أيضاً: خبر آخر",
    )
    told = "\n".join(explain(raw))
    assert "cut       read_also by cut_boilerplate: اقرأ أيضاً: خبر آخر" in told
    assert "cut       dateline by take_dateline: بغداد - واع:" in told
    assert "language  ar, rtl; the feed says en" in told
    assert "الطبيب علي حسن: الحالات مستقرة جميعها الآن" in told
    assert "figures   3" in told
    assert "folded    اصابه 3 اشخاص" in told
