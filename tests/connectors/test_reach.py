"""Reach: loopback, private and special addresses are refused at connect time, on every hop alike."""

import asyncio
import socket
from pathlib import Path

import pytest

from connectors.feeds.reach import ForbiddenAddress, allowed_hosts, forbidden, guarded_socket
from tests.connectors.feedsite import Site, item, poll, rss

REFUSED = """
    127.0.0.1 127.255.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
    192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.2.3 240.0.0.1 255.255.255.255
    ::1 :: ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1
    2002:7f00:1:: 2002:808:808:: 2001::1 2001:db8::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
    100::1 3fff::1 not-an-address
""".split()
REACHED = (
    "8.8.8.8 1.1.1.1 172.15.0.1 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 64:ff9b::808:808".split()
)


@pytest.mark.parametrize("address", REFUSED)
def test_private_and_special_addresses_are_forbidden(address: str) -> None:
    assert forbidden(address)


@pytest.mark.parametrize("address", REACHED)
def test_public_addresses_are_not(address: str) -> None:
    assert forbidden(address) is None


def test_the_socket_is_never_opened() -> None:
    with pytest.raises(ForbiddenAddress):
        guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80)))


def test_the_allow_list_takes_names_and_addresses() -> None:
    assert allowed_hosts(" LocalHost,[::1], 10.0.0.1 ,") == {"localhost", "::1", "10.0.0.1"}
    assert allowed_hosts(None) == frozenset()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0"])
async def test_a_source_on_this_machine_is_refused_and_never_asked(site: Site, host: str) -> None:
    site.serve("/feed", rss(item(1)))
    result = await poll(site.url(host=host), allow=frozenset())
    assert result.articles == []
    assert len(result.refusals) == 1
    assert site.requests == []


async def test_an_opml_entry_is_refused_alike(site: Site, tmp_path: Path) -> None:
    site.serve("/feed", rss(item(1)))
    listed = tmp_path / "feeds.opml"
    listed.write_text(f'<opml><body><outline xmlUrl="{site.url()}"/></body></opml>')
    result = await poll(opml=[listed], allow=frozenset())
    assert "loopback" in result.reasons[0]
    assert site.requests == []


async def test_a_redirect_is_refused_alike(site: Site) -> None:
    for number, host in enumerate(
        ["localhost", "0x7f.1", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]
    ):
        address = site.redirect(f"/{number}", f"http://{host}:{site.port}/secret")
        result = await poll(address, seconds=5)
        assert result.articles == []
        assert "redirected to" in result.reasons[0]
        assert "address" in result.reasons[0]
    assert site.asked("/secret") == []


async def test_the_list_allows_exactly_the_host_as_written_at_any_port(site: Site) -> None:
    site.serve("/feed", rss(item(1)))
    assert len((await poll(site.url(), allow=frozenset({"127.0.0.1"}))).articles) == 1
    assert len((await poll(site.url(host="localhost"), allow=frozenset({"127.0.0.1"}))).articles) == 0
    assert len((await poll(site.url(host="localhost"), allow=frozenset({"localhost"}))).articles) == 1


async def test_a_name_that_comes_to_point_here_is_refused_at_the_socket(site: Site) -> None:
    """Rebinding: whatever a look-up said before, the address that is dialled is the one checked."""
    site.serve("/feed", rss(item(1)))
    infos = await asyncio.get_running_loop().getaddrinfo("localhost", site.port, type=socket.SOCK_STREAM)
    for info in infos:
        with pytest.raises(ForbiddenAddress):
            guarded_socket(info)


async def test_proxies_of_the_environment_are_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.serve("/feed", rss(item(1)))
    monkeypatch.setenv("http_proxy", site.url("/proxy"))
    monkeypatch.setenv("HTTP_PROXY", site.url("/proxy"))
    await poll("http://feeds.invalid/rss")
    assert site.requests == []


async def test_poll_opens_nothing_but_the_feed(site: Site) -> None:
    links = f'<enclosure url="{site.url("/sound")}"/><comments>{site.url("/comments")}</comments>'
    body = rss(
        item(1, link=site.url("/page"), text=f"&lt;img src='{site.url('/pixel')}'&gt;") + links,
        head=f"<image><url>{site.url('/logo')}</url></image><docs>{site.url('/docs')}</docs>",
        prolog=f'<?xml version="1.0"?><?xml-stylesheet href="{site.url("/style")}"?>'
        f'<!DOCTYPE rss SYSTEM "{site.url("/dtd")}">',
    )
    result = await poll(site.serve("/feed", body))
    assert len(result.articles) == 1
    assert [request.path for request in site.requests] == ["/feed"]
