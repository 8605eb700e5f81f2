"""Lists of feeds: read without trusting them, named where they are broken, written so that they read back."""

from pathlib import Path

import pytest

from connectors.feeds import opml
from connectors.feeds.opml import Outline, parse, write
from connectors.feeds.source import Refused
from tests.connectors.feedsite import Site, item, poll, rss


def listing(*outlines: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'


def saved(folder: Path, body: str | bytes) -> Path:
    path = folder / "feeds.opml"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def test_outlines_come_in_order_with_name_source_and_folders() -> None:
    inner = '<outline title="الفرات" xmlUrl="https://furat.example/rss" sourceId="furat-ar"/>'
    body = listing(
        f'<outline text="عربي"><outline text="العراق">{inner}</outline></outline>',
        '<outline XMLURL="b.xml"/>',
    )
    first, second = parse(body.encode()).outlines
    assert (first.name, first.source_id, first.folders) == ("الفرات", "furat-ar", ("عربي", "العراق"))
    assert (second.address, second.name, second.folders) == ("b.xml", None, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256", "iso8859_6"])
def test_lists_in_other_encodings(encoding: str) -> None:
    label = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    body = listing('<outline text="أخبار العراق" xmlUrl="a.xml"/>').replace(
        "1.0", f'1.0" encoding="{label}', 1
    )
    assert parse(body.encode(encoding)).outlines[0].name == "أخبار العراق"


def test_depth_and_number_cost_nothing() -> None:
    deep = listing("<outline text='x'>" * 1000 + '<outline xmlUrl="a.xml"/>' + "</outline>" * 1000)
    assert len(parse(deep.encode()).outlines) == 1
    many = listing(*(f'<outline xmlUrl="https://a.example/{n}"/>' for n in range(10_000)))
    assert len(parse(many.encode()).outlines) == 10_000


@pytest.mark.parametrize("body", ["", "text", "<html/>", rss(item(1)), "\x00", "<opml", "{}"])
def test_what_is_no_list_is_refused(body: str) -> None:
    with pytest.raises(Refused):
        parse(body.encode())


def test_entities_are_refused_and_open_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    laughs = '<!ENTITY a "ha"><!ENTITY b "&a;&a;">'
    for declared in (laughs, f'<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">'):
        with pytest.raises(Refused, match="entities"):
            parse(f'<!DOCTYPE opml [{declared}]><opml><body><outline xmlUrl="&b;"/></body></opml>'.encode())


@pytest.mark.parametrize(
    "body",
    [
        listing('<outline xmlUrl="a.xml"/>', '<outline xmlUrl="b.xml"/>')[:-30],
        listing('<outline xmlUrl="a.xml"/>', "<outline text='x'></body>"),
        listing('<outline xmlUrl="a.xml"/>') + "<trailing>",
        listing('<outline xmlUrl="a.xml"/>', '<outline text="&nosuch;" xmlUrl="c.xml"/>'),
    ],
)
async def test_a_broken_list_is_named_and_what_was_read_is_polled(tmp_path: Path, body: str) -> None:
    (tmp_path / "a.xml").write_text(rss(item(1)))
    for name in ("b", "c"):
        (tmp_path / f"{name}.xml").write_text(rss())
    path = saved(tmp_path, body)
    result = await poll(opml=[path])
    assert len(result.articles) == 1
    assert any(reason.startswith(f"{path}:1: broken after") for reason in result.reasons)
    assert any(refusal.counts for refusal in result.refusals)


def test_a_bare_ampersand_costs_no_feed() -> None:
    body = listing('<outline xmlUrl="https://a.example/?a=1&b=2"/>', '<outline xmlUrl="b.xml"/>')
    found = parse(body.encode())
    assert [outline.address for outline in found.outlines] == ["https://a.example/?a=1&b=2", "b.xml"]
    assert found.faults


async def test_a_list_that_is_not_there_is_named(tmp_path: Path, site: Site) -> None:
    result = await poll(site.serve("/feed", rss(item(1))), opml=[tmp_path / "no.opml", tmp_path])
    assert len(result.articles) == 1
    assert [reason.partition(": ")[0] for reason in result.reasons] == [
        str(tmp_path / "no.opml"),
        str(tmp_path),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/etc/hostname",
        "../outside.xml",
        "inner/../../outside.xml",
        "file:///etc/hostname",
        "link.xml",
        "%2e%2e/outside.xml",
        "ftp://a.example/",
        "javascript:x",
        "c:\\feeds\\a.xml",
        "http://",
        "a\x7f\u202e.xml",
    ],
)
async def test_an_entry_is_http_or_a_file_beside_the_list(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    (tmp_path / "outside.xml").write_text(rss(item(1)))
    (folder / "link.xml").symlink_to(tmp_path / "outside.xml")
    (folder / "good.xml").write_text(rss(item(2)))
    path = saved(folder, listing(f'<outline xmlUrl="{address}"/>', '<outline xmlUrl="good.xml" text="جيد"/>'))
    result = await poll(opml=[path])
    assert result.titles == ["خبر رقم 2"]
    assert len(result.refusals) == 1
    (article,) = result.articles
    assert (article.feed_url, article.source_id, article.source_name) == ("good.xml", "good", "جيد")


def test_an_outline_of_a_feed_without_address_is_named() -> None:
    assert parse(listing('<outline type="rss" text="x"/>').encode()).faults == (
        (1, "an outline without xmlUrl"),
    )


def test_what_is_written_reads_back() -> None:
    outlines = (
        Outline("https://a.example/?a=1&b=2", 0, 'أ "ب" <ج>', "a-ar", ("عربي", "العراق")),
        Outline("https://b.example/rss", 0, "ب", None, ("عربي", "سوريا")),
        Outline("c.xml", 0, None, None, ()),
        Outline("https://d.example/rss", 0, "د\x00\ud800", None, ("English",)),
    )
    back = parse(write(outlines).encode())
    assert back.faults == ()
    expected = [(o.address, o.source_id, o.folders) for o in outlines]
    assert [(o.address, o.source_id, o.folders) for o in back.outlines] == expected
    assert [o.name for o in back.outlines] == ['أ "ب" <ج>', "ب", "c.xml", "د"]


def test_credentials_are_not_written() -> None:
    assert "pw" not in write([Outline("https://amal:pw@a.example/", 0)])
    assert "pw" not in repr(opml.write([Outline("http://x:pw@a.example/", 0, "n")]))
