"""hadolint reads the Dockerfile: how an image is built well."""

import subprocess

from tests.deploy.accepted import ROOT


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        ["hadolint", "--no-color", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
