"""What hostile and broken servers send, point by point, against a real server on loopback.

Elsewhere: entities, nesting, overlong markup, charsets, links, guids, dates (test_parse.py); gzip bombs,
codings, slow servers, redirects, headers, statuses (test_fetch.py); addresses, rebinding (test_reach.py);
lists (test_opml.py); archives (test_archive.py); hosts in line (test_agenda.py); the broker's side
(test_worker.py, test_sharing.py); sitemap indexes, pages (test_pages.py). Here is what none of these asks.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from connectors.feeds.document import MAX_ITEMS
from connectors.feeds.fetch import Fetcher
from connectors.feeds.schedule import DAY, Hints, Pace, due
from connectors.feeds.source import safe
from events.identity import article_id
from events.wire import cloud_headers, encode
from tests.connectors.feedsite import LOOPBACK, Site, item, poll, rss

Wire = Callable[..., Awaitable[str]]
GOOD = rss(item(1))


async def polled_beside_a_good_one(site: Site, bad: str) -> tuple[list[str | None], list[str]]:
    """Poll a bad feed first, then a good one: the good one must come whole."""
    result = await poll(bad, site.serve("/good", rss(item(9, title="سليم"))))
    assert result.titles[-1:] == ["سليم"]
    return result.titles[:-1], result.reasons


async def test_03_a_zstd_bomb_and_brotli_end_at_the_cap_or_before(site: Site) -> None:
    bomb = zstandard.compress(b"<rss>" + b" " * (200 << 20))
    assert len(bomb) < 100_000
    titles, reasons = await polled_beside_a_good_one(site, site.serve("/bomb", bomb, Content_Encoding="zstd"))
    assert titles == []
    assert "larger than 15 MB" in reasons[0]
    _, reasons = await polled_beside_a_good_one(
        site, site.serve("/br", b"\x0b\x02\x80hello\x03", Content_Encoding="br")
    )
    assert "brotli" in reasons[0]


async def test_07_ten_thousand_items_and_a_huge_cdata_are_read_or_refused_in_time(site: Site) -> None:
    many = rss(*(f"<item><guid>{number}</guid></item>" for number in range(10_000)))
    large = rss(item(1, text=f"<![CDATA[{'x' * (14 << 20)}]]>"))
    for body in (many, large):
        titles, reasons = await polled_beside_a_good_one(site, site.serve("/feed", body))
        assert len(titles) in (10_000, 1) or "time or memory" in reasons[0] or "longer than" in reasons[0]


def crowd(count: int) -> tuple[str, str]:
    """Give an RSS feed and a JSON Feed of so many items."""
    xml = rss(*(f"<item><guid>{number}</guid><title>{number}</title></item>" for number in range(count)))
    items = ",".join(f'{{"id": {number}, "title": "{number}"}}' for number in range(count))
    return xml, f'{{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{items}]}}'


@pytest.mark.parametrize("form", [0, 1])
async def test_07_of_fifty_thousand_items_the_first_are_taken_and_it_is_said(site: Site, form: int) -> None:
    titles, reasons = await polled_beside_a_good_one(site, site.serve("/feed", crowd(50_000)[form]))
    assert len(titles) == MAX_ITEMS
    assert titles[-1].endswith(str(MAX_ITEMS - 1))
    assert "shows more than 10,000 items; the first 10,000 were taken" in reasons[0]


async def test_12_odd_headers_are_neither_sent_back_nor_told(wire: Wire, site: Site, tmp_path: Path) -> None:
    body = GOOD.encode()
    odd = (
        b"HTTP/1.1 200 OK\r\nETag: \"one\"\r\nETag: \"two\"\r\n"
        b"Last-Modified: Tue, 19 Jan 2038 03:14:07 GMT\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
    )  # fmt: skip
    address = await wire(odd + body)
    for _ in range(2):
        result = await poll(address, state=tmp_path / "a")
        assert result.refusals == []
    bad = b'HTTP/1.1 200 OK\r\nETag: "\xff\xfe\xd9"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % len(
        body
    )
    other = await wire(bad + body)
    for _ in range(2):
        assert (await poll(other, state=tmp_path / "b")).refusals == []


@pytest.mark.parametrize("given", ["-5", "1" * 12, "soon", "Thu, 01 Jan 1970 00:00:00 GMT", "1e9", "٣٠", " "])
def test_12_a_retry_after_is_a_day_at_most(given: str) -> None:
    hints = Hints.of({"Retry-After": given}, datetime(2026, 11, 22, tzinfo=UTC))
    assert hints.retry_after is None or hints.retry_after >= 0
    assert min(hints.retry_after or 0.0, DAY) <= DAY


async def test_13_a_block_page_with_status_200_leaves_no_validators_behind(
    site: Site, tmp_path: Path
) -> None:
    address = site.serve("/feed", "<html><title>Just a moment...</title></html>", ETag='"block"')
    assert "web page" in (await poll(address, state=tmp_path)).reasons[0]
    site.serve("/feed", GOOD)
    assert (await poll(address, state=tmp_path)).titles == ["خبر رقم 1"]
    assert "If-None-Match" not in site.requests[-1].headers


async def test_14_a_feed_that_turned_into_a_page_is_not_followed_elsewhere(site: Site) -> None:
    site.serve("/feed", '<html><link rel="alternate" type="application/rss+xml" href="/real"></html>')
    site.serve("/real", GOOD)
    assert (await poll(site.url("/feed"))).articles == []
    assert site.asked("/real") == []


async def test_16_control_characters_surrogates_and_marks_in_the_middle(site: Site) -> None:
    title = "أ\ufeffب&#xD800;&#x0;\x08ج\u2028د"
    titles, _ = await polled_beside_a_good_one(site, site.serve("/feed", rss(item(1, title=title))))
    assert len(titles) == 1
    assert titles[0] is not None
    assert "أ" in titles[0]
    titles[0].encode()
    assert not re.search("[\x00-\x08\ud800-\udfff]", titles[0])


async def test_17_two_guids_and_a_guid_that_is_the_title(site: Site) -> None:
    two = "<item><guid>1</guid><guid>2</guid><title>أ</title></item>"
    same = "<item><guid>خبر عاجل</guid><title>خبر عاجل</title></item>"
    empty = "<item><guid/><guid> </guid><title>ب</title></item>"
    result = await poll(site.serve("/feed", rss(two, same, empty)))
    assert [one.title for one in result.articles] == ["أ", "خبر عاجل", "ب"]
    assert all(one.item_id and one.url is None for one in result.articles)
    assert len({article_id(one) for one in result.articles}) == 3


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000Z"),
        ("Sat, 21 Nov 2099 08:00:00 GMT", "2099-11-21T08:00:00.000Z"),
        ("Mon, 21 Nov 2026 08:00:00 GMT", "2026-11-21T08:00:00.000Z"),
        ("", None),
        ("أمس", None),
    ],
)
async def test_18_dates_are_what_is_stated_or_nothing(site: Site, date: str, instant: str | None) -> None:
    (one,) = (await poll(site.serve("/feed", rss(item(1, pubDate=date))))).articles
    assert (one.published_at, one.published_raw) == (instant, date or None)


async def test_19_a_name_in_other_letters_and_another_host_are_kept_as_they_are(site: Site) -> None:
    links = [
        "https://xn--pple-43d.example/1",
        "//other.example/2",
        "https://furat.example/خبر/3",
        "data:text/html,x",
    ]
    result = await poll(
        site.serve("/feed", rss(*(item(n, link=link, guid=f"g{n}") for n, link in enumerate(links))))
    )
    assert [one.url for one in result.articles] == [
        links[0], "http://other.example/2", "https://furat.example/خبر/3", None,
    ]  # fmt: skip


async def test_20_titles_are_safe_in_keys_headers_and_lines(site: Site) -> None:
    title = "\u202eقلب\u200b😀ـــ" + "x" * 1_000_000
    (one,) = (await poll(site.serve("/feed", rss(item(1, title=title))))).articles
    assert one.title is not None
    data = encode(one)
    key = article_id(one)
    assert re.fullmatch(r"[0-9a-f]+", key)
    assert all(b"\r" not in value and b"\n" not in value for _, value in cloud_headers(one, data))
    assert len(safe(title)) < 600
    assert "\u202e" not in safe(title)


async def test_20_an_address_cannot_break_a_line_or_a_header(site: Site) -> None:
    link = "https://furat.example/1&#13;&#10;X-Injected: 1"
    (one,) = (await poll(site.serve("/feed", rss(item(1, link=link))))).articles
    for _, value in cloud_headers(one, encode(one)):
        assert b"\n" not in value


async def test_24_one_host_that_never_answers_holds_up_no_other(
    wire: Wire, site: Site, tmp_path: Path
) -> None:
    silent = await wire(None)
    addresses = [f"{silent}{number}" for number in range(6)]
    result = await poll(*addresses, site.serve("/feed", GOOD), seconds=6)
    assert result.titles == ["خبر رقم 1"]
    assert len(result.refusals) == 6


def test_25_a_clock_that_was_moved_makes_a_feed_due_or_pulls_it_in() -> None:
    pace = Pace(floor=60, cap=7_200, jitter=0)
    now = datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    assert due(now - 10 * DAY, now, pace) == 0
    assert due(now + 400 * DAY, now, pace) == 0
    assert due(now + 3 * DAY, now, pace) <= DAY


async def test_a_time_out_gives_its_connection_back(wire: Wire, site: Site) -> None:
    async with Fetcher(LOOPBACK, connections=1) as fetcher:
        with pytest.raises(Exception, match="within"):
            await fetcher.fetch(await wire(None), seconds=0.3)
        async with asyncio.timeout(60):
            answer = await fetcher.fetch(site.serve("/feed", GOOD))
        assert answer.body is not None
        answer.body.close()
