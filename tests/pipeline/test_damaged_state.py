"""A database whose files were damaged is made anew from the changelog; nobody has to delete it by hand."""

from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer

from tests.pipeline import verifier
from tests.pipeline.corpus import in_both_partitions
from tests.pipeline.feeding import good, send
from tests.pipeline.workers import Workers


def overwrite(files: Sequence[Path]) -> None:
    assert files
    for file in files:
        half = file.stat().st_size // 2
        with file.open("r+b") as opened:
            opened.seek(half)
            opened.write(b"\xee" * half)


def delete(files: Sequence[Path]) -> None:
    assert files
    for file in files:
        file.unlink()


async def test_it_is_restored(workers: Workers, producer: AIOKafkaProducer) -> None:
    await send(producer, workers.prefix, in_both_partitions(0, 50))
    workers.start()
    await workers.drained()
    workers.stop()
    first, second = workers.data.glob("workers/*/*/dedupe-*/dedupe-*")
    overwrite(list(first.glob("*.sst")))
    delete(list(second.glob("*.sst")))
    workers.start()
    await send(producer, workers.prefix, in_both_partitions(40, 60))
    await workers.drained()
    assert workers.log("dedupe").count("is damaged, it is made anew from the changelog") == 2
    found = verifier.check(await verifier.read_logs(workers.broker, workers.prefix))
    assert good(found), found
    assert (found["events"], found["repeats"]) == (120, 20)
