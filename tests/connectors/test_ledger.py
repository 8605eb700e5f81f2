"""Who is subscribed, whatever the order in which people and connectors write."""

import pytest

from connectors.feeds import listing
from connectors.feeds.ledger import Ledger
from connectors.feeds.source import Refused, web_source
from events.feed import Feed
from events.times import parse_instant
from events.wire import encode

NOW = parse_instant("2026-11-22T03:00:00Z")
LATER = parse_instant("2026-11-22T04:00:00Z")


def value(since: str | None = "2026-11-22T03:00:00.000Z", name: str | None = None, **more: object) -> bytes:
    return encode(
        Feed(
            feed_id="f1", feed_url="https://furat.example/rss", source_id="furat", source_name=name,
            status="active", subscribed_at=since, **more,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def test_a_report_is_no_change() -> None:
    ledger = Ledger()
    assert ledger.apply(b"f1", value())[0] == "added"
    assert ledger.apply(b"f1", value(errors=3))[0] == "report"
    assert len(ledger.all()) == 1


def test_a_report_of_one_who_had_not_seen_the_change_does_not_undo_it() -> None:
    ledger = Ledger()
    ledger.apply(b"f1", value())
    assert ledger.apply(b"f1", value("2026-11-22T04:00:00.000Z", "الفرات"))[0] == "changed"
    assert ledger.apply(b"f1", value(errors=1))[0] == "report"
    subscription = ledger.get("f1")
    assert subscription is not None
    assert subscription.name == "الفرات"


def test_a_report_after_the_removal_brings_nothing_back() -> None:
    ledger = Ledger()
    ledger.apply(b"f1", value())
    assert ledger.apply(b"f1", None)[0] == "removed"
    assert ledger.apply(b"f1", value(errors=1))[0] == "stale"
    assert ledger.get("f1") is None
    assert ledger.was_removed("f1")
    assert ledger.apply(b"f1", value("2026-11-22T04:00:00.000Z"))[0] == "added"


def test_the_list_is_read_once_and_undoes_nothing() -> None:
    ledger = Ledger()
    sources = [web_source(f"https://furat.example/{name}") for name in "abc"]
    for record in listing.records(sources, ledger, NOW):
        ledger.apply(record.key, record.value)
    assert [one.address for one in ledger.all()] == [source.shown for source in sources]
    assert listing.records(sources, ledger, LATER) == []
    first, second, _ = ledger.all()
    ledger.apply(first.feed_id.encode(), None)
    renamed = listing.changed(second, ledger, LATER, name="غيّره إنسان")
    record = listing.record(renamed)
    assert ledger.apply(record.key, record.value)[0] == "changed"
    assert listing.records(sources, ledger, LATER) == []


def test_what_changed_in_the_list_itself_is_taken_over() -> None:
    ledger = Ledger()
    source = web_source("https://furat.example/a")
    for name in ("قديم", "جديد"):
        named = type(source)(source.shown, source.address, None, "furat", name)
        for record in listing.records([named], ledger, NOW):
            ledger.apply(record.key, record.value)
    assert [one.name for one in ledger.all()] == ["جديد"]


def test_a_clock_that_went_back_undoes_no_change() -> None:
    ledger = Ledger()
    source = web_source("https://furat.example/a")
    record = listing.record(listing.subscription(source, ledger, LATER, "command"))
    ledger.apply(record.key, record.value)
    ledger.apply(record.key, None)
    again = listing.record(listing.subscription(source, ledger, NOW, "command"))
    assert ledger.apply(again.key, again.value)[0] == "added"


@pytest.mark.parametrize(
    ("key", "data"),
    [
        (b"f1", b"{"),
        (b"f1", b"[]"),
        (b"f1", b'{"feed_id":"f1"}'),
        (b"f2", value()),
        (None, value()),
        (b"../x\n", value()),
        (b"x" * 200, value()),
    ],
)
def test_what_is_no_feed_is_refused_and_changes_nothing(key: bytes | None, data: bytes) -> None:
    ledger = Ledger()
    with pytest.raises(Refused):
        ledger.apply(key, data)
    assert ledger.all() == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "/etc/passwd", "javascript:1", "ftp://x/", ""])
def test_an_address_on_the_topic_opens_no_file(address: str) -> None:
    ledger = Ledger()
    data = encode(Feed(feed_id="f1", feed_url=address, source_id="x", status="new"))
    ledger.apply(b"f1", data)
    subscription = ledger.get("f1")
    assert subscription is not None
    with pytest.raises(Refused):
        subscription.source()
