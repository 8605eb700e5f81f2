"""Lines that a source repeats are proposed, with counts; nothing is cut for it."""

from events.article import RawArticle
from streams.normalize import normalize
from streams.normalize.templates import templates

FOOT = "وكالة عين دجلة، خدمة الأخبار على مدار الساعة"


def raw(number: int, *lines: str, source: str = "ayn-dijla", page: int | None = None) -> RawArticle:
    return RawArticle(
        source_id=source,
        fetched_at="2026-11-21T08:00:00.000Z",
        url=f"https://{source}.example/{number if page is None else page}",
        content_text="\n".join(lines),
    )


def body(number: int) -> str:
    return f"وصل الوفد رقم {number} إلى العاصمة صباح اليوم لبحث ملف المياه."


def test_a_repeated_line_is_proposed_with_its_counts_whatever_its_spelling() -> None:
    spelled = [FOOT, FOOT.replace("أ", "ا"), FOOT.replace("دجلة", "دجـــلة")]
    raws = [raw(n, body(n), spelled[n % 3]) for n in range(6)] + [raw(9, body(9))]
    (found,) = templates(raws, least=5)
    assert (found.source_id, found.line, found.articles, found.of) == ("ayn-dijla", FOOT, 6, 7)
    assert (found.where, found.example) == ("last", "https://ayn-dijla.example/0")


def test_what_is_proposed_still_stands_in_the_text() -> None:
    assert normalize(raw(1, body(1), FOOT)).text.endswith(FOOT)


def test_lines_of_several_sources_are_not_added_up() -> None:
    raws = [raw(n, body(n), FOOT, source=f"paper-{n % 3}") for n in range(9)]
    assert templates(raws, least=4) == []
    assert len(templates(raws, least=3)) == 3


def test_revisions_and_mirrors_count_once() -> None:
    revisions = [raw(n, body(n), FOOT, page=1) for n in range(9)]
    mirrors = [raw(n, body(1), FOOT) for n in range(9)]
    assert templates(revisions, least=2) == templates(mirrors, least=2) == []


def test_a_line_twice_in_one_article_counts_once_and_what_is_cut_anyway_never() -> None:
    raws = [raw(n, "خاص بنا", body(n), "خاص بنا", body(n + 50), "اقرأ أيضا: خبر آخر") for n in range(4)]
    (found,) = templates(raws, least=2)
    assert (found.line, found.articles) == ("خاص بنا", 4)
