"""`marsad poll`: the sentences of the contract on refusals, sources and articles, one test each."""

import re
from pathlib import Path

import pytest

from tests.connectors.feedsite import LOOPBACK, Site, item, poll, rss

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
FEED = rss(item(1), item(2))


async def test_refusals_are_one_line_each_and_the_others_go_on(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", FEED)
    missing = str(tmp_path / "missing.xml")
    result = await poll(site.url("/gone"), missing, "gopher://a.example/", site.url(), str(tmp_path))
    assert len(result.articles) == 2
    assert len(result.refusals) == 4
    assert result.summary and result.summary.refused == 3  # and one named before anything was polled
    for name in (site.url("/gone"), missing, "gopher://a.example/", str(tmp_path)):
        assert sum(reason.startswith(f"{name}: ") for reason in result.reasons) == 1


async def test_refusals_are_free_of_control_and_bidi_characters(tmp_path: Path) -> None:
    names = [
        "http://a.example/\u202egpj.\x1b[31m",
        "nofile\x1b]0;x\x07\u2066",
        "x:\n\r\u200f",
        "http://\u202e/",
        "\ud800",
    ]
    result = await poll(*names)
    assert len(result.refusals) == len(names)
    assert not any(UNSAFE.search(reason) for reason in result.reasons)
    "".join(result.reasons).encode()


@pytest.mark.parametrize(
    "address",
    [
        "http://amal:s3cret@127.0.0.1:{port}/gone",
        "http://amal:s3cret@127.0.0.1:{port}/feed",
        "http://amal:s3cret@127.0.0.1:notaport/",
        "http://amal:s3/cret@127.0.0.1/",
        "http://amal:s3cret@/",
        "http://s3cret@127.0.0.1:{port}/feed",
        "http://amal:s3cret@x@127.0.0.1:{port}/feed",
        "ftp://amal:s3cret@files.example/",
        "HTTP://Amal:s3cret@[::1/",
        "//amal:s3cret@host/x",
        "file://amal:s3cret@host/x",
    ],
)
async def test_credentials_never_come_out(site: Site, tmp_path: Path, address: str) -> None:
    site.serve("/feed", rss(item(1, link="news/1"), item(2, link="//user:s3cret@host.example/")))
    given = address.format(port=site.port)
    listed = tmp_path / "feeds.opml"
    listed.write_text(f'<opml><body><outline xmlUrl="{given}"/></body></opml>')
    for result in (await poll(given, seconds=5), await poll(opml=[listed], seconds=5)):
        shown = repr(result.articles) + " ".join(result.reasons)
        assert "s3" not in shown
        assert "mal" not in shown
        assert result.articles or result.refusals


async def test_feed_url_is_the_source_as_given_less_credentials(site: Site) -> None:
    site.serve("/feed", FEED)
    given = f"http://a:b@127.0.0.1:{site.port}/feed?b=2&a=%D8%A7#top"
    article = (await poll(given)).articles[0]
    assert article.feed_url == given.replace("a:b@", "")
    assert article.source_id == f"127.0.0.1:{site.port}"


async def test_an_at_sign_behind_a_port_is_no_credential(site: Site) -> None:
    given = site.serve("/@amal", FEED)
    assert (await poll(given)).articles[0].feed_url == given


async def test_without_state_all_articles_come_in_document_order_also_those_that_share_a_guid(
    site: Site,
) -> None:
    items = [item(n, guid="same", link="https://furat.example/") for n in (5, 3, 9, 3)]
    result = await poll(site.serve("/feed", rss(*items)))
    assert result.titles == ["خبر رقم 5", "خبر رقم 3", "خبر رقم 9", "خبر رقم 3"]
    assert {article.item_id for article in result.articles} == {"same"}


async def test_sources_come_in_the_order_given(site: Site) -> None:
    addresses = [site.serve(f"/{n}", rss(item(n))) for n in range(12)]
    result = await poll(*addresses)
    assert result.titles == [f"خبر رقم {n}" for n in range(12)]


async def test_files_are_sources_by_path_and_by_file_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "خبر الفرات.xml"
    path.write_text(FEED)
    monkeypatch.chdir(tmp_path)
    by_name = await poll("خبر الفرات.xml")
    by_address = await poll(path.as_uri())
    assert len(by_name.articles) == len(by_address.articles) == 2
    assert by_name.articles[0].source_id == "خبر الفرات"
    assert by_name.articles[0].feed_url == "خبر الفرات.xml"
    assert by_name.articles[0].source_name == "شبكة الفرات"


async def test_source_id_is_the_host_without_www(site: Site) -> None:
    from connectors.feeds.source import from_argument

    assert from_argument("HTTPS://WWW.Furat.example:443/rss").identity == "furat.example"
    assert from_argument("http://www.furat.example:8080/rss").identity == "furat.example:8080"
    assert from_argument("feeds/furat.rss.xml.gz").identity == "furat.rss"


async def test_one_address_in_two_spellings_is_polled_once(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", FEED)
    (tmp_path / "a.xml").write_text(FEED)
    listed = tmp_path / "feeds.opml"
    listed.write_text(
        f'<opml><body><outline xmlUrl="{site.url()}#x"/><outline xmlUrl="a.xml"/>'
        '<outline xmlUrl="./a.xml"/></body></opml>'
    )
    result = await poll(
        site.url(), f"HTTP://127.0.0.1:{site.port}/feed", str(tmp_path / "a.xml"), opml=[listed]
    )
    assert len(site.asked("/feed")) == 1
    assert len(result.articles) == 4


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><head><title>Login</title></head><body>rss</body></html>",
        "<html xmlns='http://www.w3.org/1999/xhtml' xmlns:a='http://www.w3.org/2005/Atom'><body><feed/></body></html>",
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/</loc></url></urlset>",
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap/></sitemapindex>",
        "<opml version='2.0'><body/></opml>",
        "just words",
        '{"error": "not found"}',
        "[1, 2]",
        "/etc/hostname",
        "http://169.254.169.254/",
        "\x00\x00\x00",
    ],
)
async def test_what_is_no_feed_is_refused(site: Site, body: str) -> None:
    result = await poll(site.serve("/feed", body, Content_Type="text/xml"))
    assert result.articles == []
    assert len(result.refusals) == 1


async def test_a_feed_with_no_items_is_a_feed(site: Site) -> None:
    result = await poll(site.serve("/feed", rss()))
    assert (result.articles, result.refusals) == ([], [])


async def test_opening_a_body_that_is_a_path_reads_no_file(site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(FEED)
    for body in (str(secret), secret.as_uri()):
        result = await poll(site.serve("/feed", body))
        assert result.articles == []


async def test_a_redirect_is_polled_under_the_name_it_was_given(site: Site) -> None:
    site.serve("/real", FEED)
    start = site.redirect("/feed", "/real", 301)
    result = await poll(start, allow=LOOPBACK)
    assert {article.feed_url for article in result.articles} == {start}


@pytest.mark.parametrize(
    "body",
    [
        rss("<item/>", item(1), "<item><pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate></item>"),
        '{"version":"jsonfeed.org/version/1","items":[{},{"id":"1","title":"خبر رقم 1"},{"url":"x:y"}]}',
    ],
)
async def test_an_item_that_holds_nothing_is_left_out_with_a_word(site: Site, body: str) -> None:
    polled = await poll(site.serve("/feed", body))
    assert polled.titles == ["خبر رقم 1"]
    assert [refusal.reason for refusal in polled.refusals] == ["items that hold nothing were left out: 2"]
    assert not polled.refusals[0].counts
