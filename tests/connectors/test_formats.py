"""Formats that feedparser does not read: news sitemaps and their indexes, NewsML-G2, ninjs; Media RSS."""

import gzip
import json

import pytest

from connectors.feeds.document import Job
from connectors.feeds.parse import parse
from connectors.feeds.source import Refused
from events.article import RawArticle
from tests.connectors.feedsite import Site, poll

JOB = Job("furat", "https://furat.example/in", "2026-11-22T00:00:00.000Z", "https://furat.example/in")
NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def read(body: str | bytes, job: Job = JOB) -> list[RawArticle]:
    return list(parse(body.encode() if isinstance(body, str) else body, job).articles)


def url(number: int) -> str:
    return (
        f"<url><loc>https://furat.example/news/{number}</loc><n:news><n:publication>"
        "<n:name>شبكة الفرات</n:name>"
        f"<n:language>ar</n:language></n:publication><n:publication_date>2026-11-21T08:0{number}:00+03:00"
        f"</n:publication_date><n:title>خبر رقم {number}</n:title><n:keywords>العراق، أمن,العراق</n:keywords>"
        "</n:news></url>"
    )


SITEMAP = (
    f'<?xml version="1.0"?><!-- ours --><urlset {NEWS}>{url(1)}<url><loc>/about</loc></url>{url(2)}</urlset>'
)


@pytest.mark.parametrize("body", [SITEMAP.encode(), gzip.compress(SITEMAP.encode())])
def test_a_news_sitemap_is_a_feed(body: bytes) -> None:
    first, second = read(body)
    assert (first.title, first.url) == ("خبر رقم 1", "https://furat.example/news/1")
    assert (first.source_name, first.lang) == ("شبكة الفرات", "ar")
    assert first.categories == ("العراق", "أمن")
    assert first.published_at == "2026-11-21T05:01:00.000Z"
    assert (first.item_id, second.title) == (None, "خبر رقم 2")


def test_a_sitemap_that_breaks_off_gives_what_came_whole() -> None:
    cut = SITEMAP[: SITEMAP.rfind("<n:title>")]
    assert [one.title for one in read(cut, Job("f", "", "", whole=False))] == ["خبر رقم 1"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"<urlset {NEWS}><url><loc>https://a.example/</loc></url></urlset>", "without news"),
        ("<sitemapindex><sitemap/></sitemapindex>", "names no sitemap"),
        ("<NewsML><NewsItem/></NewsML>", "NewsML 1"),
        (
            "<newsItem guid='x'><itemMeta><itemClass qcode='ninat:picture'/></itemMeta></newsItem>",
            "without a text",
        ),
        ('{"uri": "x", "type": "picture", "headline": "صورة"}', "neither a JSON Feed nor ninjs"),
        ('[{"a": 1}]', "neither a JSON Feed nor ninjs"),
    ],
)
def test_what_holds_no_news_is_refused(body: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(body)


async def test_poll_opens_nothing_but_the_index_itself(site: Site) -> None:
    child = site.serve("/news.xml", SITEMAP)
    index = site.serve("/index.xml", f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>")
    result = await poll(index)
    assert [request.path for request in site.requests] == ["/index.xml"]
    assert child in result.reasons[0]


NEWSML = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/" xmlns:x="http://www.w3.org/1999/xhtml">
 <header><sender>وكالة الفرات</sender></header><itemSet>
 <newsItem guid="urn:newsml:furat.example:20261121:1" version="2" xml:lang="ar">
  <itemMeta><itemClass qcode="ninat:text"/><versionCreated>2026-11-21T09:00:00Z</versionCreated>
   <link contenttype="text/html" href="https://furat.example/1"/></itemMeta>
  <contentMeta><contentCreated>2026-11-21T08:00:00Z</contentCreated><creator><name>مراسل</name></creator>
   <language tag="ar-IQ"/><subject qcode="medtop:16000000"><name>نزاع</name></subject><headline>عنوان الخبر</headline></contentMeta>
  <contentSet><inlineXML contenttype="application/nitf+xml"><nitf><body><body.head><hedline><hl1>عنوان</hl1></hedline></body.head>
   <body.content><p>الفقرة الأولى.</p><p>الثانية &amp; الأخيرة.</p></body.content></body></nitf></inlineXML></contentSet>
 </newsItem>
 <newsItem guid="2"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta></newsItem>
 <newsItem guid="3"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta><contentMeta><headline>ملغى</headline></contentMeta></newsItem>
 <newsItem guid="4"><contentMeta><headline>نص</headline></contentMeta><contentSet><inlineXML><x:html><x:body><x:p>متن</x:p></x:body></x:html></inlineXML></contentSet></newsItem>
 <newsItem guid="5"><contentMeta><headline>سطر</headline></contentMeta><contentSet><inlineData contenttype="text/plain">نص عادي</inlineData></contentSet></newsItem>
 </itemSet></newsMessage>"""  # noqa: E501


def test_newsml_g2_gives_its_text_items() -> None:
    first, second, third = read(NEWSML)
    assert (first.item_id, first.url) == ("urn:newsml:furat.example:20261121:1", "https://furat.example/1")
    assert (first.title, first.lang, first.source_name) == ("عنوان الخبر", "ar-IQ", "وكالة الفرات")
    assert first.content_html == "<p>الفقرة الأولى.</p><p>الثانية &amp; الأخيرة.</p>"
    assert (first.authors, first.categories) == (("مراسل",), ("نزاع",))
    assert (first.published_at, first.updated_at) == ("2026-11-21T08:00:00.000Z", "2026-11-21T09:00:00.000Z")
    assert (second.item_id, second.content_html, second.url) == ("4", "<p>متن</p>", None)
    assert (third.content_text, third.content_html) == ("نص عادي", None)


ONE = {
    "uri": "https://furat.example/n/1", "type": "text", "language": "ar", "headline": "عنوان",
    "versioncreated": "2026-11-21T09:00:00Z", "firstcreated": "2026-11-21T08:00:00Z", "byline": "مراسل",
    "body_html": "<p>نص</p>",
    "description_text": "1 < 2", "subject": [{"name": "سياسة"}], "pubstatus": "usable",
}  # fmt: skip
TWO = {
    "uri": "urn:x:2", "contentcreated": "2026-11-21T08:00:00Z", "by": "أمل",
    "headlines": [{"role": "short", "value": "قصير"}, {"role": "main", "value": "طويل"}],
    "bodies": [
        {"contenttype": "text/plain", "value": "عادي"},
        {"contenttype": "text/html", "value": "<p>غني</p>"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"items": [one]}])
def test_ninjs_of_both_versions_alone_and_in_lists(wrap: object) -> None:
    (first,) = read(json.dumps(wrap(ONE)))  # type: ignore[operator]
    assert (first.item_id, first.url) == (ONE["uri"], ONE["uri"])
    assert (first.title, first.content_html, first.summary_html) == ("عنوان", "<p>نص</p>", "1 &lt; 2")
    assert (first.published_at, first.updated_at) == ("2026-11-21T08:00:00.000Z", "2026-11-21T09:00:00.000Z")
    assert (first.authors, first.categories) == (("مراسل",), ("سياسة",))
    (second,) = read(json.dumps(wrap(TWO)))  # type: ignore[operator]
    assert (second.title, second.content_html, second.content_text) == ("طويل", "<p>غني</p>", "عادي")
    assert (second.item_id, second.url, second.authors) == ("urn:x:2", None, ("أمل",))


def test_a_withdrawn_ninjs_item_is_no_news() -> None:
    with pytest.raises(Refused):
        read(json.dumps(ONE | {"pubstatus": "canceled"}))


def test_media_rss_fills_what_is_missing_and_overrides_nothing() -> None:
    body = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>ق</title>'
        "<item><guid>1</guid><title>عنوان</title><description>متن</description>"
        '<media:content url="https://x.example/1.jpg"><media:title>صورة</media:title>'
        "<media:description>تعليق الصورة</media:description></media:content>"
        '<media:credit role="photographer">مصور</media:credit></item>'
        "<item><guid>2</guid><media:group><media:title>فيديو</media:title><media:description>نص الفيديو"
        '</media:description></media:group><media:keywords>أ, ب</media:keywords><media:credit role="author">'
        "مراسل</media:credit></item></channel></rss>"
    )
    first, second = read(body)
    assert (first.title, first.summary_html, first.authors) == ("عنوان", "متن", ())
    assert (second.title, second.summary_html, second.authors) == ("فيديو", "نص الفيديو", ("مراسل",))
    assert second.categories == ("أ", "ب")


@pytest.mark.parametrize("body", [SITEMAP, NEWSML])
def test_entities_of_these_formats_open_nothing_and_do_not_multiply(body: str) -> None:
    entities = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    )
    start = body.index("<urlset" if "<urlset" in body else "<newsMessage")
    hostile = entities + body[start:].replace("خبر رقم 1", "خبر &b;&c;").replace("عنوان الخبر", "خبر &b;&c;")
    (first, *_) = read(hostile)
    assert first.title is not None
    assert first.title.startswith("خبر")
    assert len(first.title) < 60
    assert "\n" not in first.title
