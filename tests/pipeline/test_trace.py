"""`marsad trace` finds every record of an article, and no other's."""

import asyncio
import json
import subprocess
import sys

import orjson
from aiokafka import AIOKafkaProducer

from events.identity import article_id
from events.wire import raw_article
from tests.pipeline import corpus
from tests.pipeline.feeding import send
from tests.pipeline.workers import Workers


async def test_an_article_is_followed_through_all_topics(
    workers: Workers, producer: AIOKafkaProducer
) -> None:
    raws = [corpus.raw(1), corpus.raw(2), corpus.raw(1), corpus.raw(1, figure=9)]
    for raw in raws:  # one after the other, so that their order is the one told below
        await send(producer, workers.prefix, [orjson.dumps(raw)])
    workers.start()
    await workers.drained()
    wanted = article_id(raw_article(raws[0]))
    command = ["trace", wanted, "--broker", workers.broker, "--topic-prefix", workers.prefix]
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "marsad", *command], capture_output=True, check=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    says = [row["says"] for row in rows]
    assert sorted(says) == sorted(
        ["fetched"] * 3 + ["normalized"] * 3 + ["repeat of revision 1"]
        + ["deduped: new, revision 1", "enriched: new, revision 1", "current: new, revision 1"]
        + ["deduped: revision, revision 2", "enriched: revision, revision 2", "current: revision, revision 2"]
    )  # fmt: skip
    assert {row["title"] for row in rows if row["title"]} == {raws[0]["title"]}
    assert len({row["position"] for row in rows}) == len(rows)
