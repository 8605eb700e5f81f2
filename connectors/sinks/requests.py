"""An alert as each receiver wants it: address, headers, bytes. Pure; the time comes in.

Whatever identifies an alert to its receiver (webhook-id, label set, dedup_key) is the same at every attempt.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from events.alert import Alert, names_of
from events.identity import digest
from events.times import parse_instant, wire_time
from events.urls import canonical_url
from events.wire import to_dict

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of a secret, not one
MAX_SUMMARY = 1024
MAX_DEDUP_KEY = 255
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One POST."""

    url: str
    headers: dict[str, str]
    body: bytes


def signing_keys(secrets: Sequence[str]) -> list[bytes]:
    """Read `whsec_` secrets (base64 of 24 to 64 bytes); raises ValueError that quotes nothing of them."""
    keys = []
    for secret in secrets:
        try:
            key = b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("secret is no base64 (whsec_… of 24 to 64 bytes)") from None
        if not 24 <= len(key) <= 64:
            raise ValueError(f"secret has {len(key)} bytes, not 24 to 64 (whsec_ and their base64)")
        keys.append(key)
    return keys


def webhook(url: str, secrets: Sequence[str], alert: Alert, now: float) -> Request:
    """Sign by Standard Webhooks (spec/standard-webhooks.md): every secret signs, for rotation."""
    body = orjson.dumps({"type": "news.alert", "timestamp": alert.occurred_at, "data": to_dict(alert)})
    stamp = str(int(now))
    signed = f"{alert.alert_id}.{stamp}.".encode() + body
    signatures = (hmac.new(key, signed, hashlib.sha256).digest() for key in signing_keys(secrets))
    headers = {
        "content-type": JSON,
        "webhook-id": alert.alert_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join("v1," + b64encode(one).decode() for one in signatures),
    }
    return Request(url, headers, body)


def alertmanager(url: str, token: str | None, resolve_minutes: float, alert: Alert, now: float) -> Request:
    """Write for Alertmanager's v2 API. Identity is the label set: rule, group, page; no title, no address.

    A news match is an event and not a state, so it ends by itself: `endsAt`.
    """
    moment = datetime.fromtimestamp(now, UTC)
    labels = names_of(alert.labels) | {
        "alertname": alert.rule_id, "severity": alert.severity, "rule_id": alert.rule_id,
        "group_key": alert.group_key, "page": str(alert.page),
    }  # fmt: skip
    posted = {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {
            name: value for name, value in (_told(alert) | names_of(alert.annotations)).items() if value
        },
        "startsAt": wire_time(min(parse_instant(alert.occurred_at), moment)),
        "endsAt": wire_time(moment + timedelta(minutes=resolve_minutes)),
        "generatorURL": canonical_url(alert.url or "") or "",
    }
    headers = {"content-type": JSON} | ({"authorization": f"Bearer {token}"} if token else {})
    return Request(f"{url}/api/v2/alerts", headers, orjson.dumps([posted]))


def pagerduty(url: str, routing_key: str, alert: Alert) -> Request:
    """Write for PagerDuty's Events API v2: a later page of the same group joins the open incident."""
    key = f"{alert.rule_id}/{alert.group_key}"
    link = canonical_url(alert.url or "")
    posted: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": key if len(key) <= MAX_DEDUP_KEY else digest("dedup_key", key),
        "client": "Marsad",
        "payload": {
            "summary": summary(alert)[:MAX_SUMMARY], "source": alert.source_name or alert.source_id,
            "severity": alert.severity, "timestamp": alert.occurred_at, "group": alert.story_id,
            "class": alert.rule_id, "custom_details": _told(alert) | names_of(alert.annotations),
        },
        "links": [{"href": link, "text": alert.title[:200] or link}] if link else [],
    }  # fmt: skip
    return Request(url, {"content-type": JSON}, orjson.dumps(posted))


def summary(alert: Alert) -> str:
    """Give one line: the rule's own summary, else its name and the title."""
    own = names_of(alert.annotations).get("summary", "").strip()
    return " ".join((own or f"{alert.rule_name}: {alert.title or alert.source_id}").split())


def body(alert: Alert) -> str:
    """Give a few lines for chat and mail."""
    described = names_of(alert.annotations).get("description", "")
    told = [
        described,
        alert.title,
        alert.source_name or alert.source_id,
        alert.url or "",
        f"{alert.reason} · {alert.alert_id}",
    ]
    return "\n".join(line for line in told if line)


def _told(alert: Alert) -> dict[str, str]:
    toll = alert.casualties
    counts = {name: getattr(toll, name, None) for name in ("killed", "injured", "missing")}
    told = {name: _number(count) for name, count in counts.items() if count}
    return told | {
        "alert_id": alert.alert_id, "rule_name": alert.rule_name, "reason": alert.reason,
        "title": alert.title,
        "source": alert.source_name or alert.source_id, "url": alert.url or "", "lang": alert.lang,
        "story_id": alert.story_id, "independent_sources": str(alert.story.independent_sources),
    }  # fmt: skip


def _number(count: Any) -> str:
    if count.exact is not None:
        return str(count.exact)
    return f"at least {count.min}" if count.min is not None else f"at most {count.max}"
