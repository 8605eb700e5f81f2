"""The alerts on the page: the last ones, newest first, and the filters that readers ask for them with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from events.alert import Alert
from marsad.web.log import Log
from marsad.web.query import address, values

MAX_ALERTS = 500
MAX_BYTES = 8 * 1024 * 1024
SEVERITIES = ("critical", "error", "warning", "info")


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One alert with where it stands in the log."""

    alert: Alert
    partition: int
    offset: int
    size: int

    @property
    def identity(self) -> str:
        """The alert's id: a redelivery has the same."""
        return self.alert.alert_id

    @property
    def order(self) -> tuple[str, int, int]:
        """By the time of what it is about."""
        return (self.alert.occurred_at, self.offset, self.partition)


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """The filters of one request; an empty one lets every alert through."""

    severity: str = ""
    rule: str = ""
    ui: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "AlertQuery":
        """Read URL parameters."""
        return cls(**values(parameters, "severity", "rule", "ui"))

    def url(self, path: str = "/alerts", **changes: str) -> str:
        """Give the address of this query with `changes`."""
        wanted = replace(self, **changes)
        return address(path, severity=wanted.severity, rule=wanted.rule, ui=wanted.ui)

    @property
    def filtered(self) -> bool:
        """Whether anything at all is left out."""
        return bool(self.severity or self.rule)

    def matches(self, alert: Alert) -> bool:
        """Say whether `alert` is asked for."""
        return self.severity in ("", alert.severity) and self.rule in ("", alert.rule_id)


class Alerts(Log[AlertEntry]):
    """The last alerts."""

    def __init__(self, most: int = MAX_ALERTS, most_bytes: int = MAX_BYTES) -> None:
        super().__init__(most, most_bytes)

    def newest(self, query: AlertQuery) -> Iterator[Alert]:
        """Give the alerts that `query` asks for, newest first."""
        return (known.alert for known in reversed(self) if query.matches(known.alert))

    def rules(self) -> dict[str, str]:
        """Give the names of the rules by id, sorted by name."""
        named = {known.alert.rule_id: known.alert.rule_name for known in reversed(self)}
        return dict(sorted(named.items(), key=lambda pair: pair[1]))
