"""The alert stage as the loop sees it: enriched -> matches (keyed by rule), and matches -> alerts.

One stage with two topics, because the articles of a story stand in several partitions of the enriched log and
a rule must see them in one place. The log of matches is the arbiter of their order, as the normalized log is
for articles: replaying it gives the same alerts. What comes twice was decided once.
"""

from events import topics
from events.alert import Match
from events.article import EnrichedArticle
from events.wire import ORIGIN_HEADER, SUPERSEDES_HEADER, cloud_headers, decode, encode_for
from streams.alert import AlertIndex
from streams.engine.memory import Memories
from streams.engine.records import Handled, Incoming, Outgoing
from streams.engine.rules import RulesFollower

UNMATCHED = Handled((), "unmatched")


class AlertStep:
    """Tells the two topics apart by name."""

    def __init__(self, prefix: str, memories: Memories[AlertIndex], rules: RulesFollower) -> None:
        self._prefix = prefix
        self._memories = memories
        self._rules = rules
        self._matches = topics.full_name(topics.MATCHES, prefix)
        self._alerts = topics.full_name(topics.ALERTS, prefix)

    async def handle(self, incoming: Incoming) -> Handled:
        """Match an article, or decide about a match."""
        if incoming.topic == self._matches:
            return await self._decide(incoming)
        return self._match(incoming)

    def _match(self, incoming: Incoming) -> Handled:
        # What retag made has been told already; no rule is no work at all, not even decoding.
        if incoming.header(SUPERSEDES_HEADER) or not self._rules.rules.reads(
            incoming.partition, incoming.offset
        ):
            return UNMATCHED
        event = decode(incoming.value, EnrichedArticle)
        matches, failures = self._rules.rules.match(event, incoming.partition, incoming.offset)
        self._rules.report(failures)
        if not matches:
            return UNMATCHED
        return Handled(tuple(self._match_record(match, incoming) for match in matches), "matched")

    def _match_record(self, match: Match, incoming: Incoming) -> Outgoing:
        data = encode_for(topics.MATCHES, match)
        headers = (*cloud_headers(match, data), (ORIGIN_HEADER, incoming.origin.encode()))
        return Outgoing(self._matches, match.rule_id.encode(), data, headers)

    async def _decide(self, incoming: Incoming) -> Handled:
        match = decode(incoming.value, Match)
        memory = await self._memories.open(incoming.partition)
        decision = memory.index.decide(match)
        outputs: tuple[Outgoing, ...] = ()
        if decision.alert is not None:
            data = encode_for(topics.ALERTS, decision.alert)
            key = f"{decision.alert.rule_id}/{decision.alert.group_key}".encode()
            headers = (*cloud_headers(decision.alert, data), (ORIGIN_HEADER, incoming.origin.encode()))
            outputs = (Outgoing(self._alerts, key, data, headers),)
        memory.index.apply(decision.changes)
        changelog = self._memories.changelog_records(memory, incoming.partition)
        return Handled(changelog + outputs, "redelivered" if decision.redelivered else decision.outcome)
