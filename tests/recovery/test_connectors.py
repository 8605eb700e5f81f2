"""The connectors under faults: real processes on a real Kafka and a feed of loopback."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiokafka.errors import KafkaError

from events.topics import FEED_STATE, full_name
from marsad import topics
from marsad.accounting import account, read_all
from marsad.kafka import EmbeddedKafka
from tests.connectors.feedsite import Site, item, rss, site
from tests.pipeline.conftest import workers
from tests.pipeline.workers import Workers
from tests.recovery.connector import POINTS

__all__ = ["site", "workers"]
pytestmark = pytest.mark.kafka
PATIENCE = 120


class Connectors:
    """One connectors process after the other, on one feed and one data directory."""

    def __init__(self, broker: str, prefix: str, folder: Path, url: str) -> None:
        self.broker, self.prefix, self.data = broker, prefix, folder / "data"
        self.running: subprocess.Popen[bytes] | None = None
        self._log = folder / "connectors.log"
        self._feeds = folder / "feeds.opml"
        self._feeds.write_text(
            f'<opml version="2.0"><body><outline type="rss" xmlUrl="{url}"/></body></opml>'
        )

    def start(self, point: str | None = None) -> None:
        """Start the command; with a point, the one that dies there."""
        production = ["-m", "marsad", "connectors", "--feeds", str(self._feeds)]
        mortal = ["-m", "tests.recovery.connector", str(self._feeds), str(point)]
        environment = os.environ | {
            "MARSAD_BROKER": self.broker,
            "MARSAD_DATA": str(self.data),
            "MARSAD_TOPIC_PREFIX": self.prefix,
            "MARSAD_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "MARSAD_POLL_FLOOR_SECONDS": "1",
            "MARSAD_POLL_CAP_SECONDS": "1",
        }
        with self._log.open("ab") as log:
            command = [sys.executable, *(mortal if point else production)]
            root = Path(__file__).parents[2]
            self.running = subprocess.Popen(command, env=environment, stderr=log, cwd=root)

    async def ended(self) -> int:
        assert self.running is not None
        return await asyncio.wait_for(asyncio.to_thread(self.running.wait), PATIENCE)

    def kill(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()

    async def lose_memory(self) -> None:
        """Lose the state topic, which holds what is remembered of every feed."""
        name, options = full_name(FEED_STATE, self.prefix), {"bootstrap_servers": self.broker}
        async with topics.admin(options) as admin, asyncio.timeout(PATIENCE):
            partitions = len((await admin.describe_topics([name]))[0]["partitions"])
            await admin.delete_topics([name])
            while (await admin.describe_topics([name]))[0]["error_code"] == 0:
                await asyncio.sleep(0.1)
        assert (await topics.apply(options, topics.Wanted(self.prefix, partitions, 1)))[0] == [name]

    async def sent(self) -> Counter[str]:
        """Count each item's records in the raw topic by key; none while the broker is away."""
        client = {"bootstrap_servers": self.broker}
        try:
            return Counter([r.key.decode() async for r in read_all(client, f"{self.prefix}articles.raw.v1")])
        except KafkaError:  # a broker that was just started answers, but not yet everything
            return Counter()

    async def until(self, items: int, records: int = 0) -> Counter[str]:
        """Wait until so many different items, and so many records, lie in the raw topic."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await self.sent()) < items or found.total() < records:
                await asyncio.sleep(0.2)
        return found


async def polled_again(site: Site, path: str = "/feed") -> None:
    """Wait until the feed has been asked for, answered and taken once more."""
    asked = len(site.asked(path))
    async with asyncio.timeout(PATIENCE):
        while len(site.asked(path)) < asked + 2:
            await asyncio.sleep(0.1)


@pytest.fixture
async def connectors(kafka: str, prefix: str, tmp_path: Path, site: Site) -> AsyncIterator[Connectors]:
    made = Connectors(kafka, prefix, tmp_path, site.url())
    yield made
    made.kill()


FETCHED, *DELIVERED = POINTS


async def test_killed_at_a_named_point_no_item_is_lost(
    kafka: str, prefix: str, tmp_path: Path, site: Site
) -> None:
    # The four side by side, each with feed, topics and process of its own: a dead member's share is free
    # only when its session has ended.
    await asyncio.gather(*(_killed_at(point, kafka, tmp_path, site) for point in POINTS))


async def _killed_at(point: str, kafka: str, folder: Path, site: Site) -> None:
    prefix = f"{point}{uuid.uuid4().hex[:8]}."
    await topics.apply({"bootstrap_servers": kafka}, topics.Wanted(prefix, 1, 1))
    (folder / point).mkdir()
    connectors = Connectors(kafka, prefix, folder / point, site.url(f"/{point}"))
    site.serve(f"/{point}", rss(*map(item, range(5))))
    try:
        connectors.start(point)
        assert await connectors.ended() == -signal.SIGKILL
        before = await connectors.sent()
        assert before.total() == (0 if point == FETCHED else 5), point
        # What was delivered may have left the feed meanwhile.
        site.serve(f"/{point}", rss(*map(item, range(0 if point == FETCHED else 3, 8))))
        connectors.start()
        found = await connectors.until(items=8)
        await polled_again(site, f"/{point}")
        assert await connectors.sent() == found, point
        twice = [key for key, times in found.items() if times > 1]
        assert len(twice) == (2 if point == "after-articles" else 0), point
        assert max(found.values()) <= 2
    finally:
        connectors.kill()


async def test_what_is_sent_twice_is_a_repeat_downstream(
    connectors: Connectors, site: Site, workers: Workers
) -> None:
    """Killed between delivery and memory; then all that is remembered of the feeds is lost."""
    site.serve("/feed", rss(*(item(n, text=f"نص الخبر رقم {n} كما وصل من بغداد اليوم") for n in range(5))))
    connectors.start("after-articles")
    await connectors.ended()
    connectors.start()
    await connectors.until(items=5, records=10)
    connectors.kill()
    await connectors.lose_memory()
    connectors.start()
    await connectors.until(items=5, records=15)
    connectors.kill()
    workers.start()
    await workers.drained()
    found, _ = await account({"bootstrap_servers": connectors.broker}, connectors.prefix)
    assert found.as_dict() == {"raw": 15, "new": 5, "repeat": 10, "missing": 0, "twice": 0}


async def test_with_the_broker_away_during_a_poll_nothing_is_lost_or_sent_twice(
    site: Site, tmp_path: Path
) -> None:
    async with EmbeddedKafka(tmp_path / "broker") as kafka:
        await topics.apply({"bootstrap_servers": kafka.address}, topics.Wanted("away.", 2, 1))
        fetching, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_: web.Request) -> web.Response:
            fetching.set()
            await go_on.wait()
            return web.Response(text=rss(*map(item, range(5))), content_type="application/rss+xml")

        connectors = Connectors(kafka.address, "away.", tmp_path, site.handle("/feed", slow))
        connectors.start()
        try:
            await asyncio.wait_for(fetching.wait(), PATIENCE)
            for pid in kafka.pids:
                os.kill(pid, signal.SIGKILL)
            go_on.set()
            async with asyncio.timeout(PATIENCE):
                while "not ready" not in (tmp_path / "connectors.log").read_text() or not kafka.ended():
                    await asyncio.sleep(0.1)  # a killed Java takes a while to end, and only then is revived
            await asyncio.to_thread(kafka.revive)
            found = await connectors.until(items=5)
            await polled_again(site)
            assert await connectors.sent() == found
            assert set(found.values()) == {1}
        finally:
            connectors.kill()
