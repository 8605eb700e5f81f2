"""`poll --state DIR`: what is new or changed since the last call, and nothing else."""

from pathlib import Path

import pytest
from aiohttp import web

from tests.connectors.feedsite import Site, item, poll, rss

GUID = "https://{host}/?p={n}"


async def test_the_second_call_prints_what_is_new_or_changed(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1), item(2), item(3)))
    first = await poll(site.url(), state=tmp_path / "deep" / "state")
    second = await poll(site.url(), state=tmp_path / "deep" / "state")
    site.serve("/feed", rss(item(4), item(2, text="نص معدل"), item(1), item(3, title="عنوان معدل")))
    third = await poll(site.url(), state=tmp_path / "deep" / "state")
    fourth = await poll(site.url(), state=tmp_path / "deep" / "state")
    assert first.titles == ["خبر رقم 1", "خبر رقم 2", "خبر رقم 3"]
    assert third.titles == ["خبر رقم 4", "خبر رقم 2", "عنوان معدل"]
    assert second.articles == fourth.articles == []
    assert len(site.requests) == 4


async def test_a_changed_date_link_or_category_of_one_item_is_a_change(site: Site, tmp_path: Path) -> None:
    for number, changed in enumerate(
        [
            item(1, pubDate="Sun, 22 Nov 2026 08:00:00 GMT"),
            item(1, link="https://furat.example/x"),
            item(1, category="أمن"),
        ]
    ):
        site.serve("/feed", rss(item(1), item(2)))
        await poll(site.url(), state=tmp_path / str(number))
        site.serve("/feed", rss(changed, item(2)))
        assert len((await poll(site.url(), state=tmp_path / str(number))).articles) == 1


async def test_an_edit_of_the_only_item_is_a_change(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1)))
    await poll(site.url(), state=tmp_path)
    site.serve("/feed", rss(item(1, text="نص معدل")))
    assert len((await poll(site.url(), state=tmp_path)).articles) == 1


@pytest.mark.parametrize(
    ("etag", "modified"),
    [
        ('"33a64df5"', "Sat, 21 Nov 2026 08:00:00 GMT"),
        ('W/"weak"', "yesterday evening"),
        ("not quoted, odd;=", "2038-01-19T03:14:07Z"),
        ('"a"b', None),
        (None, "Tue, 19 Jan 2038 03:14:07 GMT"),
    ],
)
async def test_validators_go_back_byte_for_byte(
    site: Site, tmp_path: Path, etag: str | None, modified: str | None
) -> None:
    headers = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value}
    site.serve("/feed", rss(item(1)), **headers)
    for _ in range(3):
        await poll(site.url(), state=tmp_path)
    first, *others = site.requests
    assert not {"If-None-Match", "If-Modified-Since"} & set(first.headers)
    for request in others:
        assert request.headers.get("If-None-Match") == etag
        assert request.headers.get("If-Modified-Since") == modified


async def test_a_304_brings_nothing_and_forgets_nothing(site: Site, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text=rss(item(1)), headers={"ETag": '"1"'})

    address = site.handle("/feed", answer)
    assert len((await poll(address, state=tmp_path)).articles) == 1
    for _ in range(2):
        result = await poll(address, state=tmp_path)
        assert (result.articles, result.refusals) == ([], [])
    assert len(site.requests) == 3


async def test_validators_of_an_answer_that_was_no_feed_are_not_kept(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", "<html><body>login</body></html>", ETag='"login"')
    await poll(site.url(), state=tmp_path)
    site.serve("/feed", rss(item(1)))
    assert len((await poll(site.url(), state=tmp_path)).articles) == 1
    assert "If-None-Match" not in site.requests[1].headers


async def test_a_failure_forgets_nothing(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1)), ETag='"1"')
    await poll(site.url(), state=tmp_path)
    site.serve("/feed", "", 500)
    await poll(site.url(), state=tmp_path)
    site.serve("/feed", rss(item(1), item(2)))
    assert (await poll(site.url(), state=tmp_path)).titles == ["خبر رقم 2"]
    assert site.requests[2].headers["If-None-Match"] == '"1"'


async def test_dates_of_all_items_changed_at_once_are_no_news(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(*map(item, range(8))))
    await poll(site.url(), state=tmp_path)
    late = [item(n, pubDate="Sun, 22 Nov 2026 09:00:00 GMT") for n in range(8)]
    site.serve("/feed", rss(item(99), *late))
    assert (await poll(site.url(), state=tmp_path)).titles == ["خبر رقم 99"]


async def test_guids_that_moved_to_another_host_are_no_news(site: Site, tmp_path: Path) -> None:
    for number, (before, after) in enumerate(
        [("a.example", "b.example"), ("localhost:4000", "furat.example")]
    ):
        site.serve("/feed", rss(*(item(n, guid=GUID.format(host=before, n=n)) for n in (1, 2, 3))))
        await poll(site.url(), state=tmp_path / str(number))
        moved = [item(n, guid=GUID.format(host=after, n=n)) for n in (1, 2, 3)]
        site.serve("/feed", rss(item(4), *moved))
        assert (await poll(site.url(), state=tmp_path / str(number))).titles == ["خبر رقم 4"]


async def test_items_that_share_a_guid_are_told_apart(site: Site, tmp_path: Path) -> None:
    one, two, three = (item(n, guid="same") for n in (1, 2, 3))
    site.serve("/feed", rss(one, two))
    assert len((await poll(site.url(), state=tmp_path)).articles) == 2
    assert (await poll(site.url(), state=tmp_path)).articles == []
    site.serve("/feed", rss(three, one, two))
    assert (await poll(site.url(), state=tmp_path)).titles == ["خبر رقم 3"]
    site.serve("/feed", rss(three, one, item(2, guid="same", text="معدل")))
    assert (await poll(site.url(), state=tmp_path)).titles == ["خبر رقم 2"]


async def test_an_item_without_guid_or_link_is_known_again(site: Site, tmp_path: Path) -> None:
    bare = ["<item><title>عاجل</title></item>", "<item><description>نص بلا عنوان</description></item>"]
    site.serve("/feed", rss(*bare))
    assert len((await poll(site.url(), state=tmp_path)).articles) == 2
    site.serve("/feed", rss(*bare[::-1]))
    assert (await poll(site.url(), state=tmp_path)).articles == []


async def test_an_item_that_leaves_and_returns_is_no_news(site: Site, tmp_path: Path) -> None:
    for items, new in (([1, 2], 2), ([2], 0), ([1, 2], 0)):
        site.serve("/feed", rss(*map(item, items)))
        assert len((await poll(site.url(), state=tmp_path)).articles) == new


async def test_files_and_feeds_are_remembered_each_for_itself(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(rss(item(1)))
    site.serve("/feed", rss(item(1)))
    site.serve("/two", rss(item(1)))
    first = await poll(site.url(), site.url("/two"), str(path), state=tmp_path / "state")
    second = await poll(site.url(), site.url("/two"), str(path), state=tmp_path / "state")
    assert (len(first.articles), len(second.articles)) == (3, 0)


async def test_memory_that_cannot_be_read_is_said_and_everything_comes(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1), item(2)))
    await poll(site.url(), state=tmp_path)
    (file,) = tmp_path.iterdir()
    for damage in (b"", b"{", b"\xff", file.read_bytes()[:-20], b'{"version": 99}'):
        file.write_bytes(damage)
        result = await poll(site.url(), state=tmp_path)
        assert len(result.articles) == 2
        assert "everything counts as new" in result.reasons[0]
        assert (await poll(site.url(), state=tmp_path)).articles == []


async def test_what_was_not_taken_is_not_remembered(site: Site, tmp_path: Path) -> None:
    from connectors.feeds.pollonce import gather_sources, poll_sources

    site.serve("/feed", rss(item(1), item(2)))
    sources, _ = gather_sources([site.url()])

    def broken_pipe(_: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await poll_sources(
            sources,
            state_dir=tmp_path,
            allow_private=frozenset({"127.0.0.1"}),
            on_article=broken_pipe,
            on_refusal=lambda _: None,
        )
    assert len((await poll(site.url(), state=tmp_path)).articles) == 2


async def test_a_folder_that_cannot_be_made_is_said(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1)))
    (tmp_path / "file").write_text("")
    result = await poll(site.url(), state=tmp_path / "file")
    assert "nothing can be remembered" in result.reasons[0]
    assert len(result.articles) == 1


async def test_no_secret_is_remembered(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1)))
    await poll(site.url(user="amal:s3cret@"), state=tmp_path)
    (file,) = tmp_path.iterdir()
    assert b"s3cret" not in file.read_bytes()
    assert "s3cret" not in file.name
