"""All rules, indexed by what an article must hold for one of them to match.

Each rule stands under the anchors of its query (nodes.py): a word, a name, a source. An article's own words
and names find the rules that can match at all, and only these are tried. Rules that nothing can be looked up
for are tried on every article.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from events.alert import Match, Pair, Rule, Toll
from events.article import EnrichedArticle
from streams.alert.compiled import Compiled, compiled
from streams.alert.nodes import Anchor
from streams.alert.subject import NUMBERS, Subject
from streams.alert.template import render

NAMED = ("place", "organisation", "person", "topic", "source", "agency", "category", "author")
VALUED = ("lang", "relation", "country", "changed", "story", "article")
NOTHING = "none"
"""The group key of what is missing: no place, say."""
MAX_TERMS_TOLD = 20


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that could not be read or tried; the others went on."""

    rule_id: str
    reason: str


class RuleSet:
    """The rules in force. `put` and `remove` change it; `match` reads."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: dict[str, Compiled] = {}
        self._anchors: dict[str, tuple[Anchor, ...] | None] = {}
        self._index: dict[str, dict[str, set[str]]] = {}
        self._everywhere: set[str] = set()
        self._floors: dict[int, int] | None = None
        for rule in rules:
            self.put(rule)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return (one.rule for one in self._rules.values())

    def compiled(self) -> Iterable[Compiled]:
        """Give every rule with its query."""
        return self._rules.values()

    def put(self, rule: Rule) -> None:
        """Add or replace a rule; raises `QueryError` where its query is refused, and the old one is gone."""
        self.remove(rule.rule_id)
        ready = compiled(rule)
        anchors = ready.node.anchors()
        self._rules[rule.rule_id] = ready
        self._anchors[rule.rule_id] = None if anchors is None else tuple(anchors)
        if anchors is None:
            self._everywhere.add(rule.rule_id)
        for kind, value in anchors or ():
            self._index.setdefault(kind, {}).setdefault(value, set()).add(rule.rule_id)

    def remove(self, rule_id: str) -> None:
        """Take a rule away, if it is there."""
        self._floors = None
        if self._rules.pop(rule_id, None) is None:
            return
        self._everywhere.discard(rule_id)
        for kind, value in self._anchors.pop(rule_id) or ():
            ids = self._index[kind][value]
            ids.discard(rule_id)
            if not ids:
                del self._index[kind][value]

    def candidates(self, subject: Subject) -> set[str]:
        """Give the ids of the rules that can match at all."""
        found = set(self._everywhere)
        for kind, values in self._index.items():
            if values:
                there = _features(subject, kind)
                # The smaller side is walked: many rules cost no more than the article has words.
                for value in there & values.keys() if len(there) < len(values) else values.keys() & there:
                    found |= values[value]
        return found

    def match(
        self, event: EnrichedArticle, partition: int | None = None, offset: int = 0
    ) -> tuple[list[Match], list[Failure]]:
        """Give the matches of an article in the order of rule ids, and the rules that failed on it.

        `partition` and `offset` are where it stands in the enriched log: a rule holds from its start on.
        """
        matches: list[Match] = []
        failures: list[Failure] = []
        if not self._rules:
            return matches, failures
        subject = Subject(event)
        for rule_id in sorted(self.candidates(subject)):
            ready = self._rules[rule_id]
            try:
                if _holds_here(ready.rule, partition, offset) and ready.node.holds(subject):
                    matches.append(_match(ready, subject))
            except Exception as error:  # noqa: BLE001 - one bad rule never stops the others
                failures.append(Failure(rule_id, f"{type(error).__name__}: {error}"[:300]))
        return matches, failures

    def reads(self, partition: int, offset: int) -> bool:
        """Tell whether any rule holds at that place of the log, so that its record must be looked at."""
        if self._floors is None:
            self._floors = _floors(self)
        return bool(self._rules) and offset >= self._floors.get(partition, 0)


def _floors(rules: Iterable[Rule]) -> dict[int, int]:
    """Give for each partition the first offset at which any rule holds."""
    starts = [{start.partition: start.offset for start in rule.starts} for rule in rules]
    partitions = {partition for one in starts for partition in one}
    return {partition: min(one.get(partition, 0) for one in starts) for partition in partitions}


def _holds_here(rule: Rule, partition: int | None, offset: int) -> bool:
    return all(start.partition != partition or start.offset <= offset for start in rule.starts)


def _features(subject: Subject, kind: str) -> frozenset[str]:
    if kind == "word":
        return subject.loose["any"]
    if kind == "begins":
        return subject.beginnings
    if kind == "number":
        return frozenset(name for name, read in NUMBERS.items() if read(subject.event) != (None, None))
    return subject.names[kind] if kind in NAMED else subject.values[kind]


def group_key(rule: Rule, event: EnrichedArticle) -> str:
    """Give the key under which matches of one rule count as one matter."""
    return "/".join(_GROUP[name](event) for name in rule.policy.group_by)


def _first_organisation(event: EnrichedArticle) -> str:
    first = event.organisations[0] if event.organisations else None
    return (first.id or first.name) if first else NOTHING


_GROUP: dict[str, Callable[[EnrichedArticle], str]] = {
    "story": lambda e: e.story_id,
    "article": lambda e: e.article_id,
    "source": lambda e: e.source_id,
    "lang": lambda e: e.lang,
    "place": lambda e: e.places[0].id if e.places else NOTHING,
    "organisation": _first_organisation,
    "topic": lambda e: e.topics[0].id if e.topics else NOTHING,
}


def _match(ready: Compiled, subject: Subject) -> Match:
    rule, event = ready.rule, subject.event
    relates_to = event.relates_to
    return Match(
        rule_id=rule.rule_id, rule_version=rule.version, rule_name=rule.name, severity=rule.severity,
        group_key=group_key(rule, event), labels=rule.labels, policy=rule.policy,
        annotations=tuple(Pair(name=one.name, value=render(one.value, event)) for one in rule.annotations),
        occurred_at=event.fetched_at, event_id=event.event_id, article_id=event.article_id,
        revision=event.revision, relation=event.relation, story_id=event.story_id, story=event.story,
        source_id=event.source_id, source_name=event.source_name, title=event.title, url=event.url,
        lang=event.lang, published_at=event.published_at, casualties=Toll.of(event.casualties),
        terms=_terms(ready, subject),
        relates_to=relates_to.article_id if relates_to else None,
        changes=tuple(dict.fromkeys(change.kind for change in relates_to.changes)) if relates_to else (),
    )  # fmt: skip


def _terms(ready: Compiled, subject: Subject) -> tuple[str, ...]:
    words, text = subject.loose["any"], subject.texts["any"]
    wanted = dict.fromkeys(ready.node.terms())
    there = [term for term in wanted if term in words or f" {term} " in text or term.endswith("*")]
    return tuple(there[:MAX_TERMS_TOLD])
