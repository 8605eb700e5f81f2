"""What is remembered of a feed between polls, and what of a new poll is therefore news.

`diff` is pure: memory and a poll in, the articles to emit and the next memory out. The caller saves only
what it has delivered (guarantee 4): in a folder (`folder.py`) or in Kafka (`tables.py`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from connectors.feeds.document import NO_ASKS, Asks
from connectors.feeds.fetch import NO_VALIDATORS, Validators
from events.article import RawArticle
from events.identity import digest
from events.urls import canonical_url
from events.wire import encode

VERSION = 2
STORM = 5
"""From so many known items on, all of them changed in nothing but dates, links or guids is no news."""
_KEPT = 4
"""How many times the feed's own length is remembered of items that have left it."""
_KEPT_AT_LEAST = 400
_KEPT_AT_MOST = 20_000


class Seen(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One item that was seen, under every name it may come back by; digests all.

    `moved` is the guid less its host, `own` names an item whose guid and link are shared or missing.
    `core` covers title and text, `full` every field.
    """

    guid: str | None
    moved: str | None
    url: str | None
    own: str
    core: str
    full: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where permanent redirects lead: how often that was seen, since when, and whether it is believed."""

    address: str
    times: int = 1
    since: float = 0.0
    proven: bool = False


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How the polling of a feed goes: rhythm, failures, and when it comes next. Times as on the wire.

    Numbers of time are seconds since 1970, lengths are in seconds.
    """

    interval: float | None = None
    next_at: float = 0.0
    full_at: float = 0.0
    """Last request without conditions: some servers answer 304 for ever."""
    errors: int = 0
    strikes: float = 0.0
    """Failures in a row, each by its weight (`schedule.weight`)."""
    blocked: bool = False
    gone: bool = False
    host_until: float = 0.0
    """Until when its host wants to be left alone by all of its feeds."""
    last_polled_at: str | None = None
    last_success_at: str | None = None
    last_new_at: str | None = None
    last_error: str | None = None
    failing_since: str | None = None
    items: int | None = None
    new: int | None = None
    pauses: tuple[tuple[int, float], ...] = ()
    """The longest pause before the news of each of the last days that had some (`rhythm.py`)."""
    silent_since: str | None = None
    move: Move | None = None
    asks: Asks = NO_ASKS
    """What the feed asked of us when it was last read; a 304 does not repeat it."""
    lease_until: float = 0.0
    """The WebSub subscription that a hub has confirmed holds until then."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one feed, most recently seen items first."""

    version: int = VERSION
    feed_url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body: str | None = None
    """Digest of the last body: many servers give no validators (Feedbin keeps the same)."""
    seen: tuple[Seen, ...] = ()
    course: Course | None = None

    @property
    def validators(self) -> Validators:
        """What to ask the server with."""
        return Validators(self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class Difference:
    """What to emit, in document order, and what to remember once it has been delivered."""

    articles: tuple[RawArticle, ...]
    memory: Memory
    new: int = 0
    changed: int = 0
    shared: int = 0
    """Items of this poll that were known before; 0 of many is a gap."""


def diff(
    memory: Memory,
    articles: Sequence[RawArticle],
    validators: Validators = NO_VALIDATORS,
    body: str | None = None,
) -> Difference:
    """Compare a poll with what is remembered.

    New is an item that no name of it recalls. Changed is a known item with another title or text, or
    with any other field changed, unless at least `STORM` known items changed so all at once.
    """
    poll = [_seen(article) for article in articles]
    known = _Index(memory.seen)
    shared_guids = {guid for guid, times in Counter(item.guid for item in poll).items() if times > 1}
    shared_urls = {url for url, times in Counter(item.url for item in poll).items() if times > 1}
    before = [known.match(item, item.guid in shared_guids, item.url in shared_urls) for item in poll]
    kinds = [_kind(item, old) for item, old in zip(poll, before, strict=True)]
    storm = kinds.count("touched") >= STORM and not {"same", "changed"} & set(kinds)
    wanted = {"new", "changed"} if storm else {"new", "changed", "touched"}
    return Difference(
        articles=tuple(a for a, kind in zip(articles, kinds, strict=True) if kind in wanted),
        memory=_next(memory, poll, [old for old in before if old], validators, body),
        new=kinds.count("new"),
        changed=sum(kind in wanted for kind in kinds) - kinds.count("new"),
        shared=len(kinds) - kinds.count("new"),
    )


def _kind(item: Seen, old: Seen | None) -> str:
    if old is None:
        return "new"
    if item.core != old.core:
        return "changed"
    if item.full == old.full:
        return "same"
    return "moved" if item.moved and item.moved == old.moved and item.guid != old.guid else "touched"


class _Index:
    """Finds a remembered item by the names of a new one, surest name first."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._guid = _groups((item.guid, item) for item in seen)
        self._own = _groups((item.own, item) for item in seen)
        self._url = _groups((item.url, item) for item in seen)
        self._moved = _groups((item.moved, item) for item in seen)

    def match(self, item: Seen, guid_is_shared: bool, url_is_shared: bool) -> Seen | None:
        """Give the remembered item, or None. Guids churn and are shared, so the text has a say."""
        if item.guid and not guid_is_shared and len(found := self._guid.get(item.guid, [])) == 1:
            return found[0]
        for found in (self._own.get(item.own, []), self._guid.get(item.guid or "", [])):
            same = [old for old in found if old.core == item.core]
            if same:
                return same[0]
        if self._own.get(item.own):
            return self._own[item.own][0]
        if item.url and not url_is_shared and len(found := self._url.get(item.url, [])) == 1:
            by_url = found[0]
            if not item.guid or by_url.guid is None or by_url.core == item.core:
                return by_url
        return next((old for old in self._moved.get(item.moved or "", []) if old.core == item.core), None)


def _groups(pairs: Iterable[tuple[str | None, Seen]]) -> dict[str, list[Seen]]:
    groups: dict[str, list[Seen]] = {}
    for name, item in pairs:
        if name:
            groups.setdefault(name, []).append(item)
    return groups


def _seen(article: RawArticle) -> Seen:
    """Digest an item; what belongs to its feed or to this fetch does not count as a change of it."""
    own = msgspec.structs.replace(
        article, source_id="", source_name=None, feed_url=None, lang=None, fetched_at=""
    )
    texts = (article.title, article.summary_html, article.content_html, article.content_text)
    core = digest(*(" ".join((text or "").split()) for text in texts), size=8)
    url = canonical_url(article.url) if article.url else None
    names = (article.item_id or "", url or "", article.title or "", article.published_raw or "")
    return Seen(
        guid=_short(article.item_id),
        moved=_short(_less_host(article.item_id)),
        url=_short(url),
        own=digest(*names, size=8),
        core=core,
        full=digest(encode(own).decode(), size=8),
    )


def _short(text: str | None) -> str | None:
    return digest(text, size=8) if text else None


def _less_host(guid: str | None) -> str | None:
    """Give what stays of a guid when only the host moves (NetNewsWire#324: http to https; build hosts)."""
    if not guid or "://" not in guid:
        return None
    try:
        parts = urlsplit(guid)
    except ValueError:
        return None
    rest = f"{parts.path}?{parts.query}#{parts.fragment}"
    return rest if len(rest) > 3 else None


def _next(
    memory: Memory, poll: list[Seen], recalled: list[Seen], validators: Validators, body: str | None
) -> Memory:
    """Remember this poll first, then what went before, up to a few times the feed's length."""
    gone = set(map(id, recalled))
    older = [item for item in memory.seen if id(item) not in gone]
    room = min(max(_KEPT_AT_LEAST, _KEPT * len(poll)), max(_KEPT_AT_MOST, len(poll)))
    return Memory(
        feed_url=memory.feed_url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        body=body,
        seen=(*poll, *older[: max(0, room - len(poll))]),
        course=memory.course,
    )


def unchanged(memory: Memory, validators: Validators) -> Memory:
    """Give the memory after a 304, which may bring newer validators (RFC 9111, section 4.3.4)."""
    return msgspec.structs.replace(
        memory,
        etag=validators.etag or memory.etag,
        last_modified=validators.last_modified or memory.last_modified,
    )
