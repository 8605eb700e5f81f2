"""WebSub (W3C, 2018): a hub tells us that a feed has news, and we poll it then instead of guessing.

    subscribe at the hub ─ it asks whether we meant it ─ confirmed for a lease ─ it posts ─ signed? ─ poll now

What a hub posts is taken as a hint and nothing else: the feed is polled where it always is, so nobody can
put articles in by knowing our address. The secret of a feed is derived from one of the operator's, so every
worker knows it and no topic does. Where a lease ends or a hub fails, polling goes on as ever.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from connectors.feeds.fetch import Fetcher, FetchFailed

log = logging.getLogger(__name__)

LEASE_SECONDS = 5 * 86_400
RENEWED_AT = 0.2
"""The part of a lease that is left when it is renewed."""
_SHORTEST, _LONGEST = 600.0, 30 * 86_400.0
_PENDING_SECONDS = 300.0
_AGAIN_SECONDS = 3_600.0
"""A hub that refused, or did not ask back, is asked again after that."""
MAX_BODY = 1024 * 1024
_METHODS = ("sha1", "sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class Callback:
    """Our public address for hubs, and the operator's secret that those of feeds are derived from."""

    address: str
    secret: str

    def of(self, feed_id: str) -> str:
        """Give the address at which a hub tells of this feed."""
        return f"{self.address.rstrip('/')}/{feed_id}"

    def secret_of(self, feed_id: str) -> str:
        """Give the secret of this feed's hub, the same on every worker."""
        return hmac.new(self.secret.encode(), feed_id.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class _Asked:
    topic: str
    at: float
    lease_until: float = 0.0


class Hubs:
    """Our subscriptions at hubs, of the feeds that are ours."""

    def __init__(self, callback: Callback, fetcher: Fetcher, poll_now: Callable[[str], bool]) -> None:
        self._callback, self._fetcher, self._poll_now = callback, fetcher, poll_now
        self._asked: dict[str, _Asked] = {}

    def lease_until(self, feed_id: str) -> float:
        """Give until when a hub has promised to tell of this feed, in seconds since 1970; 0 for never."""
        asked = self._asked.get(feed_id)
        return asked.lease_until if asked else 0.0

    async def ensure(self, feed_id: str, hub: str, topic: str) -> None:
        """Subscribe unless a lease of ours holds long enough; a failure is only noted.

        A worker that has just taken a feed over subscribes anew: hubs renew what they know.
        """
        now = time.time()
        asked = self._asked.get(feed_id)
        if asked and now - asked.at < _AGAIN_SECONDS:
            return
        if self.lease_until(feed_id) - now > RENEWED_AT * LEASE_SECONDS:
            return
        self._asked[feed_id] = _Asked(topic, now, self.lease_until(feed_id))
        form = {
            "hub.mode": "subscribe", "hub.topic": topic, "hub.callback": self._callback.of(feed_id),
            "hub.lease_seconds": str(LEASE_SECONDS), "hub.secret": self._callback.secret_of(feed_id),
        }  # fmt: skip
        try:
            await self._fetcher.post(hub, urlencode(form).encode())
        except FetchFailed as failed:
            log.info("the hub of feed %s does not subscribe us: %s", feed_id, failed)

    def forget(self, feed_id: str) -> None:
        """Forget a feed that is not ours any more; its lease runs out by itself."""
        self._asked.pop(feed_id, None)

    def verify(self, feed_id: str, query: dict[str, str]) -> str | None:
        """Answer a hub that asks whether we meant it: the challenge, or None for no."""
        asked = self._asked.get(feed_id)
        mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
        if asked is None or query.get("hub.topic") != asked.topic:
            return None
        if mode == "denied":
            log.info("the hub of feed %s has denied the subscription", feed_id)
            asked.lease_until = 0.0
            return ""
        if mode != "subscribe" or not challenge or time.time() - asked.at > _PENDING_SECONDS:
            return None
        asked.lease_until = time.time() + _lease(query.get("hub.lease_seconds", ""))
        return challenge

    def told(self, feed_id: str, body: bytes, signature: str) -> bool:
        """Take what a hub posts; give False where another worker should be told. Unsigned is not heeded."""
        method, _, given = signature.partition("=")
        if method not in _METHODS:
            return True
        wanted = hmac.new(self._callback.secret_of(feed_id).encode(), body, method).hexdigest()
        if not hmac.compare_digest(wanted.encode(), given.strip().lower().encode("utf-8", "replace")):
            return True
        return self._poll_now(feed_id)


def _lease(text: str) -> float:
    seconds = float(text) if text.isascii() and text.isdigit() and len(text) < 12 else float(LEASE_SECONDS)
    return min(max(seconds, _SHORTEST), _LONGEST)
