"""Beyond the feed: feeds of a site, sitemaps of an index, the full text of pages; and secrets on the way."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from connectors.feeds.discover import discover
from connectors.feeds.document import Page
from connectors.feeds.fetch import NO_VALIDATORS, FetchFailed
from connectors.feeds.follow import articles_of_index
from connectors.feeds.manners import Manners
from connectors.feeds.pages import Pages, merged
from connectors.feeds.poll import Poller
from connectors.feeds.secrets import BadSecrets, Secrets, load
from connectors.feeds.source import Refused, web_source
from events.article import RawArticle
from tests.connectors.feedsite import LOOPBACK, Site, item, rss
from tests.connectors.test_formats import NEWS, url

HASTY = Manners(page_gap=0, gap=0)
BODY = "".join(
    f"<p>قال مصدر أمني في محافظة الأنبار، الجمعة، إن الفقرة رقم {number} من الخبر تروي ما جرى في المدينة، "
    "وإن القوات انتشرت في الشوارع حتى ساعة متأخرة من الليل.</p>"
    for number in range(8)
)  # fmt: skip


def page(body: str = BODY, head: str = "", title: str = "خبر رقم 1 من الأنبار") -> str:
    return (
        f'<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>{head}'
        "</head><body>"
        f'<nav><a href="/">الرئيسية</a></nav><article><h1>{title}</h1>{body}</article></body></html>'
    )


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def article(site: Site, path: str = "/1", **more: object) -> RawArticle:
    values = {"title": "خبر رقم 1 من الأنبار", "summary_html": "<p>موجز</p>", "url": site.url(path)} | more
    return RawArticle(source_id="furat", fetched_at="2026-11-22T00:00:00.000Z", **values)  # type: ignore[arg-type]


async def completed(site: Site, *articles: RawArticle, manners: Manners = HASTY) -> list[RawArticle]:
    async with Poller(LOOPBACK) as poller:
        return await Pages(poller, manners).completed(articles)


async def test_full_text_and_date_of_the_page_are_merged_with_the_item(site: Site) -> None:
    stated = json_ld('{"@type":"NewsArticle","datePublished":"2026-11-20T10:00:00+03:00"}')
    site.serve("/1", page(head=stated), Content_Type="text/html")
    (full,) = await completed(site, article(site))
    assert full.content_text is not None
    assert full.content_text.count("\n") >= 7
    assert "الفقرة رقم 7" in full.content_text
    assert "الرئيسية" not in full.content_text
    assert full.summary_html == "<p>موجز</p>"
    assert (full.published_at, full.published_source) == ("2026-11-20T07:00:00.000Z", "page")


async def test_the_date_of_the_feed_stays_and_meta_dates_are_read(site: Site) -> None:
    meta = '<meta property="article:published_time" content="2026-11-20T10:00:00Z">'
    site.serve("/1", page(head=meta), Content_Type="text/html")
    (dated, undated) = await completed(
        site, article(site, published_at="2026-11-19T00:00:00.000Z"), article(site)
    )
    assert (dated.published_at, dated.published_source) == ("2026-11-19T00:00:00.000Z", None)
    assert undated.published_at == "2026-11-20T10:00:00.000Z"


CLOSED = [
    (200, page(head=json_ld('{"@type":"NewsArticle","isAccessibleForFree":false}'))),
    (200, page("<p>خبر رقم 1 من الأنبار. هذا المحتوى متاح للمشتركين. اشترك لمتابعة القراءة.</p>")),
    (200, page(title="Just a moment...")),
    (200, page("<p>Checking your browser before accessing. Verify you are human, خبر رقم الأنبار.</p>")),
    (200, page(BODY.replace("الأنبار", "أخرى"), title="تسجيل الدخول إلى حسابك")),
    (200, "<html></html>"),
    (200, ""),
    (200, "\x00" * 100),
    (200, page("<div>" * 500 + "نص" + "</div>" * 500)),
    (200, "x" * (3 << 20)),
    (403, page()),
    (404, page()),
    (500, page()),
]  # fmt: skip


async def test_what_is_no_article_never_becomes_its_text(site: Site) -> None:
    for number, (status, body) in enumerate(CLOSED):
        site.serve(f"/{number}", body, status, Content_Type="text/html")
    before = [article(site, f"/{number}") for number in range(len(CLOSED))]
    assert await completed(site, *before) == before
    assert len(site.requests) == len(CLOSED) + 1


async def test_robots_txt_is_obeyed_and_asked_once(site: Site) -> None:
    site.serve(
        "/robots.txt", "User-agent: *\nDisallow: /private/\nCrawl-delay: 0\n", Content_Type="text/plain"
    )
    for path in ("/1", "/private/1"):
        site.serve(path, page(), Content_Type="text/html")
    open_, closed = await completed(site, article(site), article(site, "/private/1"))
    assert open_.content_text
    assert closed.content_text is None
    assert [request.path for request in site.requests].count("/robots.txt") == 1
    assert site.asked("/private/1") == []


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_robots_txt_that_cannot_be_read_forbids(site: Site, status: int) -> None:
    site.serve("/robots.txt", "", status)
    site.serve("/1", page(), Content_Type="text/html")
    (after,) = await completed(site, article(site))
    assert after.content_text is None
    assert site.asked("/1") == []


async def test_pages_of_a_host_keep_its_pace(site: Site) -> None:
    times: list[float] = []

    async def answer(_: web.Request) -> web.StreamResponse:
        times.append(asyncio.get_running_loop().time())
        return web.Response(text=page(), content_type="text/html")

    site.handle("/1", answer)
    await completed(site, *[article(site)] * 3, manners=Manners(page_gap=0.4, gap=0))
    assert len(times) == 3
    assert times[2] - times[0] > 0.6


def test_a_shorter_page_replaces_nothing() -> None:
    raw = RawArticle(source_id="f", fetched_at="", title="خبر رقم واحد", content_html=BODY)
    assert merged(raw, Page(text="خبر رقم واحد قصير")) == raw


async def test_the_feeds_of_a_site_are_found(site: Site) -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><link rel="alternate" title="x" '
        'type="application/atom+xml" href="same.xml"><link rel="alternate" type="application/rss+xml" '
        'href="/comments/feed"><link rel="alternate" type="application/rss+xml" href="/sport.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/broken.xml">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:1">'
    )
    home = site.serve("/", page(head=head), Content_Type="text/html")
    site.serve("/rss.xml", rss(item(1), item(2)))
    site.serve("/same.xml", rss(item(1), item(2)))
    site.serve("/comments/feed", rss(item(8)))
    site.serve("/sport.xml", rss(item(5)))
    site.serve("/broken.xml", "<html></html>")
    async with Poller(LOOPBACK) as poller:
        found = await discover(poller, web_source(home))
    assert [one.source.shown for one in found] == [site.url("/rss.xml"), site.url("/sport.xml")]


async def test_feeds_are_found_at_usual_places_and_in_robots_txt(site: Site) -> None:
    home = site.serve("/", page(), Content_Type="text/html")
    sitemap = site.serve("/news-sitemap.xml", f"<urlset {NEWS}>{url(1)}</urlset>")
    site.serve("/robots.txt", f"Sitemap: {sitemap}\nSitemap: http://other.example/x.xml\n")
    async with Poller(LOOPBACK) as poller:
        assert [one.source.shown for one in await discover(poller, web_source(home))] == [sitemap]
        site.serve("/feed", rss(item(1)))
        assert [one.source.shown for one in await discover(poller, web_source(home))] == [site.url("/feed")]


async def test_a_site_without_feeds_and_one_that_fails_are_told_apart(site: Site) -> None:
    home = site.serve("/", page(), Content_Type="text/html")
    async with Poller(LOOPBACK) as poller:
        with pytest.raises(Refused, match="no feed of its site"):
            await discover(poller, web_source(home))
        with pytest.raises(FetchFailed, match="404"):
            await discover(poller, web_source(site.url("/none")))


def index(*addresses: str) -> str:
    return (
        "<sitemapindex>"
        + "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in addresses)
        + "</sitemapindex>"
    )


async def of_index(site: Site) -> list[RawArticle]:
    async with Poller(LOOPBACK) as poller:
        poll = await poller.poll(web_source(site.url("/index")), NO_VALIDATORS)
        try:
            return await articles_of_index(poll, poller, Pages(poller, HASTY).robots, 0)
        finally:
            poll.close()


async def test_an_index_is_followed_with_a_cap_a_depth_and_no_circles(site: Site) -> None:
    site.serve(
        "/index", index(site.url("/index"), site.url("/a"), "http://other.example/x", site.url("/plain"))
    )
    site.serve("/a", index(site.url("/b"), site.url("/index")))
    site.serve("/b", index(site.url("/c"), site.url("/news")))
    site.serve("/news", f"<urlset {NEWS}>{url(1)}{url(2)}</urlset>")
    site.serve("/c", index(site.url("/too-deep")))
    site.serve("/plain", "<urlset><url><loc>https://furat.example/about</loc></url></urlset>")
    found = await of_index(site)
    assert [one.title for one in found] == ["خبر رقم 1", "خبر رقم 2"]
    assert len(site.asked("/index")) == 1
    assert site.asked("/too-deep") == []


async def test_an_index_of_ten_thousand_costs_no_more_than_its_share(site: Site) -> None:
    site.serve("/news", f"<urlset {NEWS}>{url(1)}</urlset>")
    site.serve("/index", index(*(site.url(f"/{number}") for number in range(10_000)), site.url("/news")))
    assert [one.title for one in await of_index(site)] == ["خبر رقم 1"]
    assert len(site.requests) < 30


async def test_an_index_without_news_is_refused(site: Site) -> None:
    site.serve("/index", index(site.url("/none")))
    with pytest.raises(Refused, match="without a news sitemap"):
        await of_index(site)


def secrets_of(tmp_path: Path, text: str) -> Secrets:
    path = tmp_path / "secrets.toml"
    path.write_text(text, "utf-8")
    return load(path)


async def test_secrets_go_to_their_feed_and_to_no_other_host(site: Site, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    secrets = secrets_of(
        tmp_path,
        f"""["{site.url("/feed")}"]
user = "amal"
password = "s3cret"
headers = {{ X-Key = "k3y" }}
header_files = {{ X-Other = "{tmp_path / "key"}" }}
cookies = {{ session = "c00kie" }}
""",
    )
    site.serve("/elsewhere", rss(item(1)))
    site.serve("/plain", rss(item(1)))
    site.redirect("/feed", site.url("/elsewhere", "localhost"))
    async with Poller(LOOPBACK | {"localhost"}, secrets=secrets) as poller:
        for path in ("/feed", "/plain"):
            (await poller.poll(web_source(site.url(path)))).close()
        site.serve("/feed", rss(item(1)))
        (
            await poller.poll(web_source(site.url("/feed")), moved_to=site.url("/elsewhere", "localhost"))
        ).close()
    sent, redirected, plain, moved = site.requests
    assert sent.headers["Authorization"] == "Basic YW1hbDpzM2NyZXQ="
    assert (sent.headers["X-Key"], sent.headers["X-Other"]) == ("k3y", "from-a-file")
    assert sent.headers["Cookie"] == "session=c00kie"
    for other in (redirected, plain, moved):
        assert not {"Authorization", "X-Key", "X-Other", "Cookie"} & set(other.headers)
    assert "s3cret" not in repr(secrets) + repr(secrets.of(web_source(site.url("/feed"))))


def test_an_entry_is_a_feed_a_folder_or_a_host_and_the_nearest_counts(tmp_path: Path) -> None:
    secrets = secrets_of(
        tmp_path,
        '["a.example"]\nheaders = {X-A = "host"}\n["https://a.example/x/"]\nheaders = {X-A = "folder"}\n'
        '["https://a.example/x/rss"]\nheaders = {X-A = "feed"}\n',
    )
    sent = {
        one: secrets.of(web_source(f"https://{one}")).headers.get("X-A")
        for one in (
            "a.example/rss",
            "a.example/x/y/rss",
            "a.example/x/rss",
            "b.a.example/rss",
            "a.example:444/",
        )
    }
    assert list(sent.values()) == ["host", "folder", "feed", None, None]


@pytest.mark.parametrize(
    "text",
    [
        "[x",
        'x = "s3cret"',
        '["a.example"]\npassphrase = "s3cret"',
        '["a.example"]\nheaders = {"X-A" = "s3cret\\r\\nX-B: 1"}',
        '["a.example"]\nheaders = {"X A" = "s3cret"}',
        '["a.example"]\nheaders = {Host = "s3cret"}',
        '["a.example"]\nuser = 1\npassword = "s3cret"',
        '["a.example"]\nuser = "amal"\npassword_file = "/nonexistent/s3cret"',
        '["https://amal:s3cret@a.example/"]\nuser = "x"',
    ],
)
def test_a_file_of_secrets_that_cannot_be_used_is_named_and_not_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSecrets) as caught:
        secrets_of(tmp_path, text)
    assert "s3cret" not in str(caught.value)
    assert "secrets.toml" in str(caught.value)


async def test_a_contact_of_the_operators_is_named(site: Site) -> None:
    site.serve("/feed", rss(item(1)))
    async with Poller(LOOPBACK, contact="feeds@news.example") as poller:
        (await poller.poll(web_source(site.url("/feed")))).close()
    assert "feeds@news.example" in site.requests[0].headers["User-Agent"]
