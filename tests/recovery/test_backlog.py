"""Back-pressure: what waits in the log stays in the log. The long form is `make backlog`."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from benchmarks import rig
from marsad.lag import stage_lag
from tests.pipeline.conftest import producer

__all__ = ["producer"]
pytestmark = pytest.mark.kafka
COUNT, SIZE = 6_000, 20_000
WAITING_MB = COUNT * SIZE / 1e6


async def test_a_backlog_is_neither_held_in_memory_nor_read_twice(
    kafka: str, prefix: str, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    """Refused records are cheap to handle, so the reading side runs as far ahead as it is let."""
    before = await _passed(kafka, prefix, producer, tmp_path / "few", 20)
    after = await _passed(kafka, prefix, producer, tmp_path / "many", COUNT)
    assert after["handled"] == COUNT
    assert after["news_assignments_total"] == 1
    grown = after["peak_mb"] - before["peak_mb"]
    assert grown < WAITING_MB / 2, f"{grown:.0f} MB more with {WAITING_MB:.0f} MB waiting"


async def _passed(
    kafka: str, prefix: str, producer: AIOKafkaProducer, folder: Path, count: int
) -> dict[str, float]:
    """Let `count` records wait, start a worker, and give its figures when it has handled them."""
    for number in range(count):
        await producer.send(f"{prefix}articles.raw.v1", b"{%d " % number + b"x" * SIZE, key=b"%d" % number)
    await producer.flush()
    folder.mkdir()
    worker = rig.worker("normalize", "normalize", kafka, prefix, folder)
    try:
        while (await stage_lag({"bootstrap_servers": kafka}, prefix, "normalize", 0)).records:
            assert worker.alive, (folder / "normalize.log").read_text()
        told = rig.told(worker) | rig.held(worker.process.pid)
    finally:
        rig.end([worker])
    handled = sum(value for name, value in told.items() if name.startswith("news_events_total/"))
    return told | {"handled": handled}
