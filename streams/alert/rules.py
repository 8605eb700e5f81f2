"""A rules file -> rules, test cases and faults.

Every fault of the file is found in one reading, each with line and column. A rule with an error is left out;
the others stand. docs/alerts.md tells what each key means.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from events.alert import (
    AlertReason,
    GroupField,
    Pair,
    Policy,
    QuietHours,
    Rule,
    Severity,
    StoryNeed,
    Throttle,
)
from events.identity import digest
from events.wire import encode
from streams.alert.compiled import compiled_query
from streams.alert.faults import Fault, Place, QueryError
from streams.alert.query import MAX_CHARACTERS, oddities
from streams.alert.reading import Reading, duration_ms
from streams.alert.template import MAX_TEMPLATE, check_template
from streams.alert.testcases import Case, read_cases
from streams.alert.yamltree import Keys, Text, Tree, YamlError, place_within, read_tree

RULE_KEYS = ("id", "name", "query", "severity", "group_by", "again", "count", "window", "repeat", "throttle",
             "quiet_hours", "labels", "annotations", "enabled")  # fmt: skip
SEVERITIES: tuple[str, ...] = get_args(Severity)
GROUPS: tuple[str, ...] = get_args(GroupField)
AGAIN = tuple(reason for reason in get_args(AlertReason) if reason not in ("first", "repeat"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEEDED_QUIET = ("from", "to", "timezone")
MAX_PAIRS = 32
MAX_PAGES = 100
RESERVED = frozenset({"alertname", "severity", "rule_id", "group_key"})
"""Labels that every alert has at its receivers anyway."""

ID_WORDS = "1 to 64 of the letters A to Z, digits, . _ -, the first a letter or digit"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_THROTTLE = re.compile(r"([0-9]{1,3}) ?(?:/|per) ?([0-9smhd]+)")


@dataclass(slots=True)
class RuleFile:
    """What stands in a file: the rules that are good, its test cases, and all that is wrong or odd."""

    rules: list[Rule] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def errors(self) -> list[Fault]:
        """The faults that are no warnings."""
        return [fault for fault in self.faults if fault.kind == "error"]


def read_rules(source: str) -> RuleFile:
    """Read a rules file; whatever is wrong stands in `faults`, nothing is raised."""
    reading, found = Reading(), RuleFile()
    try:
        tree = read_tree(source)
    except YamlError as error:
        return RuleFile(faults=[Fault(error.place, error.message)])
    top = reading.keys(tree, "the file") if tree is not None else None
    if tree is None:
        reading.fault(Place(1, 1), "the file is empty; it must hold `rules:`")
    if top is not None:
        reading.known(top, ("rules", "tests"), "the file")
        if "rules" not in top.entries:
            reading.fault(top.place, "`rules:` is missing")
        else:
            found.rules = _rules(reading, top.entries["rules"][1], source)
        if "tests" in top.entries:
            found.cases = read_cases(reading, top.entries["tests"][1])
    found.faults = sorted(reading.faults, key=lambda fault: (fault.place.line, fault.place.column))
    return found


def _rules(reading: Reading, tree: Tree, source: str) -> list[Rule]:
    rules: list[Rule] = []
    seen: dict[str, Place] = {}
    for item in reading.items(tree, "rules"):
        keys = reading.keys(item, "a rule")
        if keys is None:
            continue
        before = sum(fault.kind == "error" for fault in reading.faults)
        rule = _RuleReader(reading, keys, source).rule()
        place = keys.entries["id"][1].place if "id" in keys.entries else keys.place
        if rule and rule.rule_id in seen:
            reading.fault(place, f"the id {rule.rule_id!r} stands in line {seen[rule.rule_id].line} already")
        good = before == sum(fault.kind == "error" for fault in reading.faults)
        if rule and good:
            seen[rule.rule_id] = place
            if _enabled(reading, keys):
                rules.append(rule)
    return rules


def _enabled(reading: Reading, keys: Keys) -> bool:
    return "enabled" not in keys.entries or reading.flag(keys.entries["enabled"][1], "enabled") is not False


class _RuleReader:
    """Reads one rule."""

    def __init__(self, reading: Reading, keys: Keys, source: str) -> None:
        self._reading, self._keys, self._source = reading, keys, source

    def rule(self) -> Rule | None:
        """Give the rule; None where its id or query is missing (a fault says so)."""
        reading = self._reading
        reading.known(self._keys, RULE_KEYS, "a rule")
        rule_id = self._needed("id", lambda tree: reading.matching(tree, "id", _ID, ID_WORDS))
        query = self._needed("query", lambda tree: reading.text(tree, "query", MAX_CHARACTERS))
        if "enabled" in self._keys.entries:
            _enabled(reading, self._keys)
        policy = self._policy()
        needs = self._needs(query, policy.window_ms) if query else ()
        severity = self._optional("severity", lambda tree: reading.choice(tree, "severity", SEVERITIES))
        name = self._optional("name", lambda tree: reading.text(tree, "name", 200))
        labels, annotations = self._labels(), self._annotations()
        if rule_id is None or query is None:
            return None
        return versioned(Rule(
            rule_id=rule_id, version="", name=name or rule_id, query=query, severity=severity or "warning",
            policy=msgspec.structs.replace(policy, needs=needs), labels=labels, annotations=annotations,
            applied_at="",
        ))  # fmt: skip

    def _needed(self, key: str, read: Any) -> Any:
        if key not in self._keys.entries:
            self._reading.fault(self._keys.place, f"the rule has no {key!r}")
            return None
        return read(self._keys.entries[key][1])

    def _optional(self, key: str, read: Any) -> Any:
        return read(self._keys.entries[key][1]) if key in self._keys.entries else None

    def _needs(self, query: str, window_ms: int | None) -> tuple[StoryNeed, ...]:
        tree = self._keys.entries["query"][1]
        assert isinstance(tree, Text)  # noqa: S101 - it gave a text
        try:
            found = compiled_query(query, window_ms)
        except QueryError as error:
            place = place_within(self._source, tree, error.offset)
            self._reading.fault(place, f"query: {error.message}")
            return ()
        for offset, words in oddities(query, found.node):
            self._reading.fault(place_within(self._source, tree, offset), f"query: {words}", "warning")
        return found.needs

    def _policy(self) -> Policy:
        reading = self._reading
        groups = self._optional("group_by", lambda t: reading.choices(t, "group_by", GROUPS, "none"))
        again = self._optional("again", lambda t: reading.choices(t, "again", AGAIN, "never"))
        count = self._optional("count", lambda t: reading.whole(t, "count", 1, 10_000))
        window = self._optional("window", lambda t: reading.told(t, "window", duration_ms))
        if count is not None and count > 1 and "window" not in self._keys.entries:
            reading.fault(self._keys.entries["count"][0].place, "count needs a window: how many within what?")
        return Policy(
            group_by=("story",) if groups is None else groups,
            again=("toll_rises", "withdrawn") if again is None else again,
            count=count or 1,
            window_ms=window,
            repeat_ms=self._optional("repeat", lambda t: reading.told(t, "repeat", _repeat)) or None,
            throttle=self._optional("throttle", lambda t: reading.told(t, "throttle", _throttle)),
            quiet_hours=self._optional("quiet_hours", self._quiet_hours),
        )

    def _quiet_hours(self, tree: Tree) -> QuietHours | None:
        reading = self._reading
        keys = reading.keys(tree, "quiet_hours")
        if keys is None:
            return None
        reading.known(keys, ("from", "to", "timezone", "days", "except"), "quiet_hours")
        read: dict[str, Any] = {}
        for name, missing in (
            ("from", True),
            ("to", True),
            ("timezone", True),
            ("days", False),
            ("except", False),
        ):
            if name in keys.entries:
                read[name] = _QUIET[name](reading, keys.entries[name][1])
            elif missing:
                reading.fault(keys.place, f"quiet_hours has no {name!r}")
        if any(read.get(name) is None for name in NEEDED_QUIET):
            return None
        if read["from"] == read["to"]:
            reading.fault(keys.place, "quiet_hours begin and end at the same minute")
        days = tuple(DAYS.index(day) + 1 for day in read.get("days") or DAYS)
        return QuietHours(start=read["from"], end=read["to"], timezone=read["timezone"], days=days,
                          except_from=read.get("except"))  # fmt: skip

    def _labels(self) -> tuple[Pair, ...]:
        pairs = []
        for name, (key, tree) in self._pairs("labels"):
            if not _LABEL.fullmatch(name):
                self._reading.fault(key.place, f"the label {name[:40]!r} must be letters, digits and _")
            elif name in RESERVED:
                self._reading.fault(key.place, f"the label {name!r} is set by Marsad")
            value = self._reading.text(tree, f"the label {name[:40]!r}", 200)
            pairs.append(Pair(name=name, value=value or ""))
        return tuple(pairs)

    def _annotations(self) -> tuple[Pair, ...]:
        pairs = []
        for name, (key, tree) in self._pairs("annotations"):
            if not _LABEL.fullmatch(name):
                self._reading.fault(key.place, f"the annotation {name[:40]!r} must be letters, digits and _")
            value = self._reading.text(tree, f"the annotation {name[:40]!r}", MAX_TEMPLATE)
            if value is not None and isinstance(tree, Text):
                try:
                    check_template(value)
                except QueryError as error:
                    place = place_within(self._source, tree, error.offset)
                    self._reading.fault(place, f"annotation {name[:40]!r}: {error.message}")
            pairs.append(Pair(name=name, value=value or ""))
        return tuple(pairs)

    def _pairs(self, key: str) -> Any:
        keys = self._optional(key, lambda tree: self._reading.keys(tree, key))
        if keys is None:
            return ()
        if len(keys.entries) > MAX_PAIRS:
            self._reading.fault(keys.place, f"more than {MAX_PAIRS} {key}")
        return list(keys.entries.items())


def versioned(rule: Rule) -> Rule:
    """Give the rule with its version: a digest of what it says, not of when it was applied."""
    said = msgspec.structs.replace(rule, version="", applied_at="", starts=())
    return msgspec.structs.replace(rule, version=digest("rule", encode(said).decode(), size=8))


def _repeat(text: str) -> int:
    return 0 if text == "never" else duration_ms(text)


def _throttle(text: str) -> Throttle:
    found = _THROTTLE.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= MAX_PAGES:
        raise ValueError(f"{text[:40]!r} is no throttle; write `10 per 1h`, at most {MAX_PAGES} pages")
    return Throttle(pages=int(found[1]), window_ms=duration_ms(found[2]))


def _timezone(text: str) -> str:
    try:
        datetime(2026, 1, 1, tzinfo=ZoneInfo(text))
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"no time zone {text[:40]!r}; write one as Asia/Baghdad") from error
    return text


_QUIET: dict[str, Any] = {
    "from": lambda reading, tree: reading.matching(tree, "from", _CLOCK, "write it as 23:00"),
    "to": lambda reading, tree: reading.matching(tree, "to", _CLOCK, "write it as 06:30"),
    "timezone": lambda reading, tree: reading.told(tree, "timezone", _timezone),
    "days": lambda reading, tree: reading.choices(tree, "days", DAYS, "never"),
    "except": lambda reading, tree: reading.choice(tree, "except", SEVERITIES),
}
