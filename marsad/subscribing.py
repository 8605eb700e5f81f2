"""`marsad feeds add|remove|import`: what becomes of what a person asks for, as lines to show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.feeds import listing, opml
from connectors.feeds.discover import Found, discover
from connectors.feeds.poll import Poller
from connectors.feeds.source import Refused, Source, from_argument, safe, without_credentials
from marsad.connection import client_options
from marsad.feeding import secrets_of
from marsad.output import say
from marsad.settings import Settings
from marsad.subscriptions import Book, added, found, read, write

NO_FEED = ("a web page", "a sitemap", "a list of feeds", "JSON, but", "neither XML")
"""What says for sure that an address is no feed, so that it is not subscribed; whatever else may pass."""
Lines = tuple[list[str], list[str]]


async def add_all(
    settings: Settings, addresses: Sequence[str], values: Mapping[str, Any], check: bool
) -> Lines:
    """Subscribe to each address, or to the feeds behind it."""
    client = client_options(settings)
    book = await read(client, settings.topic_prefix)
    private, lines, refused, records = frozenset(settings.allow_private_hosts), [], [], []
    async with Poller(private, secrets=secrets_of(settings), contact=settings.contact) as poller:
        for address in addresses:
            try:
                sources = await _behind(poller, _web(address), check)
            except Refused as reason:
                refused.append(f"{safe(without_credentials(address))}: {reason}")
                continue
            for source in sources:
                outcome = added(book, source, values, datetime.now(UTC))
                lines.append(source.shown)
                if outcome is None:
                    say(f"{source.shown}: is subscribed already")
                    continue
                say(f"{source.shown}: {outcome[1]}")
                records.append(outcome[0])
    await write(client, settings.topic_prefix, records)
    return lines, refused


def _web(address: str) -> Source:
    source = from_argument(address)
    if source.address is None:
        raise Refused("only http and https addresses can be subscribed; files stand in a list (--feeds)")
    if source.address != source.shown:
        say(f"{source.shown}: its password is not put on the broker; it belongs into feed_secrets")
    return source


async def _behind(poller: Poller, source: Source, check: bool) -> list[Source]:
    """Give what to subscribe to for an address: itself, or the feeds that its site names."""
    if not check:
        return [source]
    try:
        feeds = await discover(poller, source)
    except Refused as refused:
        if str(refused).startswith(NO_FEED):
            raise
        say(f"{source.shown}: cannot be read now ({refused}); subscribed as it is")
        return [source]
    for feed in feeds:
        _tell(source, feed)
    return [feed.source for feed in feeds]


def _tell(source: Source, feed: Found) -> None:
    if feed.source.public_key != source.public_key:
        say(
            f"{source.shown}: found {feed.source.shown} ({feed.title or 'no title'}, {len(feed.items)} items)"
        )


async def remove_all(settings: Settings, wanted: Sequence[str]) -> Lines:
    """End the subscriptions that `wanted` names."""
    client = client_options(settings)
    book = await read(client, settings.topic_prefix)
    lines, refused, records = [], [], []
    for name in wanted:
        feeds = found(book, without_credentials(name))
        if not feeds:
            refused.append(f"{safe(without_credentials(name))}: is not subscribed")
        for feed in feeds:
            records.append(listing.removal(feed.feed_id))
            lines.append(feed.feed_url)
    await write(client, settings.topic_prefix, records)
    return lines, refused


async def import_all(settings: Settings, lists: Sequence[Path]) -> Lines:
    """Subscribe to what stands in lists."""
    client = client_options(settings)
    book = await read(client, settings.topic_prefix)
    lines: list[str] = []
    refused: list[str] = []
    records = []
    seen: set[str] = set()
    for path in lists:
        sources, refusals = opml.load(path)
        refused += map(str, refusals)
        for source in sources:
            subscription = listing.subscription(source, book.ledger, datetime.now(UTC), "command")
            if source.address is None:
                refused.append(f"{path} {source.shown}: a file, which other machines cannot read")
            elif subscription.feed_id not in book.feeds and subscription.feed_id not in seen:
                seen.add(subscription.feed_id)
                records.append(listing.record(subscription))
                lines.append(source.shown)
        say(f"{path}: {len(sources)} feeds, {len(lines)} of them not subscribed before")
    await write(client, settings.topic_prefix, records)
    return lines, refused


__all__ = ["Book", "add_all", "import_all", "remove_all"]
