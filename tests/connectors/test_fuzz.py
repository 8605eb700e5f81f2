"""Whatever bytes come, reading a feed ends in articles that can be written, or in a refusal in words.

`make fuzz` reads 100,000 mutated feeds (MARSAD_FUZZ); here a hundredth of them.
"""

import gzip
import json
import os
import random
import re
import resource
import time
from urllib.parse import urlsplit

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.feeds import opml
from connectors.feeds.document import Job
from connectors.feeds.links import web_address
from connectors.feeds.parse import parse
from connectors.feeds.source import Refusal, Refused, from_argument, safe, without_credentials
from events.wire import decode_object, encode, raw_article
from tests.connectors.feedsite import item, rss
from tests.connectors.test_formats import NEWSML, ONE, SITEMAP, TWO

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar" xml:base="https://b.example/"><title>الفرات</title>'
    '<entry><id>urn:x:1</id><link href="1"/><updated>2026-11-21T08:00:00Z</updated>'
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>نص</p></div></content></entry></feed>'
)
JSON = '{"version":"https://jsonfeed.org/version/1","title":"أ","items":[{"id":1,"url":"/1","content_text":"نص"}]}'
WHOLE = [body.encode() for body in (rss(item(1), item(2)), ATOM, JSON)]
MANY = [*WHOLE, SITEMAP.encode(), NEWSML.encode(), json.dumps([ONE, TWO]).encode(), gzip.compress(WHOLE[0]),
        rss(item(1), prolog='<?xml version="1.0" encoding="windows-1256"?>').encode("cp1256")]  # fmt: skip
INPUTS = int(os.environ.get("MARSAD_FUZZ", "1000"))
MARKS = (
    """< > & { " ]]> <!-- <![CDATA[ <item> </item> &#xD800; &#55296; &nosuch; xml:base="http://[ <!DOCTYPE"""
)
JUNK = [*(mark.encode() for mark in MARKS.split()), b"\x00", b"\xff", b"\xd9", b"\xef\xbb\xbf", b"\x1f\x8b"]
JOB = Job("furat", "https://furat.example/rss", "2026-11-22T00:00:00.000Z", "https://furat.example/rss")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 40)))
        body = body[:start] + draw(st.sampled_from(JUNK) | st.binary(max_size=4)) + body[end:]
    return body


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mutated_feed_gives_sound_articles_or_a_refusal(body: bytes) -> None:
    try:
        articles = list(parse(body, JOB).articles)
    except Refused as refused:
        assert str(refused)
        return
    for article in articles:
        assert raw_article(decode_object(encode(article)))
        assert article.url or article.item_id
        assert article.url is None or re.match(r"https?://[^/]", article.url)


def damaged(dice: random.Random) -> bytes:
    body = dice.choice(MANY)
    for _ in range(dice.randint(1, 8)):
        start = dice.randrange(len(body) + 1)
        end = min(len(body), start + dice.choice((0, 1, 3, 40, 400)))
        piece = dice.choice([*JUNK, body[start:end] * 2, dice.randbytes(3), dice.choice(MANY)[start:end]])
        body = body[:start] + piece + body[end:]
    return body


def test_no_damage_crashes_hangs_or_leaks() -> None:
    """Each input is read as in production but in this process; memory after the first tenth stays level."""
    levels, slowest = [], 0.0
    for number in range(INPUTS):
        body = damaged(random.Random(number))
        begun = time.process_time()
        try:
            for article in parse(body, JOB).articles:
                assert raw_article(decode_object(encode(article))), number
        except Refused as refused:
            assert str(refused), number
        slowest = max(slowest, time.process_time() - begun)
        if number % max(1, INPUTS // 10) == 0:
            levels.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert slowest < 5
    assert levels[-1] - levels[1] < 50_000


@given(st.binary(max_size=300) | mutated())
def test_any_bytes_are_a_list_or_a_refusal(body: bytes) -> None:
    try:
        opml.parse(body)
    except Refused as refused:
        assert str(refused)


@given(st.text())
def test_reports_are_one_safe_line(text: str) -> None:
    line = str(Refusal(text, text))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]", line)
    assert len(line.encode()) < 12_000
    assert safe(safe("أ\u202eب")) == safe("أ\u202eب")


@given(
    st.text(max_size=60), st.sampled_from(["http://", "https://amal:s3cret@", "file:", "//", "", "HTTPS:/"])
)
@example(".", "http://")
def test_any_argument_is_a_source_or_a_refusal(text: str, scheme: str) -> None:
    try:
        source = from_argument(scheme + text)
    except Refused as refused:
        assert str(refused)
    else:
        source.shown.encode()
        assert source.identity
        assert source.key


@given(st.text(alphabet="abc019:@/?#[].\\ ", max_size=30))
@example("0:?@@")
def test_an_address_keeps_no_credentials(text: str) -> None:
    address = web_address("https://" + text)
    assert address is None or "@" not in urlsplit(address).netloc
    assert without_credentials(without_credentials(text)) is not None
