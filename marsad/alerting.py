"""Rules files as the commands use them: read from disk, tried on their own test cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.alert import Alert, Rule, names_of
from events.article import EnrichedArticle
from events.rejected import Rejected
from events.wire import raw_article
from marsad.errors import Misuse
from streams.alert import Fault, Place, RuleFile, read_rules
from streams.alert.testcases import Case, Expected
from streams.alert.trial import Trial
from streams.alert.yamltree import MAX_BYTES
from streams.local import Chain


def read_file(path: Path) -> RuleFile:
    """Read a rules file; what is wrong in it stands in its faults. Raises `Misuse` where there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Misuse(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return RuleFile(faults=[Fault(place, "not UTF-8")])
    return read_rules(source)


def same_id_twice(files: dict[Path, RuleFile]) -> Iterator[str]:
    """Name the rules that stand in two files: only one of them can be applied."""
    seen: dict[str, Path] = {}
    for path, found in files.items():
        for rule in found.rules:
            if rule.rule_id in seen:
                yield f"{path}: the id {rule.rule_id!r} stands in {seen[rule.rule_id]} too"
            seen[rule.rule_id] = path


@dataclass(frozen=True, slots=True)
class Told:
    """What one test case came to: its name, and what is not as expected (nothing: passed)."""

    case: Case
    wrong: tuple[tuple[Place, str], ...]


def run_case(case: Case, rules: list[Rule]) -> Told:
    """Take a case's articles through the same stages as on Kafka, and the rules over what comes out."""
    chain, trial = Chain.up_to("all"), Trial(rules)
    alerts: list[tuple[int, Alert]] = []
    wrong: list[tuple[Place, str]] = []
    for number, raw in enumerate(case.articles, 1):
        try:
            made = chain.run(raw_article(raw), f"test/0/{number}")
        except Rejected as rejected:
            wrong.append((case.place, f"article {number} is refused: {rejected}"))
            continue
        if isinstance(made.value, EnrichedArticle):
            alerts += [(number, alert) for alert in trial.take(made.value)]
    wrong += [(case.place, f"rule {one.rule_id} failed: {one.reason}") for one in trial.failures.values()]
    return Told(case, (*wrong, *_compared(case, alerts)))


def _compared(case: Case, alerts: list[tuple[int, Alert]]) -> Iterator[tuple[Place, str]]:
    """Match what was expected with what came, each once, whatever the order of rules on one article."""
    left = [_as_document(number, alert) for number, alert in alerts]
    for expected in case.expected:
        found = next((alert for alert in left if not _differences(expected, alert)), None)
        if found is not None:
            left.remove(found)
            continue
        near = min(left, key=lambda alert: len(_differences(expected, alert)), default=None)
        detail = "; ".join(_differences(expected, near)) if near else "no other alert came"
        yield expected.place, f"no such alert: {detail}"
    for alert in left:
        yield (
            case.place,
            f"an alert nobody expects: {alert['rule']} on article {alert['article']} ({alert['reason']})",
        )


def _as_document(number: int, alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule_id, "article": number, "reason": alert.reason, "severity": alert.severity,
        "page": alert.page, "deliver_after": alert.deliver_after or "none",
        "annotations": names_of(alert.annotations), "labels": names_of(alert.labels),
    }  # fmt: skip


def _differences(expected: Expected, alert: dict[str, Any]) -> list[str]:
    found = []
    for name, wanted in expected.fields.items():
        got = alert[name]
        if isinstance(wanted, dict):
            got = {key: got.get(key) for key in wanted}
        if got != wanted:
            found.append(f"{name} is {got!r}, expected {wanted!r}")
    return found
