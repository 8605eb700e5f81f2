"""The exit code of `marsad poll` follows what stderr says."""

import subprocess
import sys
from pathlib import Path

SEED = Path(__file__).parents[2] / "seeds" / "tigris-ledger.rss.xml"


def test_a_state_folder_that_cannot_be_is_a_refused_input(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file, not a folder")
    command = [sys.executable, "-m", "marsad", "poll", str(SEED), "--state", str(taken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(f"{taken}: ")
    assert done.stdout.count("\n") > 3
