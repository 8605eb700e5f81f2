"""`marsad retag` on a real Kafka: dry run, superseding events, races with a worker, kills."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from connectors.publish import Publisher, Record
from events import topics
from events.article import DedupedArticle, EnrichedArticle
from events.identity import digest
from events.wire import cloud_headers, encode
from marsad.commands.retag import wire_since
from marsad.errors import Failure, Misuse
from marsad.lag import topic_partitions
from marsad.retag import Retag
from streams.tag import RULES_VERSION, tag
from tests.pipeline.verifier import read_topic
from tests.tag.tag_articles import article

OLD = "0-old"


def older(of: DedupedArticle, **more: Any) -> EnrichedArticle:
    """The event of an article as earlier rules made it: no topics found, another version."""
    made = msgspec.structs.replace(tag(of), rules_version=OLD, event_id="", **({"topics": ()} | more))
    return msgspec.structs.replace(made, event_id=digest("enriched", encode(made).decode()))


def bombing(number: int, revision: int = 1, **more: Any) -> DedupedArticle:
    title = f"مقتل {number + 2} أشخاص بهجوم انتحاري في بغداد"
    return article(title, f"{title} صباح اليوم.", article_id=f"a{number}", revision=revision, **more)


class Cluster:
    """Topics of one prefix, written as the tag worker writes them."""

    def __init__(self, broker: str, prefix: str, publisher: Publisher) -> None:
        self.broker, self.prefix, self.publisher = broker, prefix, publisher
        self.client = {"bootstrap_servers": broker}

    async def put(self, topic: topics.Topic, *events: EnrichedArticle) -> None:
        name = topics.full_name(topic, self.prefix)
        assert not await self.publisher.publish(name, [record(event) for event in events])

    async def both(self, *events: EnrichedArticle) -> None:
        for event in events:
            await self.put(topics.ENRICHED, event)
            await self.put(topics.CURRENT, event)

    async def read(self, topic: topics.Topic) -> list[Any]:
        return await read_topic(self.broker, topics.full_name(topic, self.prefix))

    async def current(self) -> dict[str, bytes]:
        return {one.key.decode(): one.value for one in await self.read(topics.CURRENT)}

    async def sizes(self) -> tuple[int, int]:
        return len(await self.read(topics.ENRICHED)), len(await self.read(topics.CURRENT))

    async def retag(self, publisher: Publisher | None = None, since: str = "") -> dict[str, Any]:
        run = Retag(self.client, self.prefix, publisher, lambda _: None, since)
        return (await run.run()).as_dict(dry_run=publisher is None)


def record(event: EnrichedArticle) -> Record:
    data = encode(event)
    origin = ("news_origin", f"raw/0/{event.article_id}-{event.revision}".encode())
    return Record(event.article_id.encode(), data, (*cloud_headers(event, data), origin))


@pytest.fixture
async def cluster(kafka: str, prefix: str) -> Any:
    async with Publisher({"bootstrap_servers": kafka}, 60) as publisher:
        yield Cluster(kafka, prefix, publisher)


def command(cluster: Cluster, *more: str) -> subprocess.CompletedProcess[bytes]:
    arguments = ["retag", "--broker", cluster.broker, "--topic-prefix", cluster.prefix, "-o", "json", *more]
    return subprocess.run([sys.executable, "-m", "marsad", *arguments], capture_output=True, check=False)


async def test_a_dry_run_counts_and_shows_and_writes_nothing(cluster: Cluster) -> None:
    await cluster.both(*(older(bombing(number)) for number in range(8)), tag(bombing(9)))
    before = await cluster.sizes()
    done = command(cluster)
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["dry_run"] is True
    assert (told["events"], told["superseded"], told["up_to_date"], told["current"]) == (9, 8, 1, 8)
    assert told["from_versions"] == {OLD: 8}
    assert told["rules_version"] == RULES_VERSION
    assert told["fields"] == {"topics": 8}
    assert len(told["samples"]) == 5
    assert told["samples"][0]["changes"]["topics"]["before"] == []
    assert "act of terror" in str(told["samples"][0]["changes"]["topics"]["after"])
    assert await cluster.sizes() == before


async def test_superseding_events_are_those_of_the_tag_stage_and_come_once(cluster: Cluster) -> None:
    articles = [bombing(number, revision) for number in range(5) for revision in (1, 2)]
    await cluster.both(*map(older, articles))
    assert command(cluster, "--yes").returncode == 0
    log = await cluster.read(topics.ENRICHED)
    assert len(log) == 20
    today = {one.value: one for one in log if orjson.loads(one.value)["rules_version"] == RULES_VERSION}
    assert set(today) == {encode(tag(one)) for one in articles}
    for value, one in today.items():
        event, headers = orjson.loads(value), dict(one.headers)
        taken = next(
            o for o in log if orjson.loads(o.value)["event_id"].encode() == headers["news_supersedes"]
        )
        assert headers["news_origin"] == dict(taken.headers)["news_origin"]
        assert headers["ce_id"].decode() == event["event_id"] != orjson.loads(taken.value)["event_id"]
        assert (one.key, one.partition) == (taken.key, taken.partition)
    assert await cluster.current() == {f"a{n}": encode(tag(bombing(n, 2))) for n in range(5)}
    again = command(cluster, "--yes")
    assert b"nothing to write" in again.stderr
    assert (json.loads(again.stdout)["superseded"], json.loads(again.stdout)["current"]) == (0, 0)
    assert len(await cluster.read(topics.ENRICHED)) == 20


async def test_old_revisions_come_before_new_ones(cluster: Cluster) -> None:
    await cluster.both(*(older(bombing(1, revision)) for revision in (1, 2, 3)))
    await cluster.retag(cluster.publisher)
    assert [orjson.loads(one.value)["revision"] for one in await cluster.read(topics.ENRICHED)] == [
        1,
        2,
        3,
    ] * 2
    assert orjson.loads((await cluster.current())["a1"])["revision"] == 3


async def test_an_article_that_the_log_holds_no_longer_is_taken_from_current(cluster: Cluster) -> None:
    await cluster.put(topics.CURRENT, older(bombing(1, 4)))
    await cluster.retag(cluster.publisher)
    assert [one.value for one in await cluster.read(topics.ENRICHED)] == [encode(tag(bombing(1, 4)))]
    assert await cluster.current() == {"a1": encode(tag(bombing(1, 4)))}
    assert (await cluster.retag(cluster.publisher))["superseded"] == 0


async def test_a_run_killed_between_its_two_topics_is_finished_by_the_next(cluster: Cluster) -> None:
    await cluster.both(older(bombing(1)), older(bombing(2)))
    await cluster.put(topics.ENRICHED, tag(bombing(1)))
    told = await cluster.retag(cluster.publisher)
    assert (told["superseded"], told["current"]) == (1, 2)
    assert await cluster.current() == {f"a{n}": encode(tag(bombing(n))) for n in (1, 2)}


async def test_a_redelivery_of_an_old_revision_changes_nothing(cluster: Cluster) -> None:
    await cluster.both(older(bombing(1, 1)), older(bombing(1, 2)))
    await cluster.put(topics.ENRICHED, older(bombing(1, 1)))
    told = await cluster.retag(cluster.publisher)
    assert told["superseded"] == 2
    assert await cluster.current() == {"a1": encode(tag(bombing(1, 2)))}
    assert (await cluster.retag(cluster.publisher))["superseded"] == 0


class Racing(Publisher):
    """A tag worker writes a newer revision at the worst of moments: just before our record, or just after."""

    def __init__(self, cluster: Cluster, newer: EnrichedArticle, *, before: bool) -> None:
        super().__init__(cluster.client, 60)
        self._cluster, self._newer, self._before, self._raced = cluster, newer, before, False

    async def publish(self, topic: str, records: Sequence[Record]) -> list[int]:
        due = topic.endswith(topics.CURRENT.name) and not self._raced
        self._raced |= due
        if due and self._before:
            await self._cluster.both(self._newer)
        done = await super().publish(topic, records)
        if due and not self._before:
            await self._cluster.both(self._newer)
        return done


@pytest.mark.parametrize("before", [True, False])
async def test_a_newer_revision_of_a_running_worker_ends_on_top(cluster: Cluster, before: bool) -> None:
    newer = tag(bombing(1, 2))
    await cluster.both(older(bombing(1)), older(bombing(2)))
    async with Racing(cluster, newer, before=before) as publisher:
        await cluster.retag(publisher)
    assert await cluster.current() == {"a1": encode(newer), "a2": encode(tag(bombing(2)))}
    again = await cluster.retag(cluster.publisher)
    assert (again["superseded"], again["current"]) == (0, 0)


async def test_since_is_about_when_an_article_was_fetched(cluster: Cluster) -> None:
    early, late = bombing(1, fetched_at="2026-11-18T08:00:00.000Z"), bombing(2)
    await cluster.both(older(early), older(late))
    done = command(cluster, "--since", "2026-11-19", "--yes")
    assert done.returncode == 0, done.stderr.decode()
    assert await cluster.current() == {"a1": encode(older(early)), "a2": encode(tag(late))}


async def test_what_is_no_event_is_named_and_the_others_go_on(cluster: Cluster, kafka: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(topics.full_name(topics.ENRICHED, cluster.prefix), b"{no json", key=b"x")
        await producer.send_and_wait(topics.full_name(topics.CURRENT, cluster.prefix), None, key=b"gone")
    await cluster.both(older(bombing(1)))
    done = command(cluster, "--yes")
    assert done.returncode == 3
    assert b"articles.enriched.v1/" in done.stderr
    assert b"Traceback" not in done.stderr
    assert await cluster.current() == {"a1": encode(tag(bombing(1))), "gone": None}


async def test_no_topics_is_a_failure_in_words(kafka: str) -> None:
    with pytest.raises(LookupError, match="topics apply"):
        await Retag({"bootstrap_servers": kafka}, "nobody.", None, lambda _: None).run()


def test_since_reads_instants_days_and_spans() -> None:
    now = round(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)
    assert wire_since(None, now) == ""
    assert wire_since("2026-11-21", now) == "2026-11-21T00:00:00.000Z"
    assert wire_since("2026-11-21T10:00:00+03:00", now) == "2026-11-21T07:00:00.000Z"
    assert wire_since("12h", now) == "2026-11-22T00:00:00.000Z"
    for wrong in ("yesterday", "", "999999w", "7 days"):
        with pytest.raises(Misuse, match="--since"):
            wire_since(wrong, now)
    assert issubclass(Misuse, Failure)


async def grown(cluster: Cluster, beyond: int) -> None:
    """Wait until `enriched` holds more than `beyond` records."""
    async with AIOKafkaConsumer(bootstrap_servers=cluster.broker) as consumer:
        name = topics.full_name(topics.ENRICHED, cluster.prefix)
        parts = await topic_partitions(cluster.client, name)
        while True:
            if sum((await consumer.end_offsets(parts)).values()) > beyond:
                return
            await asyncio.sleep(0.01)


async def test_killed_at_any_moment_and_run_again_nothing_is_lost_and_nothing_comes_twice(
    cluster: Cluster,
) -> None:
    articles = [bombing(number) for number in range(600)]
    events = [older(one) for one in articles]
    await cluster.put(topics.ENRICHED, *events)
    await cluster.put(topics.CURRENT, *events)
    arguments = ["retag", "--broker", cluster.broker, "--topic-prefix", cluster.prefix, "--yes"]
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "marsad", *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(120):
            await grown(cluster, len(events))
    finally:
        running.kill()
        await running.wait()
    assert len(events) < len(await cluster.read(topics.ENRICHED)) < 2 * len(events)
    await cluster.retag(cluster.publisher)
    log = await cluster.read(topics.ENRICHED)
    collapsed: dict[str, set[bytes]] = {}
    for one in log:
        collapsed.setdefault(orjson.loads(one.value)["event_id"], set()).add(one.value)
    wanted = {encode(event) for event in events} | {encode(tag(one)) for one in articles}
    assert all(len(values) == 1 for values in collapsed.values())
    assert {value for values in collapsed.values() for value in values} == wanted
    assert len(collapsed) == 2 * len(events)
    assert await cluster.current() == {one.article_id: encode(tag(one)) for one in articles}
    again = await cluster.retag(cluster.publisher)
    assert (again["superseded"], again["current"]) == (0, 0)
