"""What rules would have done: over the enriched log of a broker, or over a file of enriched events."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.alert import Rule
from events.article import EnrichedArticle
from events.rejected import Rejected
from events.times import wire_time
from events.wire import decode, to_dict
from marsad.errors import Misuse
from marsad.moments import moment_ms
from marsad.output import say
from marsad.settings import Settings
from streams.alert.trial import Trial


@dataclass(slots=True)
class Backtest:
    """The alerts in their order, and what to tell the person."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    refused: int = 0


def instant(text: str) -> str:
    """Read `--since`: an RFC 3339 time, or how long ago; in wire form. Raises Misuse."""
    moment = moment_ms(text, round(time.time() * 1000), "--since") / 1000
    return wire_time(datetime.fromtimestamp(moment, UTC))


async def backtest(settings: Settings, rules: list[Rule], since: str | None, events: Path | None) -> Backtest:
    """Try `rules` on every event fetched since then (all without it), in the order in which they came."""
    told, trial = Backtest(), Trial(rules)
    found: list[tuple[tuple[int, int, int], EnrichedArticle]] = []
    seen: set[str] = set()
    async for where, name, value in _values(settings, events):
        try:
            event = decode(value, EnrichedArticle)
        except Rejected as rejected:
            say(f"{name}: {rejected}")
            told.refused += 1
            continue
        if event.event_id not in seen and (since is None or event.fetched_at >= since):
            seen.add(event.event_id)
            found.append((where, event))
    for _, event in sorted(found, key=lambda one: one[0]):
        told.alerts += map(to_dict, trial.take(event))
    told.lines = [*_counts(trial), f"{len(found)} events looked at, {len(told.alerts)} alerts"]
    return told


def _counts(trial: Trial) -> Iterator[str]:
    for rule_id, tally in trial.tallies.items():
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.outcomes.items()))
        yield f"{rule_id}: {tally.matches} matches" + (f" ({told})" if told else "")
    for failure in trial.failures.values():
        yield f"{failure.rule_id}: failed and was skipped: {failure.reason}"


async def _values(
    settings: Settings, events: Path | None
) -> AsyncIterator[tuple[tuple[int, int, int], str, bytes]]:
    """Give place in time, name and bytes of each event there is."""
    if events is not None:
        for number, line in enumerate(_lines(events), 1):
            if line.strip():
                yield (number, 0, 0), f"{events}:{number}", line
        return
    from events import topics  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.rulestopic import records  # noqa: PLC0415

    name = topics.full_name(topics.ENRICHED, settings.topic_prefix)
    async for record in records(client_options(settings), name):
        where = (record.timestamp, record.partition, record.offset)
        yield where, f"{name}/{record.partition}/{record.offset}", record.value


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise Misuse(f"{path}: cannot be read: {error.strerror}") from None
