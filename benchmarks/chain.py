"""The whole chain on a real Kafka beside the same stages in `process`: `python benchmarks/chain.py 3000`.

Both take the same made-up articles (benchmarks/articles.py), in one run on one machine. Printed: articles
per second of each, their ratio, and the processor seconds of each stage's worker. Kafka is the embedded
one and shares the machine. The time of the chain runs from the first record pushed, workers already up, to
the last offset committed by the last stage.
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiokafka import AIOKafkaProducer

from benchmarks.articles import raw_lines
from connectors.archive import read_stream
from connectors.publish import raw_record
from marsad import topics
from marsad.kafka import EmbeddedKafka
from marsad.lag import drained

PREFIX = "bench."
STAGES = ("normalize", "dedupe", "tag")


def in_process(file: Path) -> float:
    """Give the seconds of `marsad process` over `file`, its start included."""
    started = time.perf_counter()
    with file.open("rb") as lines:
        command = [sys.executable, "-m", "marsad", "process"]
        subprocess.run(command, stdin=lines, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


async def on_kafka(file: Path, folder: Path) -> tuple[float, float]:
    """Give the seconds of the chain over Kafka, and the processor seconds of all workers."""
    async with EmbeddedKafka(folder) as kafka:
        options = {"bootstrap_servers": kafka.address}
        await topics.apply(options, topics.Wanted(PREFIX, 6, 1))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        workers = [start_worker(stage, kafka.address, folder) for stage in STAGES]
        try:
            await until_up(folder)
            started = time.perf_counter()
            await push(options, file)
            await drained(options, PREFIX, 0.1)
            seconds = time.perf_counter() - started
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def start_worker(stage: str, broker: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Start one stage; its log says when it is up."""
    command = [sys.executable, "-m", "marsad", "worker", "--stage", stage, "--broker", broker]
    with (folder / f"{stage}.log").open("wb") as log:
        return subprocess.Popen([*command, "--topic-prefix", PREFIX, "--data", str(folder)], stderr=log)


async def until_up(folder: Path) -> None:
    """Wait until every stage has joined its group."""
    async with asyncio.timeout(120):
        while not all(b" is up" in (folder / f"{stage}.log").read_bytes() for stage in STAGES):
            await asyncio.sleep(0.1)


async def push(options: dict[str, str], file: Path) -> None:
    """Write the articles into the raw topic."""
    producer = AIOKafkaProducer(**options, enable_idempotence=True, acks="all", linger_ms=5)
    await producer.start()
    with file.open("rb") as lines:
        for line in read_stream(lines):
            assert line.article is not None, line.refusal
            record = raw_record(line.article, line.data)
            await producer.send(f"{PREFIX}articles.raw.v1", record.value, key=record.key)
    await producer.stop()


def main(count: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "articles.jsonl"
        file.write_bytes(b"".join(line + b"\n" for line in raw_lines(count)))
        size = file.stat().st_size / count
        alone = in_process(file)
        chain, cpu = asyncio.run(on_kafka(file, folder))
    print(f"{count} articles, {size:.0f} bytes each as raw JSON")
    print(f"process, one process     {count / alone:8.0f} articles/s")
    print(f"three stages on Kafka    {count / chain:8.0f} articles/s   {alone / chain:.2f} of process")
    print(f"workers' processor time  {cpu / count * 1000:8.2f} ms an article, start-up included")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)
