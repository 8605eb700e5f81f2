"""The sample feeds are what seeds/README.md says: four feeds, and every difficulty really in the bytes."""

import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import orjson
import pytest

from events.wire import raw_article

SEEDS = Path(__file__).parents[2] / "seeds"
FEEDS = {
    "ayn-dijla.rss.xml": ("rss20", "utf-8", 13),
    "nabd-alfurat.atom.xml": ("atom10", "utf-8", 8),
    "sada-alashar.1256.rss.xml": ("rss20", "windows-1256", 6),
    "tigris-ledger.rss.xml": ("rss20", "utf-8", 4),
}
ITEM = re.compile(r"<!-- ([a-z0-9-]+): .*? -->\s*<(item|entry)[ >](.*?)</\2>", re.S)

READ_ALSO_STRETCHED = r"اق\u0640+رأ أي\u0640*ض\u0640+اً"
EVIDENCE = {
    "kashida-in-boilerplate": READ_ALSO_STRETCHED,
    "body-twice": r"(?s)(وبلغت كلفة المشروع نحو).*\1",
    "toll-first": "قُتل ثلاثة أشخاص",
    "toll-rises": "قُتل خمسة أشخاص",
    "arabic-indic-digits": r"[٠-٩]٫[٠-٩]٪(?s:.*)١٬٢٠٠",
    "share-bar": r"(?s)شارك من خلال تويتر.*شارك على",
    "sub-headings": "<p><strong>بساتين تتراجع</strong></p>",
    "agency-copy-original": "بغداد/ واع: أقرّ",
    "no-guid": "<link>(?s:.(?!<guid))*$",
    "neither-guid-nor-link": "^(?s:.(?!<guid|<link))*$",
    "round-up": "(?s)ضبطت قوة من الجيش العراقي، صباح السبت.*وفي كربلاء",
    "double-escaped-title": "<title>&amp;lt;b&amp;gt;",
    "mixed-quotes": '(?s)«[^»]*" قبل.*“[^”]*»',
    "dateline-with-date": r"النجف 20 تشرين الثاني 2026 \(نبض الفرات\)",
    "titleless": "<title/>",
    "presentation-forms": "(?s)[\ufe70-\ufefc]{5}.*\u202b.*\u00a0.*\ufeff.*\u200f.*\u2067",
    "template-twin-first": "واستعرض الجانبان خلال الاتصال تطورات الأوضاع",
    "template-twin-second": "واستعرض الجانبان خلال الاتصال تطورات الأوضاع",
    "background-toll": "أودى بحياة أحد عشر شخصاً",
    "no-casualties": "قتل التعادل آماله",
    "english-copy": r"KIRKUK \(Agencies\) -",
    "agency-copy": "بغداد – وكالات: اقر",
    "hamza-less": "واصيب احد عشر اخرون",
    "arabic-month-date": "<pubDate>السبت 21 تشرين الثاني 2026 - 09:40</pubDate>",
    "credit": "(?s)تصوير: .*انتهى/ س.ع.*تابعوا قناة",
    "kashida-and-marks": "(?s)الـبـصـرة.*\u00a0.*\u200f.*للمـزيـد اقـرأ",
    "same-event": "(?s)انفجار الرمادي.*خمسة أشخاص",
    "english-casualties": "Four people were killed and at least nine wounded",
    "english-boilerplate": "(?s)Share this:.*Read more:.*appeared first on",
    "headline-only": "^(?s:.(?!<description|<content))*$",
    "markets": r"fell 1\.4 percent to \$68\.20",
}


def text_of(name: str) -> str:
    return (SEEDS / name).read_bytes().decode("cp1256" if "1256" in name else "utf-8")


def items() -> dict[str, str]:
    found = {}
    for name in FEEDS:
        for slug, _, body in ITEM.findall(text_of(name)):
            assert slug not in found, f"two items are called {slug}"
            found[slug] = body
    return found


def body(slug: str) -> str:
    return items()[slug]


@pytest.mark.parametrize("name", FEEDS)
def test_feed_parses_from_its_bytes(name: str) -> None:
    version, encoding, count = FEEDS[name]
    parsed = feedparser.parse((SEEDS / name).read_bytes())
    assert not parsed.bozo
    assert (parsed.version, parsed.encoding, len(parsed.entries)) == (version, encoding, count)


def test_at_least_twenty_items_each_named_for_its_difficulty() -> None:
    assert len(items()) == sum(count for _, _, count in FEEDS.values()) >= 20
    assert items().keys() == EVIDENCE.keys()


@pytest.mark.parametrize("slug", EVIDENCE)
def test_difficulty_is_in_the_bytes(slug: str) -> None:
    assert re.search(EVIDENCE[slug], body(slug))


def test_readme_tells_of_every_item() -> None:
    told = set(re.findall(r"^\| `([a-z0-9-]+)` \|", (SEEDS / "README.md").read_text(), re.M))
    assert told == items().keys()


def test_list_names_the_four_feeds_beside_it() -> None:
    outlines = [node.attrib for node in ElementTree.parse(SEEDS / "feeds.opml").iter("outline")]
    feeds = {node["xmlUrl"]: node for node in outlines if "xmlUrl" in node}
    assert feeds.keys() == FEEDS.keys()
    assert len({node["sourceId"] for node in feeds.values()}) == 4
    assert all(node["text"] for node in feeds.values())


def test_rising_toll_keeps_its_address_and_guid() -> None:
    names = re.compile(r"<(?:link|guid)[^>]*>([^<]+)<")
    assert names.findall(body("toll-first")) == names.findall(body("toll-rises"))


def test_round_up_holds_the_other_article_whole() -> None:
    lead = body("kashida-in-boilerplate").split("عين دجلة: ", 1)[1]
    paragraphs = [part.split("</p>")[0].removeprefix("<p>") for part in lead.split("\n")]
    news = [part for part in paragraphs if part.strip() and not re.search(r"رأ.*أي.*ض", part)]
    assert len(news) == 4
    assert all(part in body("round-up") for part in news)


def test_agency_copy_differs_by_hamza_marks_and_dateline_only() -> None:
    def letters(slug: str, agency: str) -> list[str]:
        lead = body(slug).split(agency, 1)[1]
        plain = unicodedata.normalize("NFD", re.sub(r"<[^>]*>", " ", lead))
        kept = "".join(char for char in plain if not unicodedata.combining(char))
        return kept.split()

    original, copy = letters("agency-copy-original", "واع:"), letters("agency-copy", "وكالات:")
    copy = copy[: copy.index("المجلس.]]>") + 1]
    assert copy[:-1] == original[: len(copy) - 1]
    assert "أ" not in body("agency-copy")


def test_later_fetches_are_raw_articles_of_one_address() -> None:
    lines = (SEEDS / "later-fetches.jsonl").read_bytes().splitlines()
    raws = [raw_article(orjson.loads(line)) for line in lines]
    assert len({raw.url for raw in raws}) == 1
    assert [raw.fetched_at for raw in raws] == sorted({raw.fetched_at for raw in raws})
