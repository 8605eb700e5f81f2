"""Time to the first decision after the loss of all local state.

    python -m benchmarks.recovery 10000 100000 1000000

The changelog partition of one language is filled with entries as a worker writes them, about 3 kB each: 5,000
are laid out with texts of their own (dedupe_growth.py), and each entry of the changelog is one of these
made into another article: its own number, origin, id, keys, digests, story, time, shingles, postings. Words
and term counts are those of the model, and so is the packed text, which recovery carries and never opens.

Then a production worker starts on an empty data directory with one new article waiting. Printed at each size:
what the worker itself says of its recovery (reading the changelog, writing the store, building the index;
reading and writing go on side by side, so the parts may add up to more than the whole), the seconds from
the start of its process to the article's event, the processor seconds of the worker (the figure
that holds on a busy machine), and its peak memory.
"""

import asyncio
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from benchmarks import rig
from benchmarks.articles import raw_lines
from benchmarks.dedupe_growth import Filler
from events.identity import digest
from events.topics import DEDUPED, NORMALIZED, changelog
from events.wire import decode_raw, encode
from marsad import topics
from marsad.kafka import EmbeddedKafka
from marsad.lag import topic_ends
from streams.dedupe.entry import decode_entry, encode_entry, replace
from streams.dedupe.table import key64
from streams.normalize import normalize

PREFIX = "recovery."
TOPIC = changelog(PREFIX).name
SHARD = "ar"
MODELS = 5_000
READY_SECONDS = 900
HEAD = "  entries   read s  write s  index s  ready s  first event s  CPU s  peak MB  µs each"
READ = re.compile(r"(\d+) changelog records: reading ([\d.]+) s, writing ([\d.]+) s")
READY = re.compile(r"ready after ([\d.]+) s: index of (\d+) entries in ([\d.]+) s")


class Stock:
    """Entries for any number of articles, made of a few thousand that are laid out at length."""

    def __init__(self) -> None:
        filler = Filler()
        self._models = [decode_entry(filler.entry(seq)) for seq in range(1, MODELS + 1)]
        self._step = self._models[1].clock - self._models[0].clock

    def entry(self, seq: int) -> bytes:
        """Give the `seq`-th entry of the shard."""
        model = self._models[seq % MODELS]
        content, story = model.content, model.story
        assert content is not None
        assert story is not None
        article_id = f"{seq:032x}"
        salt = np.uint32(seq * 2_654_435_761 & 0xFFFFFFFF)
        at = self._models[0].clock + seq * self._step
        content = replace(
            content,
            exact=article_id,
            body=article_id,
            shingles=np.sort(np.frombuffer(content.shingles, "<u4") ^ salt).tobytes(),
            postings=np.sort(np.frombuffer(content.postings, "<u4") ^ salt | np.uint32(1)).tobytes(),
        )
        keys = (key64("id", article_id), key64("path", model.source_id, article_id))
        story = replace(story, story_id=digest("story", article_id), last_article_id=article_id)
        return encode_entry(
            replace(
                model, seq=seq, origin=f"fill/0/{seq}", article_id=article_id, at=at, clock=at, keys=keys,
                content=content, story=story,
            )
        )  # fmt: skip


async def fill(client: dict[str, Any], stock: Stock, partition: int, first: int, end: int) -> None:
    """Write the entries from `first` up to `end` into the changelog, in order."""
    producer = AIOKafkaProducer(**client, acks=1, linger_ms=20, max_batch_size=1 << 20)
    await producer.start()
    try:
        sent = None
        for seq in range(first, end):
            key = f"{SHARD}/{seq:012d}".encode()
            sent = await producer.send(TOPIC, stock.entry(seq), key, partition)
        await producer.flush()
        if sent is not None:
            await sent
    finally:
        await producer.stop()


async def ask(client: dict[str, Any], number: int) -> None:
    """Put one new article of the language before dedupe, as `normalize` would have made it."""
    *_, line = raw_lines(1, number)
    article = normalize(decode_raw(line))
    assert article.shard == SHARD, article.shard
    producer = AIOKafkaProducer(**client)
    await producer.start()
    await producer.send_and_wait(f"{PREFIX}{NORMALIZED.name}", encode(article), key=SHARD.encode())
    await producer.stop()


async def answered(client: dict[str, Any], before: int) -> int:
    """Wait until dedupe has put out more than `before` events; give how many there are."""
    async with asyncio.timeout(READY_SECONDS):
        while (count := sum((await topic_ends(client, f"{PREFIX}{DEDUPED.name}")).values())) <= before:
            await asyncio.sleep(0.1)
    return count


async def measure(kafka: EmbeddedKafka, size: int, folder: Path) -> str:
    """Start a worker on an empty directory with one new article waiting; give what came out, as a line."""
    client = {"bootstrap_servers": kafka.address}
    before = await answered(client, -1)
    await ask(client, size)
    started = time.monotonic()
    member = rig.worker("dedupe", "dedupe", kafka.address, PREFIX, folder)
    try:
        await answered(client, before)
        seconds = time.monotonic() - started
        processor = rig.processor_seconds(member.process.pid)
        peak = rig.held(member.process.pid)["peak_mb"]
    finally:
        await asyncio.to_thread(rig.end, [member])
    said = (folder / "dedupe.log").read_text()
    records, reading, writing = max(READ.findall(said), key=lambda one: int(one[0]))
    whole, entries, index = max(READY.findall(said), key=lambda one: int(one[1]))
    assert int(records) >= size <= int(entries), (records, entries, size)
    return (
        f"{size:>9,}{float(reading):>9.1f}{float(writing):>9.1f}{float(index):>9.1f}{float(whole):>9.1f}"
        f"{seconds:>15.1f}{processor:>7.1f}{peak:>9.0f}{float(whole) / size * 1e6:>9.0f}"
    )


async def run(sizes: list[int], folder: Path) -> None:
    """Fill the changelog up to each size in turn, and measure."""
    stock = Stock()
    async with EmbeddedKafka(folder / "broker") as kafka:
        client = {"bootstrap_servers": kafka.address}
        await topics.apply(client, topics.Wanted(PREFIX, 6, 1))
        partition = DefaultPartitioner()(SHARD.encode(), list(range(6)), list(range(6)))
        print(HEAD, flush=True)
        filled = 1
        for size in sizes:
            await fill(client, stock, partition, filled, size + 1)
            filled = max(filled, size + 1) + 1  # the article that is asked for is one more
            (folder / str(size)).mkdir()
            print(await measure(kafka, size, folder / str(size)), flush=True)
            shutil.rmtree(folder / str(size))


def main(words: list[str]) -> None:
    """Measure at each of the sizes asked for."""
    sizes = sorted(int(word) for word in words) or [10_000]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(sizes, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
