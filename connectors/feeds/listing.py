"""A list of feeds -> records of the feeds topic: what of it is to be subscribed to. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.feeds.health import feed_id
from connectors.feeds.ledger import Ledger, Subscription
from connectors.feeds.source import Source
from connectors.publish import Record
from events.feed import AddedBy
from events.rejected import Rejected
from events.times import parse_instant, wire_time
from events.wire import cloud_headers, encode


def record(subscription: Subscription) -> Record:
    """Give the record that subscribes."""
    value = subscription.feed()
    data = encode(value)
    return Record(subscription.feed_id.encode(), data, cloud_headers(value, data))


def removal(name: str) -> Record:
    """Give the record that ends a subscription: a tombstone."""
    return Record(name.encode(), None)


def records(sources: Iterable[Source], ledger: Ledger, now: datetime) -> list[Record]:
    """Give the records that subscribe to what of a list is not known.

    What somebody removed stays removed, and what somebody changed as it is; a name or source id that was
    changed in the list itself is taken over.
    """
    found: dict[str, Subscription] = {}
    for source in sources:
        wanted = subscription(source, ledger, now, "list")
        known = ledger.get(wanted.feed_id)
        if ledger.was_removed(wanted.feed_id) or wanted.feed_id in found:
            continue
        if known is None or (known.added_by == "list" and _differs(known, wanted)):
            found[wanted.feed_id] = wanted
    return [record(one) for one in found.values()]


def _differs(known: Subscription, wanted: Subscription) -> bool:
    return (known.source_id, known.name, known.folders) != (wanted.source_id, wanted.name, wanted.folders)


def subscription(
    source: Source, ledger: Ledger, now: datetime, added_by: AddedBy, folders: Sequence[str] = ()
) -> Subscription:
    """Give a new subscription to `source`, later than whatever there was before."""
    name = feed_id(source)
    return Subscription(
        feed_id=name,
        address=source.shown,
        source_id=source.identity,
        name=source.name,
        since=_after(ledger.since(name), now),
        added_by=added_by,
        folders=tuple(folders) or source.folders,
    )


def changed(known: Subscription, ledger: Ledger, now: datetime, **values: object) -> Subscription:
    """Give a subscription with other values, later than the one before."""
    since = _after(ledger.since(known.feed_id), now)
    return msgspec.structs.replace(known, since=since, added_by="command", **values)


def _after(before: str, now: datetime) -> str:
    """Give the time of a subscription: now, or a moment after the last one where the clock went back."""
    try:
        least = parse_instant(before) + timedelta(milliseconds=1)
    except Rejected:
        return wire_time(now)
    return wire_time(max(now, least))
