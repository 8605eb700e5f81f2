"""Subscriptions on the broker: read from the feeds topic, written to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka.errors import KafkaError

from connectors.feeds import listing
from connectors.feeds.diagnosis import diagnose
from connectors.feeds.ledger import Ledger, Subscription
from connectors.feeds.opml import Outline
from connectors.feeds.source import Refused, Source
from connectors.publish import BrokerAway, NoTopic, Publisher, Record
from events import topics
from events.feed import Feed
from events.wire import cloud_headers, encode, to_dict
from marsad.accounting import read_all
from marsad.errors import Failure
from marsad.topics import unreachable

PATIENCE = 20.0


@dataclass(slots=True)
class Book:
    """All subscriptions with what is known of their health, in the order in which they came."""

    ledger: Ledger = field(default_factory=Ledger)
    feeds: dict[str, Feed] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def hear(self, record: Any) -> None:
        """Take one record of the topic."""
        try:
            change, name, feed = self.ledger.apply(record.key, record.value)
        except Refused as refused:
            self.faults.append(f"{record.topic}/{record.partition}/{record.offset}: {refused}")
            return
        if change == "removed":
            self.feeds.pop(name, None)
        elif feed and (known := self.ledger.get(name)):
            wanted = known.feed()
            self.feeds[name] = msgspec.structs.replace(feed, **{one: getattr(wanted, one) for one in _OURS})


_OURS = ("feed_url", "source_id", "source_name", "subscribed_at", "added_by", "folders", "full_text",
         "interval_seconds")  # fmt: skip


async def read(client: Mapping[str, Any], prefix: str) -> Book:
    """Read the feeds topic as it is now. Raises Failure."""
    book = Book()
    try:
        async for record in read_all(client, topics.full_name(topics.FEEDS, prefix)):
            book.hear(record)
    except (KafkaError, OSError) as error:
        raise unreachable(client, error) from error
    except LookupError as error:
        raise Failure(f"{error}") from error
    return book


async def write(client: Mapping[str, Any], prefix: str, records: Sequence[Record]) -> None:
    """Write records to the feeds topic, and return when they are there. Raises Failure."""
    try:
        async with Publisher(client, PATIENCE) as publisher:
            await publisher.publish(topics.full_name(topics.FEEDS, prefix), records)
    except (BrokerAway, NoTopic) as error:
        raise Failure(str(error)) from error


def added(book: Book, source: Source, values: Mapping[str, Any], now: datetime) -> tuple[Record, str] | None:
    """Give the record that subscribes, or changes a subscription, and what it does; None: nothing to do."""
    fresh = listing.subscription(source, book.ledger, now, "command")
    known = book.feeds.get(fresh.feed_id)
    if known is None:
        return _record(msgspec.structs.replace(fresh.feed(), **values)), "added"
    if known.status != "gone" and all(getattr(known, name) == value for name, value in values.items()):
        return None
    health: dict[str, Any] = {"status": "new", "errors": 0, "last_error": None, "failing_since": None}
    changes = {**values, "subscribed_at": fresh.since, "added_by": "command", "next_poll_at": None}
    return _record(msgspec.structs.replace(known, **changes, **(health if known.status == "gone" else {}))), (
        "changed"
    )


def _record(value: Feed) -> Record:
    data = encode(value)
    return Record(value.feed_id.encode(), data, cloud_headers(value, data))


def found(book: Book, wanted: str) -> list[Feed]:
    """Give the feeds that a person means: by id, by address, by source id, or a part of the address alone."""
    from connectors.feeds.health import feed_id  # noqa: PLC0415
    from connectors.feeds.source import from_argument  # noqa: PLC0415

    for feed in book.feeds.values():
        if wanted in (feed.feed_id, feed.feed_url):
            return [feed]
    try:
        by_address = book.feeds.get(feed_id(from_argument(wanted)))
    except Refused:
        by_address = None
    if by_address:
        return [by_address]
    return [feed for feed in book.feeds.values() if feed.source_id == wanted]


def row(feed: Feed, now: datetime | None = None) -> dict[str, Any]:
    """Give a feed's record with what is wrong in words."""
    said = diagnose(feed, now or datetime.now(UTC))
    return {**to_dict(feed), "wrong": said.wrong or None, "since": said.since, "next_try": said.next_try}


def outline(feed: Feed) -> Outline:
    """Give a feed as an entry of a list."""
    return Outline(feed.feed_url, 0, feed.source_name, feed.source_id, feed.folders)


__all__ = ["Book", "Subscription", "added", "found", "outline", "read", "row", "write"]
