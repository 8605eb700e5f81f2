"""The memory of alerts and the decision on one match: (memory, Match) -> (Alert or nothing, changes).

    decide(match) -> Decision    reads, changes nothing
    apply(changes)               writes through to the store and brings what is derived up to date
    rebuild()                    derives everything afresh from the store

As in dedupe the memory is a log of decisions, one entry a match, holding the state of its group after it;
so one write is a whole step. The same entries give the same decisions, whether lived through or rebuilt, and
a match that comes again (its rule has seen this event) gets the alert it got at first, to the byte.
"""

from collections import deque
from collections.abc import MutableMapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import msgspec

from events.alert import Alert, AlertBase, AlertReason, Match
from events.identity import digest
from events.wire import encode
from streams.alert.group import Group, clock_of, deliver_after, enough, paged, reason_for, seen, throttled
from streams.changes import Changes

VERSION = 1
DAY_MS = 24 * 60 * 60 * 1000
Outcome = Literal["paged", "grouped", "throttled", "waiting"]
"""paged; says nothing new of its group; its rule has paged too often; the window does not hold enough yet."""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How long a quiet group is known, and how many entries a partition keeps at most."""

    horizon_ms: int = 7 * DAY_MS
    max_entries: int = 100_000
    evictions_per_match: int = 4


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was decided about one match. `alert` holds the bytes that were sent."""

    v: int = VERSION
    seq: int
    rule_id: str
    group_key: str
    event_id: str
    article_id: str
    clock: int
    time: int
    """The memory's own time: never back, and a day ahead at most for one match."""
    outcome: Outcome
    group: Group
    alert: bytes = b""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a match; `alert` where it pages."""

    outcome: Outcome
    alert: Alert | None
    redelivered: bool
    changes: Changes


def _key(seq: int) -> str:
    return f"{seq:012d}"


class AlertIndex:
    """Everything that is remembered of matches, over `store` (key -> entry)."""

    def __init__(
        self,
        store: MutableMapping[str, bytes] | None = None,
        settings: AlertSettings = AlertSettings(),
    ) -> None:
        self._store: MutableMapping[str, bytes] = {} if store is None else store
        self._settings = settings
        self._forget_all()

    def _forget_all(self) -> None:
        self._next = 0
        self._time = 0
        self._line: deque[tuple[int, int]] = deque()
        self._events: dict[tuple[str, str], int] = {}
        self._groups: dict[tuple[str, str], int] = {}
        self._articles: dict[tuple[str, str], int] = {}
        self._pages: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._line)

    def decide(self, match: Match) -> Decision:
        """Say whether `match` pages; changes nothing. Raises `Rejected` for a time that is none."""
        known = self._events.get((match.rule_id, match.event_id))
        if known is not None:
            return self._again(self._entry(known))
        clock = clock_of(match)
        key = self._group_key(match)
        latest = self._groups.get((match.rule_id, key))
        group = seen(self._entry(latest).group if latest is not None else Group(), match, clock)
        outcome, reason = self._judged(group, match, clock)
        alert = None
        if reason is not None:
            suppressed = group.suppressed - 1
            group = paged(group, match, clock)
            alert = _alert(match, key, reason, group, suppressed)
        return self._decision(match, key, clock, outcome, group, alert)

    def _again(self, entry: Entry) -> Decision:
        alert = msgspec.json.decode(entry.alert, type=Alert) if entry.alert else None
        # Written again, as in dedupe: what was applied before its changelog record was sent goes out now.
        changes = Changes(put=((_key(entry.seq), self._store[_key(entry.seq)]),))
        return Decision(entry.outcome, alert, True, changes)

    def _judged(self, group: Group, match: Match, clock: int) -> tuple[Outcome, AlertReason | None]:
        if not enough(group, match, clock):
            return "waiting", None
        reason = reason_for(group, match, clock)
        if reason is None:
            return "grouped", None
        if throttled(match.policy, clock, self._pages.get(match.rule_id, [])):
            return "throttled", None
        return "paged", reason

    def _decision(
        self, match: Match, key: str, clock: int, outcome: Outcome, group: Group, alert: Alert | None
    ) -> Decision:
        time = max(self._time, min(clock, self._time + DAY_MS)) if self._line else clock
        entry = Entry(
            seq=self._next, rule_id=match.rule_id, group_key=key, event_id=match.event_id,
            article_id=match.article_id, clock=clock, time=time, outcome=outcome, group=group,
            alert=encode(alert) if alert else b"",
        )  # fmt: skip
        put = ((_key(entry.seq), msgspec.msgpack.encode(entry)),)
        return Decision(outcome, alert, False, Changes(put, tuple(map(_key, self._expired(time)))))

    def _group_key(self, match: Match) -> str:
        """Give the group: that of the article it revises or copies, where its story became another one's."""
        if match.policy.group_by != ("story",):
            return match.group_key
        if (match.rule_id, match.group_key) in self._groups:
            return match.group_key
        for article_id in (match.article_id, match.relates_to):
            seq = self._articles.get((match.rule_id, article_id)) if article_id else None
            if seq is not None:
                return self._entry(seq).group_key
        return match.group_key

    def _entry(self, seq: int) -> Entry:
        return _read(self._store[_key(seq)])

    def _expired(self, time: int) -> list[int]:
        limit = time - self._settings.horizon_ms
        surplus = len(self._line) + 1 - self._settings.max_entries
        first = islice(self._line, self._settings.evictions_per_match)
        return [seq for place, (seq, at) in enumerate(first) if at < limit or place < surplus]

    @property
    def entries(self) -> int:
        """How many entries are remembered; any thread may ask."""
        return len(self._line)

    def apply(self, changes: Changes) -> None:
        """Write `changes` to the store and into what is derived; doing so twice changes nothing more."""
        for key, data in changes.put:
            self._store[key] = data
            self._remember(_read(data))
        for key in changes.delete:
            gone = self._store.get(key)
            if gone is not None:
                self._forget(_read(gone))
                del self._store[key]

    def _remember(self, entry: Entry) -> None:
        if (entry.rule_id, entry.event_id) in self._events:
            return
        self._next, self._time = entry.seq + 1, entry.time
        self._line.append((entry.seq, entry.time))
        self._events[entry.rule_id, entry.event_id] = entry.seq
        self._groups[entry.rule_id, entry.group_key] = entry.seq
        self._articles[entry.rule_id, entry.article_id] = entry.seq
        if entry.outcome == "paged":
            pages = self._pages.setdefault(entry.rule_id, [])
            pages.append(entry.clock)
            del pages[:-MAX_PAGES]

    def _forget(self, entry: Entry) -> None:
        """Forget an entry: always the oldest one left."""
        if self._line and self._line[0][0] == entry.seq:
            self._line.popleft()
        self._events.pop((entry.rule_id, entry.event_id), None)
        for index, key in ((self._groups, entry.group_key), (self._articles, entry.article_id)):
            if index.get((entry.rule_id, key)) == entry.seq:
                del index[entry.rule_id, key]

    def rebuild(self) -> None:
        """Derive the memory afresh from all entries in the store, in the order of their keys."""
        self._forget_all()
        for key in sorted(self._store):
            self._remember(_read(self._store[key]))


MAX_PAGES = 100
"""Times of pages that are kept for a rule; no throttle counts more."""


def _read(data: bytes) -> Entry:
    entry = msgspec.msgpack.decode(data, type=Entry)
    if entry.v != VERSION:
        raise ValueError(f"a memory entry of version {entry.v}; this build reads {VERSION}")
    return entry


def _alert(match: Match, key: str, reason: AlertReason, group: Group, suppressed: int) -> Alert:
    carried = {name: getattr(match, name) for name in AlertBase.__struct_fields__}
    alert = Alert(
        **carried | {"group_key": key},
        alert_id="",
        reason=reason,
        page=group.pages,
        matches=group.matches,
        suppressed=suppressed,
        deliver_after=deliver_after(match.policy.quiet_hours, match.severity, match.occurred_at),
    )
    return msgspec.structs.replace(alert, alert_id=digest("alert", encode(alert).decode()))
