"""requirements.lock: everything pyproject.toml asks for, each by its hash; no address, no path."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WANTED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


@pytest.mark.parametrize("line", WANTED)
def test_what_the_project_asks_for_is_locked(line: str) -> None:
    wanted = Requirement(line)
    version = PINNED.get(canonicalize_name(wanted.name))
    assert version is not None, "make lock"
    assert wanted.specifier.contains(version), "make lock"


def test_every_package_has_hashes_and_no_address() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", LOCK)
    packages = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+==", block)]
    assert len(packages) >= len(PINNED) > 50
    assert all("--hash=sha256:" in block for block in packages)
    assert not re.search(r"https?://|file:|^-|@ ", LOCK, re.MULTILINE)
