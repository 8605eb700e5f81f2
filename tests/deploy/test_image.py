"""The Dockerfile's steps: what it copies is there, and its script makes an environment that works."""

import os
import re
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from marsad import __version__
from tests.deploy.accepted import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
CLEAN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pins(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(path.read_text("utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def test_the_images_lock_is_the_project_s_without_its_tools() -> None:
    whole, image = pins(ROOT / "requirements.lock"), pins(ROOT / "docker" / "requirements.lock")
    assert {name: whole[name] for name in image} == image, "make lock"
    assert {"faust-streaming", "aiokafka", "prometheus-client", "hatchling"} <= set(image)
    assert {"trafilatura", "protego"} <= set(image)  # connectors in a container fetch full text too
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & set(image)
    assert "--hash=sha256:" in (ROOT / "docker" / "requirements.lock").read_text("utf-8")


def test_what_it_copies_is_there_and_gets_past_dockerignore() -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in let_in, source


def test_it_runs_as_a_number_on_a_pinned_base() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(stages)) == 1
    assert re.fullmatch(r"python:3\.1[123]\.\d+-slim-\w+", stages[0])
    assert re.search(r"^USER (\d+):\1$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nRUN ")


def build(step: str, target: Path, **env: str) -> str:
    """Run one step of the image as its Dockerfile does; give what it printed."""
    done = subprocess.run(
        ["sh", "docker/build.sh", step, str(target)],
        cwd=ROOT,
        env={**CLEAN, "PYTHON": sys.executable, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_its_steps_make_an_environment_that_works(tmp_path: Path) -> None:
    target = tmp_path / "env"
    build("packages", target)
    # No registry for the second step: it builds with what the first one brought.
    assert build("marsad", target, PIP_INDEX_URL="http://127.0.0.1:9/").endswith(f"marsad {__version__}")
    (site,) = target.glob("lib/python3*/site-packages")
    assert (site / "streams" / "tag" / "data").is_dir()
    assert (site / "marsad" / "web" / "static" / "page.js").is_file()
    assert not (site / "pytest").exists()
    help_ = subprocess.run(
        [target / "bin" / "marsad", "--help"],
        cwd=tmp_path,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "worker" in help_.stdout
