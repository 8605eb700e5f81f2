"""What `plain.py` reads of a feed is what feedparser gives; what it is not sure of it leaves to feedparser.

The two are held against each other over feeds put together at random from what feeds hold and from what trips
readers up, and over damaged feeds; `make fuzz` does so with 100,000 of each (MARSAD_FUZZ), here a hundredth.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from feedparser.urls import _urljoin
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds import links, plain
from connectors.feeds.charset import decode, for_xml
from connectors.feeds.document import Job
from connectors.feeds.parse import from_read
from connectors.feeds.reader import Read, read
from connectors.feeds.source import Refused
from tests.connectors.test_fuzz import INPUTS, damaged

JOB = Job("furat", "https://furat.example/rss", "2026-11-22T00:00:00.000Z", "https://furat.example/rss")
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/", "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/", "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}  # fmt: skip
ODD_NAMESPACES = """
xmlns:dc="http://purl.org/rss/1.0/modules/content/" xmlns:x="http://purl.org/rss/1.0/"
xmlns:content="urn:other"
xmlns:geo="http://www.georss.org/georss" xmlns:y="http://purl.org/dc/elements/1.1/" xml:lang="ar" lang="fa"
xmlns="http://backend.userland.com/rss2" xmlns:DC="http://purl.org/dc/elements/1.1/" xml:lang="ar_IQ"
xml:lang=""
xml:base="/ar/" base="https://b.example/"
""".split()
TEXTS = """
خبر عاجل|| |Plain text|بغداد &amp; أربيل|&amp;lt;b&amp;gt;عاجل&amp;lt;/b&amp;gt;
|<![CDATA[<p>نص <b>غامق</b></p>]]>
|Ø§Ù\x84Ø¹|l\u2019été \x93dit\x94|é\x85|<!-- لا -->نص<!-- شيء -->|أ<![CDATA[ ب ]]>ج|&#1575;&#x644;|0|ـ|true
|a@b.example (أمل)|أمل علي|<?php echo 1 ?>نص|\u200fعنوان\u200e|&lt;p&gt;نص&lt;/p&gt; &amp;nbsp; &amp;copy;
|\u00a0مسافة\u00a0
""".split("|")
LINKS = """
https://furat.example/news/1|/news/2|news 3|https://furat.example/?a=1&amp;b=2&amp;copy;3|//c.example/x
|urn:x:1
|javascript:alert(1)|https:///furat.example/x|https://furat.example/خبر/أول|HTTP://F.example/A|http://[|?p=7|
|https://u:p@furat.example/1|https://furat.example/a/../b;c|mailto:a@b.example|https://furat.example:8443/x#y
|ht tp://x|https://furat.example/?|&amp;amp;|https://furat.example:65536/|https://furat.example//x|&amp;
""".split("|")
DATES = "Sat, 21 Nov 2026 08:00:00 GMT|2026-11-21T08:00:00Z|21 تشرين الثاني 2026||AST|1970|٢١/١١/٢٠٢٦".split(
    "|"
)
CHANNEL = """
title link description language pubDate lastBuildDate generator copyright docs ttl category managingEditor
webMaster image atom:link sy:updatePeriod sy:updateFrequency sy:updateBase
""".split()
ITEM = """
title link guid description pubDate author dc:creator dc:date dc:subject category content:encoded comments
enclosure source media:content media:thumbnail slash:comments wfw:commentRss
""".split()
ENTRY = "title id link summary content published updated author category rights".split()
FEED = "title id link subtitle updated author generator icon logo rights category".split()
ODD = """
media:title media:description media:group dc:title dc:language dc:description body summary item channel source
textInput skipHours cloud rating name url div svg links id modified published contributor expirationDate
fullitem Title PUBDATE atom:title image
""".split()
ATTRIBUTES = """
type="html" type="HTML" type="xhtml" type="text" type="text/plain" type="text/html" mode="base64"
xml:lang="en" lang="en" xml:base="/x/" isPermaLink="false" isPermaLink="FALSE" isPermaLink="x"
rel="self" rel="HUB"
rel="hub" rel="" href="https://hub.example/" href="/rel" href="" domain="https://t.example/" term="سياسة"
label="السياسة" term="" scheme="s" url="/u.jpg" src="https://c.example/" length="1" rdf:about="x"
version="2" uri="/g"
medium="image"
""".split()
USUAL = {
    "guid": ("", 'isPermaLink="false"', 'isPermaLink="true"'),
    "enclosure": ('url="https://furat.example/a.mp3" type="audio/mpeg" length="1"',),
    "media:content": ('url="https://furat.example/1.jpg" medium="image"',),
    "media:thumbnail": ('url="/2.jpg"', ""),
    "source": ('url="https://s.example/"', ""),
    "atom:link": ('rel="self" href="/rss"', 'rel="hub" href="https://hub.example/"'),
}
USUAL_IN_ATOM = {
    **dict.fromkeys(("title", "summary", "content", "rights"), ("", 'type="html"', 'type="text"')),
    "link": (
        'href="/1"',
        'rel="alternate" type="text/html" href="https://furat.example/1"',
        'rel="hub" href="/h"',
    ),
    "category": ('term="أمن"', 'term="a" label="أمن" scheme="s"'),
}
EMPTY = {"enclosure", "media:content", "media:thumbnail", "atom:link"}


class _Scribe:
    """Writes feeds: most of them plain, some with a few odd things in them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.oddness = self.dice.choice((0.0, 0.0, 0.004, 0.02, 0.1))

    def odd(self) -> bool:
        return self.dice.random() < self.oddness

    def often(self) -> bool:
        return self.dice.random() < 0.6

    def feed(self) -> str:
        atom = self.dice.random() < 0.4
        spaces = [f'xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items() if not self.odd()]
        spaces += [self.dice.choice(ODD_NAMESPACES) for _ in range(3) if self.odd()]
        spaces += [] if self.often() else ['xml:lang="ar"']
        name, names = ("entry", ENTRY) if atom else ("item", ITEM)
        inside = [*self.fields(FEED if atom else CHANNEL, atom), *self.items(name, names)]
        if self.odd():
            self.dice.shuffle(inside)
        if atom:
            spaces.append(f'xmlns="{NAMESPACES["atom"]}"')
            return f"<feed {' '.join(dict.fromkeys(spaces))}>{''.join(inside)}</feed>"
        spaces.append(self.dice.choice(('version="2.0"', 'version="0.91"', 'version="0.92"', "")))
        return f"<rss {' '.join(dict.fromkeys(spaces))}><channel>{''.join(inside)}</channel></rss>"

    def items(self, name: str, names: list[str]) -> Iterator[str]:
        for _ in range(self.dice.randint(0, 4)):
            attribute = self.dice.choice(ATTRIBUTES) if self.odd() else ""
            yield f"<{name} {attribute}>{''.join(self.fields(names, name == 'entry'))}</{name}>"

    def fields(self, names: list[str], atom: bool) -> list[str]:
        chosen = [name for name in names if self.often()]
        chosen += [self.dice.choice(names) for _ in range(2) if self.odd()]
        chosen += ["category"] * self.dice.randint(0, 2)
        chosen += [self.dice.choice(ODD) for _ in range(2) if self.odd()]
        self.dice.shuffle(chosen)
        return [self.field(name, atom) for name in chosen]

    def field(self, name: str, atom: bool) -> str:
        usual = {**USUAL, **USUAL_IN_ATOM} if atom else USUAL
        attributes = (
            f"{self.dice.choice(usual.get(name, ('',)))} {self.dice.choice(ATTRIBUTES) if self.odd() else ''}"
        )
        text = self.text(name, atom)
        if self.odd():
            text += self.dice.choice((f"<b>{text}</b>", "<name>أمل</name>", "<p/>", "&nbsp;", "نص"))
        shown = {one.partition("=")[0]: one for one in attributes.split()}
        return f"<{name} {' '.join(shown.values())}>{text}</{name}>"

    def text(self, name: str, atom: bool) -> str:
        if name == "image" or (name == "author" and atom):
            names = ("name", "email", "uri") if atom else ("url", "title", "link")
            return "".join(f"<{one}>{self.dice.choice(TEXTS)}</{one}>" for one in names if self.often())
        if name in EMPTY or (atom and name in ("link", "category")):
            return ""
        if name in ("link", "guid", "id", "comments"):
            return self.dice.choice(LINKS)
        return self.dice.choice(DATES if "ate" in name or "pub" in name else TEXTS)


def told(found: Read, text: str) -> Any:
    try:
        parsed = from_read(found, text, JOB, complete=True)
        return list(parsed.articles), parsed.title, parsed.lang, parsed.asks, parsed.version, parsed.crowded
    except Refused as refused:
        return str(refused)


def agree(text: str) -> bool:
    """Tell whether the feed was read plainly; then both must have read the same."""
    xml = for_xml(text)
    found = plain.read(xml, JOB.base)
    if found is not None:
        assert told(found, text) == told(read(xml, JOB.base), text), text
    return found is not None


def test_whatever_is_read_plainly_is_what_feedparser_gives() -> None:
    plainly = sum(agree(_Scribe(seed).feed()) for seed in range(INPUTS))
    assert plainly > INPUTS / 4


def test_damage_does_not_part_them() -> None:
    for number in range(INPUTS):
        text = decode(damaged(random.Random(number))).text.lstrip()
        if text[:1] == "<":
            agree(text)


@given(st.from_regex(links._PLAIN, fullmatch=True), st.sampled_from(("", JOB.base, "https://b.example/a/")))
def test_a_plain_address_is_what_mending_would_give(address: str, base: str) -> None:
    assert links._mended(address, base) == address
    assert _urljoin(base, address) == address


@pytest.mark.parametrize("address", ["https://furat.example/news/1", "http://127.0.0.1:43210/أخبار?p=1&q=2"])
def test_common_addresses_are_plain(address: str) -> None:
    assert links.is_plain(address)
