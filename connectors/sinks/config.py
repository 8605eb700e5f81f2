"""A sinks file: who is told of which alerts. TOML; secrets may stand in files and in the environment.

[[sink]]
name = "desk"
type = "webhook"                        # webhook, alertmanager, pagerduty, apprise
url = "https://desk.example/marsad"
secret_file = "/run/secrets/desk"       # or secret, or secret_env
min_severity = "warning"
rules = ["mosul-*"]
labels = {team = "iraq-desk"}
"""

import fnmatch
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

from connectors.sinks.requests import signing_keys
from events.alert import Alert, Severity, names_of

TYPES = ("webhook", "alertmanager", "pagerduty", "apprise")
SEVERITIES: tuple[str, ...] = get_args(Severity)
PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
MAX_HOURS = 24 * 30
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SECRETS = ("secret", "url", "routing_key", "token")
"""Keys whose value may stand elsewhere: `KEY_file`, `KEY_env`. An address can hold a secret too."""
_KEYS = {
    "webhook": {"url", "secret"},
    "alertmanager": {"url", "token", "resolve_minutes"},
    "pagerduty": {"url", "routing_key"},
    "apprise": {"url"},
}
_COMMON = {"name", "type", "min_severity", "rules", "labels", "max_age_hours", "give_up_hours"}


class SinkFault(ValueError):
    """A sinks file that is not taken: which sink, and why, without any secret."""


@dataclass(frozen=True, slots=True)
class Sink:
    """One receiver. What is secret never stands in its repr."""

    name: str
    type: str
    url: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Signing secrets of a webhook (the newest first), routing key, bearer token, Apprise addresses."""
    min_severity: str = "info"
    rules: tuple[str, ...] = ("*",)
    labels: tuple[tuple[str, str], ...] = ()
    max_age_hours: float = 72.0
    give_up_hours: float = 24.0
    resolve_minutes: float = 60.0

    @property
    def shown(self) -> str:
        """Name the sink in a log line: never with its address, which may be the secret itself."""
        return f"{self.name} ({self.type})"

    def wants(self, alert: Alert) -> bool:
        """Tell whether this receiver is to be told of `alert`."""
        labels = names_of(alert.labels)
        return (
            SEVERITIES.index(alert.severity) <= SEVERITIES.index(self.min_severity)
            and any(fnmatch.fnmatchcase(alert.rule_id, pattern) for pattern in self.rules)
            and all(labels.get(name) == value for name, value in self.labels)
        )


def read_sinks(path: Path, environment: Mapping[str, str] = os.environ) -> list[Sink]:
    """Read a sinks file; raises `SinkFault`, naming file and sink."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SinkFault(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # with line and column, and no value
        raise SinkFault(f"{path}: {error}") from None
    tables = document.get("sink")
    if set(document) != {"sink"} or not isinstance(tables, list):
        raise SinkFault(f"{path}: must hold [[sink]] tables and nothing else")
    sinks = [_sink(path, number, table, environment) for number, table in enumerate(tables, 1)]
    twice = {sink.name for sink in sinks if [one.name for one in sinks].count(sink.name) > 1}
    if twice:
        raise SinkFault(f"{path}: two sinks are named {min(twice)!r}")
    return sinks


def _sink(path: Path, number: int, table: Any, environment: Mapping[str, str]) -> Sink:
    name = table.get("name") if isinstance(table, dict) else None
    where = f"{path}: sink {name if isinstance(name, str) else number}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SinkFault(f"{where}: name must be 1 to 40 of a-z, 0-9, - and _")
    if table.get("type") not in TYPES:
        raise SinkFault(f"{where}: type is one of {', '.join(TYPES)}")
    try:
        given = dict(_resolved(table, path.parent, environment))
        unknown = given.keys() - _COMMON - _KEYS[table["type"]]
        if unknown:
            raise SinkFault(f"a {table['type']} sink has no key {min(unknown)!r}")
        return _checked(given)
    except SinkFault as fault:
        raise SinkFault(f"{where}: {fault}") from None


def _resolved(
    table: Mapping[str, Any], folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """Give each key with its value, read from where it stands."""
    for key, value in table.items():
        base, _, place = key.rpartition("_")
        if base not in _SECRETS or place not in ("file", "env"):
            yield key, value
        elif place == "env":
            if not environment.get(str(value)):
                raise SinkFault(f"{key}: the variable {str(value)[:60]!r} is not set")
            yield base, environment[str(value)]
        else:
            yield base, _from_file(key, folder / str(value))


def _from_file(key: str, file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise SinkFault(f"{key}: {file} cannot be read: {reason}") from None


def _checked(given: Mapping[str, Any]) -> Sink:
    kind = given["type"]
    severity = given.get("min_severity", "info")
    if severity not in SEVERITIES:
        raise SinkFault(f"min_severity is one of {', '.join(SEVERITIES)}")
    labels = given.get("labels", {})
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise SinkFault('labels must be a table of texts: {team = "desk"}')
    url, secrets = _address(kind, given)
    return Sink(
        name=given["name"], type=kind, url=url, secrets=secrets, min_severity=severity,
        rules=_texts("rules", given.get("rules", ["*"])), labels=tuple(sorted(labels.items())),
        max_age_hours=_hours("max_age_hours", given, 72.0),
        give_up_hours=_hours("give_up_hours", given, 24.0),
        resolve_minutes=_hours("resolve_minutes", given, 60.0),
    )  # fmt: skip


def _address(kind: str, given: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    if kind == "apprise":
        urls = _texts("url", given.get("url"))
        return urls[0], urls
    url = given.get("url", PAGERDUTY if kind == "pagerduty" else None)
    if not isinstance(url, str) or not _is_http(url):
        raise SinkFault("url must be an http or https address")
    if kind == "webhook":
        secrets = _texts("secret", given.get("secret"))
        try:
            signing_keys(secrets)
        except ValueError as error:
            raise SinkFault(str(error)) from None
        return url, secrets
    if kind == "pagerduty":
        return url, _texts("routing_key", given.get("routing_key"))[:1]
    return url.rstrip("/"), _texts("token", given["token"])[:1] if "token" in given else ()


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False


def _texts(key: str, value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise SinkFault(f"{key} is missing, or is no text or list of texts")
    return tuple(part.strip() for text in texts for part in text.split("\n") if part.strip())


def _hours(key: str, given: Mapping[str, Any], default: float) -> float:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_HOURS * 60:
        raise SinkFault(f"{key} must be a number above 0")
    return float(value)
