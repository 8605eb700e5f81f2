"""The short form of `make chaos`: a few faults under load, on a broker of its own."""

from pathlib import Path

from tests.chaos.faults import QUICK
from tests.chaos.run import chaos


async def test_nothing_is_lost_invented_or_changed_under_faults(tmp_path: Path) -> None:
    found = await chaos(tmp_path, seed=7, faults=QUICK, count=8)
    assert {name: found[name] for name in ("lost", "invented", "changed", "twice")} == {
        "lost": 0, "invented": 0, "changed": 0, "twice": 0,
    }, found  # fmt: skip
    assert found["events"] > 100
