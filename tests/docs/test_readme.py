"""What README shows is what comes out."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()


def test_the_event_shown_is_the_third_that_comes_out_of_the_sample_it_names() -> None:
    command = [sys.executable, "-m", "marsad", "process", "seeds/later-fetches.jsonl"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.splitlines()
    (shown,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    assert json.loads(shown) == json.loads(made[2])


def test_every_command_that_the_tables_name_is_there() -> None:
    named = set(re.findall(r"`marsad ([a-z]+)", README))
    helped = subprocess.run([sys.executable, "-m", "marsad", "--help"], capture_output=True, check=True)
    there = set(re.findall(rb"^  ([a-z]+) ", helped.stdout, re.MULTILINE))
    assert named <= {name.decode() for name in there}
    assert {"run", "process"} <= named


def test_the_picture_and_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
