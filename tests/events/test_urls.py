"""One form for each address: idempotent, Arabic paths meet, trackers go."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.urls import TRACKERS, canonical_url

arabic = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىة-٠١٢ـ"), min_size=1, max_size=20)
paths = st.lists(arabic | st.text(st.sampled_from("abcXYZ019-._~!$&'()*+,;=:@%"), max_size=12), max_size=5)
pieces = st.sampled_from(
    [
        *"http:// https:// HTTP:// // news.example أخبار.example NEWS.EXAMPLE. :80 :443 :8080 :".split(),
        *"user:pw@ /a /../ /./ /%D8%A7 /%d8%a7 /%2e%2e/ /ا /%zz /% ?a=1 &b=%20 ?utm_source=x".split(),
        *"&fbclid=1 ;c #frag".split(),
        *"[::1] \\ é %00 ?? = && +".split(),
        *("\t", " ", "\u202e", "\ud800"),
    ]
)
addresses = (
    st.text()
    | st.lists(pieces, max_size=10).map("".join)
    | st.lists(pieces, max_size=8).map(lambda parts: "https://news.example" + "".join(parts))
)


@given(addresses)
def test_idempotent_and_sane(address: str) -> None:
    once = canonical_url(address)
    if once is None:
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert urlsplit(once).scheme in ("http", "https")
    assert not urlsplit(once).fragment
    assert "@" not in urlsplit(once).netloc


@given(paths)
def test_raw_and_encoded_paths_meet(segments: list[str]) -> None:
    segments = [segment.replace("%", "") for segment in segments]
    raw = "https://news.example/" + "/".join(segments)
    encoded = "https://news.example/" + "/".join(quote(segment, safe="") for segment in segments)
    lower = "https://news.example/" + "/".join(quote(segment, safe="").lower() for segment in segments)
    assert canonical_url(raw) == canonical_url(encoded)
    if "".join(segments).islower() or not any(c.isascii() and c.isupper() for c in raw[8:]):
        assert canonical_url(lower) == canonical_url(encoded)


@given(paths, st.sampled_from([*sorted(TRACKERS), "utm_source", "UTM_Medium", "mtm_x", "pk_campaign"]))
def test_trackers_go_whatever_stands_beside_them(segments: list[str], tracker: str) -> None:
    page = "https://news.example/" + "/".join(quote(segment, safe="") for segment in segments)
    assert canonical_url(f"{page}?{tracker}=rss") == canonical_url(page)
    assert canonical_url(f"{page}?id=7&{tracker}=x&p=2") == canonical_url(f"{page}?id=7&p=2")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("HTTP://News.Example:80/a/../b/./c#top", "http://news.example/b/c"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/%d8%ae%d8%a8%d8%b1", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://أخبار.example/", "https://xn--igbicxr.example/"),
        ("https://user:secret@news.example/a", "https://news.example/a"),
        ("https://news.example/a?traffic_source=rss&id=3", "https://news.example/a?id=3"),
        ("javascript:alert(1)", None),
        ("/a/b", None),
        ("ftp://news.example/a", None),
        ("https://", None),
    ],
)
def test_forms(address: str, form: str | None) -> None:
    assert canonical_url(address) == form
