"""What `plain.py` reads of a feed is what feedparser gives; whatever it is not sure of it leaves to feedparser.

The two are held against each other over feeds put together at random from what feeds hold and from what trips
readers up, and over damaged feeds; `make fuzz` does so with 100,000 of each (MARSAD_FUZZ), here a hundredth.
"""

import random
from typing import Any

import pytest

from connectors.feeds import plain
from connectors.feeds.charset import decode, for_xml
from connectors.feeds.document import Job
from connectors.feeds.parse import from_read
from connectors.feeds.reader import Read, read
from connectors.feeds.source import Refused
from tests.connectors.feedsite import item, rss
from tests.connectors.test_fuzz import ATOM, INPUTS, damaged

JOB = Job("furat", "https://furat.example/rss", "2026-11-22T00:00:00.000Z", "https://furat.example/rss")
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/", "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/", "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}  # fmt: skip
ODD_NAMESPACES = ['xmlns:dc="http://purl.org/rss/1.0/modules/content/"', 'xmlns:x="http://purl.org/rss/1.0/"',
                  'xmlns:geo="http://www.georss.org/georss"', 'xmlns:y="http://purl.org/dc/elements/1.1/"',
                  'xmlns="http://backend.userland.com/rss2"', 'xmlns:content="urn:other"',
                  'xmlns:DC="http://purl.org/dc/elements/1.1/"', 'xml:lang="ar"', 'xml:lang="ar_IQ"', 'xml:lang=""',
                  'xml:base="/ar/"', 'base="https://b.example/"', 'lang="fa"']  # fmt: skip
TEXTS = ["خبر عاجل", "", "  ", "Plain text", "بغداد &amp; أربيل", "&amp;lt;b&amp;gt;عاجل&amp;lt;/b&amp;gt;",
         "<![CDATA[<p>نص <b>غامق</b></p>]]>", "Ø§Ù\x84Ø¹", "l\u2019été \x93dit\x94", "é\x85", "<!-- لا -->نص<!-- شيء -->",
         "أ<![CDATA[ ب ]]>ج", "&#1575;&#x644;", "a@b.example (أمل)", "أمل علي", "<?php echo 1 ?>نص", "\u200fعنوان\u200e",
         "&lt;p&gt;نص&lt;/p&gt; &amp;nbsp; &amp;copy;", "ـ", "0", "true", "نص\nفي\nسطور", "\u00a0مسافة\u00a0"]  # fmt: skip
LINKS = ["https://furat.example/news/1", "/news/2", "news 3", "https://furat.example/?a=1&amp;b=2&amp;copy;3", "//c.example/x",
         "javascript:alert(1)", "https:///furat.example/x", "https://furat.example/خبر/أول", "urn:x:1", "HTTP://F.example/A",
         "https://u:p@furat.example/1", "http://[", "https://furat.example/a/../b;c", "mailto:a@b.example", "?p=7",
         "https://furat.example:8443/x#y", "ht tp://x", "https://furat.example/?", "&amp;amp;", ""]  # fmt: skip
DATES = [
    "Sat, 21 Nov 2026 08:00:00 GMT",
    "2026-11-21T08:00:00Z",
    "السبت، 21 تشرين الثاني 2026",
    "",
    "AST",
    "1970",
    "٢١/١١/٢٠٢٦",
]
CHANNEL = ["title", "link", "description", "language", "pubDate", "lastBuildDate", "generator", "copyright", "docs", "ttl",
           "category", "managingEditor", "webMaster", "image", "atom:link", "sy:updatePeriod", "sy:updateFrequency",
           "sy:updateBase"]  # fmt: skip
ITEM = ["title", "link", "guid", "description", "pubDate", "author", "dc:creator", "dc:date", "dc:subject", "category",
        "content:encoded", "comments", "enclosure", "source", "media:content", "media:thumbnail", "slash:comments",
        "wfw:commentRss"]  # fmt: skip
ENTRY = ["title", "id", "link", "summary", "content", "published", "updated", "author", "category", "rights"]
FEED = [*ENTRY[:3], "subtitle", "updated", "author", "generator", "icon", "logo", "rights", "category"]
ODD = ["media:title", "media:description", "media:group", "dc:title", "dc:language", "dc:description", "body", "summary",
       "item", "channel", "textInput", "skipHours", "cloud", "rating", "name", "url", "div", "svg", "source", "links", "id",
       "modified", "published", "contributor", "expirationDate", "fullitem", "Title", "PUBDATE", "atom:title", "image"]  # fmt: skip
ATTRIBUTES = ['type="html"', 'type="HTML"', 'type="xhtml"', 'type="text"', 'type="text/plain"', 'type="text/html"', 'mode="base64"',
              'xml:lang="en"', 'lang="en"', 'xml:base="/x/"', 'isPermaLink="false"', 'isPermaLink=" FALSE "', 'isPermaLink="x"',
              'rel="self"', 'rel="HUB"', 'rel="hub"', 'rel=""', 'href="https://hub.example/"', 'href="/rel"', 'href=""',
              'domain="https://t.example/"', 'term="سياسة"', 'label="السياسة"', 'term=""', 'scheme="s"', 'url="/u.jpg"',
              'src="https://c.example/"', 'length="1"', 'rdf:about="x"', 'version="2"', 'uri="/g"', 'medium="image"']  # fmt: skip


class _Scribe:
    """Writes feeds: mostly plain ones, now and then with something odd in them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.oddness = self.dice.choice((0.0, 0.0, 0.004, 0.02, 0.1))

    def odd(self) -> bool:
        return self.dice.random() < self.oddness

    def feed(self) -> str:
        atom = self.dice.random() < 0.4
        spaces = [f'xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items() if not self.odd()]
        spaces += [self.dice.choice(ODD_NAMESPACES) for _ in range(3) if self.odd()]
        spaces += ['xml:lang="ar"'] if self.dice.random() < 0.3 else []
        items = [
            self.holder("entry" if atom else "item", ENTRY if atom else ITEM)
            for _ in range(self.dice.randint(0, 4))
        ]
        inside = [*self.fields(FEED if atom else CHANNEL, atom), *items]
        if self.odd():
            self.dice.shuffle(inside)
        if atom:
            return f'<feed xmlns="{NAMESPACES["atom"]}" {" ".join(dict.fromkeys(spaces))}>{"".join(inside)}</feed>'
        version = self.dice.choice(('version="2.0"', 'version="0.91"', 'version="0.92"', ""))
        return f"<rss {version} {' '.join(dict.fromkeys(spaces))}><channel>{''.join(inside)}</channel></rss>"

    def holder(self, name: str, names: list[str]) -> str:
        attribute = self.dice.choice(ATTRIBUTES) if self.odd() else ""
        return f"<{name} {attribute}>{''.join(self.fields(names, name == 'entry'))}</{name}>"

    def fields(self, names: list[str], atom: bool) -> list[str]:
        chosen = [name for name in names if self.dice.random() < 0.6]
        chosen += [self.dice.choice(names) for _ in range(2) if self.odd()]
        chosen += [
            self.dice.choice(
                ("category", "dc:creator"[3 * atom :].replace("creator", "rights" if atom else "creator"))
            )
        ] * 2
        chosen += [self.dice.choice(ODD) for _ in range(2) if self.odd()]
        self.dice.shuffle(chosen)
        return [self.field(name, atom) for name in chosen]

    def field(self, name: str, atom: bool) -> str:
        attributes = [self.usual(name, atom), self.dice.choice(ATTRIBUTES) if self.odd() else ""]
        text = self.text(name, atom)
        if self.odd():
            text += self.dice.choice((f"<b>{text}</b>", "<name>أمل</name>", "<p/>", "&nbsp;", "نص"))
        shown = list({one.partition("=")[0]: one for one in " ".join(attributes).split() if one}.values())
        return f"<{name} {' '.join(shown)}>{text}</{name}>"

    def usual(self, name: str, atom: bool) -> str:
        options = {
            "guid": ("", 'isPermaLink="false"', 'isPermaLink="true"'),
            "enclosure": ('url="/a.mp3" type="audio/mpeg" length="1"',),
            "media:content": ('url="https://i.example/1.jpg" medium="image"',),
            "media:thumbnail": ('url="/2.jpg"', ""),
            "source": ('url="https://s.example/"', ""),
            "atom:link": ('rel="self" href="/rss"', 'rel="hub" href="https://hub.example/"'),
        }
        if atom:
            options |= dict.fromkeys(
                ("title", "summary", "content", "rights"), ("", 'type="html"', 'type="text"')
            )
            options["link"] = (
                'href="/1"',
                'rel="alternate" type="text/html" href="https://furat.example/1"',
                'rel="hub" href="/h"',
            )
            options["category"] = ('term="أمن"', 'term="a" label="أمن" scheme="s"')
        return self.dice.choice(options.get(name, ("",)))

    def text(self, name: str, atom: bool) -> str:
        if name in ("image", "author") and (atom or name == "image"):
            names = ("name", "email", "uri") if atom else ("url", "title", "link")
            return "".join(
                f"<{one}>{self.dice.choice(TEXTS)}</{one}>" for one in names if self.dice.random() < 0.7
            )
        if name in ("enclosure", "media:content", "media:thumbnail", "atom:link") or (
            atom and name in ("link", "category")
        ):
            return ""
        pool = (
            LINKS
            if name in ("link", "guid", "id", "comments")
            else DATES
            if "ate" in name or "pub" in name
            else TEXTS
        )
        return self.dice.choice(pool)


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
