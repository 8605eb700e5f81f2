"""The short form of `make chaos`: one fault of each quick kind under load, on a broker of its own."""

from pathlib import Path

from tests.chaos.faults import QUICK
from tests.chaos.run import Plan, chaos
from tests.pipeline.verifier import FAULTLESS


async def test_nothing_is_lost_invented_or_changed_under_faults(tmp_path: Path) -> None:
    report = await chaos(tmp_path, Plan(seed=7, count=len(QUICK), quick=True))
    assert {name: report.found[name] for name in FAULTLESS} == dict.fromkeys(FAULTLESS, 0), report
    assert set(report.faults + report.missed) == {fault.__name__ for fault in QUICK}
    assert report.missed.total() <= 3  # on a very busy machine one may come too late
    assert report.found["events"] > 100
