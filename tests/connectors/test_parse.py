"""What the bytes of a feed mean: identity, addresses, texts, dates, charsets, hostile content."""

import json
import time
from pathlib import Path

import pytest

from connectors.feeds.document import Job
from connectors.feeds.parse import parse
from events.article import RawArticle
from tests.connectors.feedsite import Site, item, poll, rss

AR = "قال وزير الصحة العراقي، اليوم الأحد، إن عدد المصابين بلغ اثني عشر شخصا"


def read(body: str | bytes, base: str = "https://furat.example/rss/all.xml", **job: str) -> list[RawArticle]:
    data = body.encode() if isinstance(body, str) else body
    fetched = Job("furat", "https://furat.example/rss/all.xml", "2026-11-22T00:00:00.000Z", base, **job)
    return list(parse(data, fetched).articles)


def only(body: str | bytes, **more: str) -> RawArticle:
    (article,) = read(body, **more)
    return article


def atom(entry: str, root: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {root}><title>الفرات</title><entry>{entry}</entry></feed>'
    )


# --- addresses and identity


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://furat.example/1?a=1&amp;b=2", "https://furat.example/1?a=1&b=2"),
        ("news/1", "https://furat.example/rss/news/1"),
        ("/news/1", "https://furat.example/news/1"),
        ("?p=1", "https://furat.example/rss/all.xml?p=1"),
        ("//other.example/1", "https://other.example/1"),
        ("\n  https://furat.example/خبر/1\n", "https://furat.example/خبر/1"),
        ("https://furat.example/a b", "https://furat.example/a%20b"),
        ("https://amal:pw@furat.example/1", "https://furat.example/1"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("tag:furat.example,2026:1", None),
        ("http://", None),
        ("http://[::1", None),
        ("https://furat.example/\u202egnp.exe", None),
        ("https://furat.example/" + "x" * 9000, None),
    ],
)
def test_url_is_http_and_resolved_or_null(link: str, url: str | None) -> None:
    assert only(rss(f"<item><title>خبر</title><link>{link}</link></item>")).url == url


def test_xml_base_comes_before_the_fetched_address() -> None:
    assert (
        only(rss(item(1, link="1"), root='xml:base="https://base.example/x/"')).url
        == "https://base.example/x/1"
    )
    relative = atom('<id>1</id><link href="1"/>', 'xml:base="/deep/er/"')
    assert only(relative).url == "https://furat.example/deep/er/1"
    nested = f'<item xml:base="posts/">{item(1, link="1")[6:]}'
    assert only(rss(nested, root='xml:base="https://b.example/a/"')).url == "https://b.example/a/posts/1"


def test_a_file_has_no_address_to_resolve_against() -> None:
    assert only(atom('<id>1</id><link href="news/1"/>'), base="").url is None


@pytest.mark.parametrize(
    ("guid", "url", "item_id"),
    [
        ("<guid>https://furat.example/9</guid>", "https://furat.example/9", "https://furat.example/9"),
        (
            '<guid isPermaLink="true">https://furat.example/9</guid>',
            "https://furat.example/9",
            "https://furat.example/9",
        ),
        ('<guid isPermaLink="false">https://furat.example/9</guid>', None, "https://furat.example/9"),
        ("<guid>8123</guid>", None, "8123"),
        ('<guid isPermaLink="true">not a url</guid>', None, "not a url"),
        ("<guid>/news/9</guid>", None, "/news/9"),
        ("<guid>javascript:alert(1)</guid>", None, "javascript:alert(1)"),
        ("<guid>urn:uuid:1</guid>", None, "urn:uuid:1"),
    ],
)
def test_a_guid_is_kept_as_it_is_and_a_url_only_where_it_is_one(
    guid: str, url: str | None, item_id: str
) -> None:
    article = only(rss(f"<item><title>خبر</title>{guid}</item>"))
    assert (article.url, article.item_id) == (url, item_id)


def test_an_atom_id_is_never_the_link() -> None:
    article = only(atom("<id>https://furat.example/?p=1</id><title>خبر</title>"))
    assert (article.url, article.item_id) == (None, "https://furat.example/?p=1")


def test_an_item_with_neither_guid_nor_link_gets_a_stable_id() -> None:
    bare = [item(1, link=None, guid=None), item(2, link=None, guid=None)]  # type: ignore[arg-type]
    first, second = read(rss(*bare))
    again = read(rss(item(0), bare[1], bare[0]))
    edited = only(rss(item(1, link=None, guid=None, text="نص معدل")))  # type: ignore[arg-type]
    assert first.item_id and second.item_id and first.item_id != second.item_id
    assert [again[2].item_id, again[1].item_id] == [first.item_id, second.item_id]
    assert edited.item_id == first.item_id
    assert only(rss("<item><guid></guid><title>x</title></item>")).item_id
    assert only(rss("<item><description>x</description></item>")).item_id


def test_an_item_whose_link_is_no_address_has_an_identity_all_the_same() -> None:
    assert only(rss("<item><title>x</title><link>javascript:x</link></item>")).item_id


def test_a_guid_of_a_megabyte_is_kept_as_a_digest() -> None:
    assert len(only(rss(item(1, guid="g" * 1_000_000))).item_id or "") < 100


def test_the_article_is_the_first_alternate_link() -> None:
    entry = (
        '<id>1</id><link rel="self" href="https://a.example/self"/><link rel="enclosure" href="https://a.example/e"/>'
        '<link rel="alternate" type="application/pdf" href="https://a.example/pdf"/>'
        '<link href="https://a.example/first"/><link rel="alternate" hreflang="en" href="https://a.example/second"/>'
    )
    assert only(atom(entry)).url == "https://a.example/first"


# --- texts


def test_texts_go_where_they_belong() -> None:
    both = item(1) + ""
    both = both.replace("</item>", "<content:encoded>&lt;p&gt;كامل&lt;/p&gt;</content:encoded></item>")
    article = only(rss(both, root='xmlns:content="http://purl.org/rss/1.0/modules/content/"'))
    assert (article.summary_html, article.content_html) == ("نص الخبر كما وصل", "<p>كامل</p>")
    full = "<content:encoded>&lt;p&gt;كامل&lt;/p&gt;</content:encoded>"
    first = f"<item>{full}<description>موجز</description></item>"
    article = only(rss(first, root='xmlns:content="http://purl.org/rss/1.0/modules/content/"'))
    assert (article.summary_html, article.content_html) == ("موجز", "<p>كامل</p>")


def test_atom_texts_keep_their_type() -> None:
    article = only(atom('<id>1</id><summary>أ &lt; ب</summary><content type="text">أ &lt; ب</content>'))
    assert (article.summary_html, article.content_text, article.content_html) == ("أ &lt; ب", "أ < ب", None)
    article = only(atom('<id>1</id><content type="html">&lt;b&gt;أ&lt;/b&gt;</content>'))
    assert (article.summary_html, article.content_html) == (None, "<b>أ</b>")
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>أ</p></div></content>'
    assert "<p>أ</p>" in (only(atom(f"<id>1</id>{xhtml}")).content_html or "")


def test_authors_and_categories_come_whole() -> None:
    more = "<category>سياسة، أمن</category><category>a, b</category><category>a, b</category>"
    more += "<dc:creator>أمل حسن</dc:creator><dc:creator>علي كريم</dc:creator>"
    article = only(
        rss(item(1).replace("</item>", more + "</item>"), root='xmlns:dc="http://purl.org/dc/elements/1.1/"')
    )
    assert article.categories == ("سياسة، أمن", "a, b")
    assert article.authors == ("أمل حسن", "علي كريم")
    people = "<author><name>أمل</name></author><author><name>علي</name><email>a@b.example</email></author>"
    assert only(atom(f"<id>1</id>{people}")).authors == ("أمل", "علي")


def test_the_language_of_the_feed_is_a_claim_that_is_carried() -> None:
    assert only(rss(item(1), head="<language>en-us</language>")).lang == "en-us"
    assert only(atom("<id>1</id><title>خبر</title>", 'xml:lang="ar"')).lang == "ar"
    assert only(rss(item(1))).lang is None


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "الفرات", "language": "ar",
        "items": [
            {"id": 7, "url": "/news/7", "title": "خبر", "content_html": "<p>نص</p>", "summary": "أ < ب",
             "authors": [{"name": "أمل"}], "tags": ["سياسة"], "date_published": "2026-11-21T11:00:00+03:00"},
            "not an item", {"id": None, "content_text": "بلا هوية"},
        ],
    }  # fmt: skip
    first, second = read(json.dumps(feed))
    assert (first.item_id, first.url, first.content_html) == (
        "7",
        "https://furat.example/news/7",
        "<p>نص</p>",
    )
    assert (first.published_at, first.authors, first.lang) == ("2026-11-21T08:00:00.000Z", ("أمل",), "ar")
    assert first.summary_html == "أ &lt; ب"
    assert second.content_text == "بلا هوية"
    assert second.item_id


# --- dates


@pytest.mark.parametrize(
    ("stated", "instant"),
    [
        ("Sat, 21 Nov 2026 08:00:00 GMT", "2026-11-21T08:00:00.000Z"),
        ("Mon, 21 Nov 2026 11:00:00 +0300", "2026-11-21T08:00:00.000Z"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33:00.000Z"),
        ("21 تشرين الثاني 2026 08:00", "2026-11-21T08:00:00.000Z"),
        ("٢١ نوفمبر ٢٠٢٦ ٠٨:٠٠", "2026-11-21T08:00:00.000Z"),
        ("yesterday", None),
        ("03/11/2025", None),
        ("8123", None),
        ("not a date", None),
    ],
)
def test_published_at_is_the_instant_stated_or_null_with_the_words_kept(
    stated: str, instant: str | None
) -> None:
    article = only(rss(item(1, pubDate=stated)))
    assert (article.published_at, article.published_raw) == (instant, stated)


def test_ast_is_arabia_or_nothing() -> None:
    published = only(rss(item(1, pubDate="Sat, 21 Nov 2026 11:00:00 AST"))).published_at
    assert published in (None, "2026-11-21T08:00:00.000Z")


def test_no_date_is_no_date() -> None:
    article = only(rss(item(1, pubDate=None)))  # type: ignore[arg-type]
    assert (article.published_at, article.published_raw, article.updated_at) == (None, None, None)


def test_an_update_is_not_a_publication() -> None:
    article = only(atom("<id>1</id><updated>2026-11-21T08:00:00Z</updated>"))
    assert (article.published_at, article.updated_at) == (None, "2026-11-21T08:00:00.000Z")
    dated = rss(
        "<item><guid>1</guid><dc:date>2026-11-21T08:00:00Z</dc:date></item>",
        root='xmlns:dc="http://purl.org/dc/elements/1.1/"',
    )
    assert only(dated).published_at == "2026-11-21T08:00:00.000Z"


# --- charsets


@pytest.mark.parametrize(
    "declared", ["", "windows-1256", "utf-8", "iso-8859-1", "windows-1252", "x-nonsense"]
)
@pytest.mark.parametrize("actual", ["utf-8", "cp1256"])
@pytest.mark.parametrize("header", ["", "text/xml; charset=windows-1256", "text/xml; charset=iso-8859-1"])
def test_arabic_survives_labels_that_lie_or_are_missing(declared: str, actual: str, header: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = rss(item(1, title=AR), prolog=prolog).encode(actual)
    assert only(body, content_type=header).title == AR


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_its_other_forms(encoding: str) -> None:
    assert only(rss(item(1, title=AR)).encode(encoding)).title == AR


def test_a_short_headline_in_windows_1256_is_arabic() -> None:
    assert (
        only("<rss><channel><item><title>خبر عاجل</title></item></channel></rss>".encode("cp1256")).title
        == "خبر عاجل"
    )


def test_one_broken_sequence_costs_one_character() -> None:
    body = (
        rss(item(1, title=AR), item(2, title=AR))
        .encode()
        .replace("وزير".encode(), "وز\u064aر".encode()[:-1], 1)
    )
    first, second = read(body)
    assert second.title == AR
    assert (first.title or "").count("\ufffd") == 1


def test_what_xml_forbids_is_left_out() -> None:
    title = only(rss(item(1, title="أ\x00ب\x0bج\x1b[31m"))).title
    assert title == "أبج[31m"
    assert only(rss(item(1, title="أ&#xD800;ب&#0;")))


# --- malformed and hostile


@pytest.mark.parametrize(
    "body",
    [
        "<br /><b>Warning</b>: mysql in /x.php on line <b>2</b><br />" + rss(item(1), prolog=""),
        "\n\n  " + rss(item(1)),
        rss(item(1, text="&nbsp;&copy; أ & ب")),
        rss(item(1))[:-20],
        rss(item(1)).replace("</title><link>", "</titel><link>", 1),
        rss(item(1)) + "<!-- after --><p>",
    ],
    ids="php-warning leading-space entities cut wrong-tag trailing".split(),
)
def test_a_malformed_feed_gives_its_good_part(body: str) -> None:
    assert [article.item_id for article in read(body)] == ["https://furat.example/?p=1"]


def test_names_that_collide_with_the_parsers_own_do_no_harm() -> None:
    names = "links tags authors author content summary_detail title_detail id published language".split()
    hostile = "".join(f"<{name}>x</{name}>" for name in names) + "".join(f'<{name} a="1"/>' for name in names)
    assert len(read(rss(f"<item>{hostile}</item>", item(2)))) == 2


@pytest.mark.parametrize("target", ["file://{path}", "{url}"])
async def test_entities_open_nothing(site: Site, tmp_path: Path, target: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    there = target.format(path=secret, url=site.serve("/entity", "SECRET"))
    doctype = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{there}"> %p; <!ENTITY x SYSTEM "{there}">]>'
    result = await poll(site.serve("/feed", rss(item(1, title="a &x; b"), prolog=doctype)))
    assert "SECRET" not in repr(result)
    assert site.asked("/entity") == []


async def test_entities_do_not_multiply(site: Site) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>'
    begun = time.monotonic()
    result = await poll(site.serve("/feed", rss(item(1, title="&l9;"), prolog=doctype)))
    assert len(repr(result)) < 100_000
    assert time.monotonic() - begun < 60


async def test_a_feed_that_takes_too_long_to_read_is_ended_and_the_next_is_read(site: Site) -> None:
    many = " ".join(f'a{n}="1"' for n in range(100_000))
    slow = site.serve("/slow", rss(f"<item {many}><title>x</title></item>"))
    begun = time.monotonic()
    result = await poll(slow, site.serve("/feed", rss(item(1))), seconds=6)
    assert time.monotonic() - begun < 60
    assert len(result.refusals) == 1
    assert len(result.articles) == 1


async def test_a_feed_that_needs_too_much_memory_is_ended_and_the_next_is_read(site: Site) -> None:
    links = "".join(f"<item><link>{n}</link></item>" for n in range(50_000))
    large = site.serve("/large", rss(links, root=f'xml:base="http://a.example/{"y" * 1_000_000}/"'))
    result = await poll(large, site.serve("/feed", rss(item(1))))
    assert "memory" in result.reasons[0] or "too large" in result.reasons[0]
    assert len(result.articles) == 1


def test_depth_costs_nothing() -> None:
    deep = "<item><guid>1</guid><x>" + "<a>" * 20_000 + "</a>" * 20_000 + "</x></item>"
    assert len(read(rss(deep, item(2)))) == 2


def test_a_title_of_a_megabyte_and_its_bidi_marks_are_kept() -> None:
    title = "\u202e" + "ـ" * 1_000_000
    assert len(only(rss(item(1, title=title))).title or "") > 1_000_000


def test_a_source_name_is_not_repeated_at_length() -> None:
    article = only(rss(item(1)).replace("شبكة الفرات", "ش" * 100_000))
    assert len(article.source_name or "") <= 300
