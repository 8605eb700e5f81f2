"""What each receiver is sent, by its own rules; and what a sinks file may hold."""

import dataclasses
import time
from pathlib import Path

import msgspec
import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from connectors.sinks.attempt import Delivered, Later, Never, by_status, pause
from connectors.sinks.config import Sink, SinkFault, read_sinks
from connectors.sinks.requests import alertmanager, body, pagerduty, summary, webhook
from events.alert import Pair
from tests.sinks.making import SECRET, alert, sink

NOW = 1_795_334_400.0
OTHER = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="


def test_a_webhook_verifies_by_the_other_implementation() -> None:
    made = alert()
    request = webhook("https://x.example/", [OTHER, SECRET], made, time.time())
    for secret in (SECRET, OTHER):  # both, for rotation
        assert Webhook(secret).verify(request.body, request.headers)["data"]["alert_id"] == made.alert_id
    assert request.headers["webhook-id"] == made.alert_id
    assert "انفجار" in request.body.decode()


def test_only_the_stamp_differs_between_attempts() -> None:
    first, second = (webhook("https://x.example/", [SECRET], alert(), now) for now in (NOW, NOW + 9))
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_alertmanager_is_told_of_an_event_that_ends() -> None:
    (posted,) = orjson.loads(alertmanager("https://am.example", "t", 60, alert(), NOW).body)
    assert posted["labels"].keys() == {"alertname", "severity", "rule_id", "group_key", "page", "team"}
    assert posted["startsAt"] < posted["endsAt"]
    assert posted["annotations"]["summary"] == "انفجار وسط بغداد: 3 قتلى"
    again, later_page = alert(), alert(page=2)
    for made, same in ((again, True), (later_page, False)):
        (another,) = orjson.loads(alertmanager("https://am.example", None, 60, made, NOW + 99).body)
        assert (another["labels"] == posted["labels"]) is same


def test_pagerduty_joins_pages_of_a_group_and_keeps_its_limits() -> None:
    long = alert(
        title="ع" * 3000,
        annotations=(Pair(name="summary", value="ق" * 4000),),
        group_key="g" * 600,
        url="javascript:x",
    )
    posted = orjson.loads(pagerduty("https://pd.example/", "key", long).body)
    assert len(posted["payload"]["summary"]) == 1024
    assert len(posted["dedup_key"]) <= 255
    assert posted["links"] == []
    one, two = (orjson.loads(pagerduty("https://pd.example/", "key", alert(page=n)).body) for n in (1, 2))
    assert one["dedup_key"] == two["dedup_key"]
    assert (one["event_action"], one["payload"]["severity"]) == ("trigger", "critical")


def test_texts_for_people_are_one_line_and_a_few() -> None:
    assert summary(alert(annotations=(Pair(name="summary", value="a\n b"),))) == "a b"
    assert summary(alert(annotations=())).startswith("r: انفجار")
    assert "انفجار" in body(alert())


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Delivered), (204, Delivered), (301, Never), (307, Never), (400, Never), (401, Never), (404,
    Never), (410, Never),
     (408, Later), (425, Later), (429, Later), (500, Later), (503, Later)],
)  # fmt: skip
def test_what_a_status_means(status: int, kind: type) -> None:
    assert isinstance(by_status(status, None), kind)


def test_a_receiver_may_ask_for_patience_within_bounds() -> None:
    assert by_status(429, "30") == Later("HTTP 429 Too Many Requests", 30.0)
    assert by_status(503, "999999999") == Later("HTTP 503 Service Unavailable", 3600.0)
    assert by_status(503, "soon") == Later("HTTP 503 Service Unavailable", 0.0)


def test_pauses_grow_and_are_drawn() -> None:
    assert [pause(n, 1.0) for n in (1, 2, 3, 9, 99)] == [1.0, 2.0, 4.0, 256.0, 300.0]
    assert pause(3, 0.0) == 2.0


GOOD = """
[[sink]]
name = "desk"
type = "webhook"
url_env = "DESK_URL"
secret_file = "desk.secret"
min_severity = "error"
rules = ["mosul-*"]
labels = {team = "iraq"}

[[sink]]
name = "pd"
type = "pagerduty"
routing_key = "R0"

[[sink]]
name = "am"
type = "alertmanager"
url = "http://127.0.0.1:9093/"
resolve_minutes = 5

[[sink]]
name = "chat"
type = "apprise"
url = ["json://x.example/", "ntfy://topic"]
"""


def test_a_sinks_file_with_its_secrets_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "sinks.toml"
    file.write_text(GOOD)
    (tmp_path / "desk.secret").write_text(SECRET + "\n")
    desk, pd, am, chat = read_sinks(file, {"DESK_URL": "https://user:pw@desk.example/"})
    wanted = Sink("desk", "webhook", "https://user:pw@desk.example/", (SECRET,), "error", ("mosul-*",))
    assert desk == dataclasses.replace(wanted, labels=(("team", "iraq"),))
    assert (pd.url, pd.secrets) == ("https://events.pagerduty.com/v2/enqueue", ("R0",))
    assert (am.url, am.resolve_minutes) == ("http://127.0.0.1:9093", 5.0)
    assert chat.secrets == ("json://x.example/", "ntfy://topic")
    for one in (desk, pd, am, chat):
        assert all(secret not in repr(one) + one.shown for secret in (*one.secrets, "pw@"))


def test_who_wants_what() -> None:
    made = alert()
    assert sink().wants(made)
    assert sink(rules=("r*",), labels=(("team", "iraq"),), min_severity="critical").wants(made)
    assert not sink(rules=("x*",)).wants(made)
    assert not sink(labels=(("team", "syria"),)).wants(made)
    assert not sink(min_severity="critical").wants(msgspec.structs.replace(made, severity="error"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[sink", "array declaration"),
        ("x = 1", "[[sink]]"),
        ('[[sink]]\nname = "A b"\ntype = "webhook"', "name must be"),
        ('[[sink]]\nname = "a"\ntype = "pager"', "type is one of"),
        ('[[sink]]\nname = "a"\ntype = "webhook"\nurl = "ftp://x"\nsecret = "s"', "url must be"),
        ('[[sink]]\nname = "a"\ntype = "webhook"\nurl = "https://x.example"\nsecret = "hunter2hunter2"',
        "no base64"),
        ('[[sink]]\nname = "a"\ntype = "webhook"\nurl = "https://x.example"\nsecret_file = "/none/x"',
        "cannot be read"),
        ('[[sink]]\nname = "a"\ntype = "webhook"\nurl = "https://x.example"\nsecret_env = "NOT_SET"',
        "is not set"),
        ('[[sink]]\nname = "a"\ntype = "webhook"\nurl = "https://x.example"', "secret is missing"),
        ('[[sink]]\nname = "a"\ntype = "pagerduty"', "routing_key is missing"),
        ('[[sink]]\nname = "a"\ntype = "apprise"\nurl = "x://y"\ntoken = "t"', "has no key 'token'"),
        ('[[sink]]\nname = "a"\ntype = "apprise"\nurl = "x://y"\nmin_severity = "high"', "min_severity"),
        ('[[sink]]\nname = "a"\ntype = "apprise"\nurl = "x://y"\ngive_up_hours = -1', "above 0"),
        ('[[sink]]\nname = "a"\ntype = "apprise"\nurl = "x://y"\n' * 2, "two sinks"),
    ],
)  # fmt: skip
def test_a_bad_sinks_file_is_told_without_its_secrets(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "sinks.toml"
    file.write_text(text)
    with pytest.raises(SinkFault) as fault:
        read_sinks(file, {})
    assert told in str(fault.value)
    assert "hunter2" not in str(fault.value)
