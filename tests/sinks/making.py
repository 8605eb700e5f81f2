"""Alerts and sinks for the tests of delivery."""

from typing import Any

import msgspec

from connectors.sinks.config import Sink
from events.alert import Alert
from events.identity import digest
from events.wire import encode
from streams.alert import AlertIndex
from tests.alerts.making import event, matches, rule

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def alert(number: int = 0, **more: Any) -> Alert:
    one = rule(severity="critical", annotations='{summary: "{title}: {killed} قتلى"}', labels="{team: iraq}")
    (match,) = matches(one, event())
    made = AlertIndex().decide(match).alert
    assert made is not None
    made = msgspec.structs.replace(made, event_id=f"e{number}", alert_id="", **more)
    return msgspec.structs.replace(made, alert_id=digest("alert", encode(made).decode()))


def sink(url: str = "http://127.0.0.1:1/", **more: Any) -> Sink:
    given: dict[str, Any] = {"name": "desk", "type": "webhook", "url": url, "secrets": (SECRET,)}
    return Sink(**given | more)
