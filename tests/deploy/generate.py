"""Files made from our own tables: `make manifests` writes them, a test holds them to what it would write.

python -m tests.deploy.generate
"""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from events.topics import DEFAULT_PARTITIONS, DEFAULT_PREFIX
from marsad import delivering, lagging, manifests, polling
from streams.engine.metrics import METRICS as OF_STAGES

ROOT = Path(__file__).parents[2]
FIGURES = {
    "Stages (`marsad worker`)": OF_STAGES,
    "Connectors": polling.METRICS,
    "Sinks": delivering.METRICS,
    "Lag (`marsad lag --serve`)": lagging.METRICS,
}
MONITORING = ROOT / "k8s" / "components" / "monitoring"
STRIMZI = ROOT / "k8s" / "components" / "strimzi"
MADE = "# Made by `make manifests` from {}; not to be changed by hand.\n"
BEGIN, END = "<!-- made by `make manifests` -->", "<!-- end -->"


def made() -> Mapping[Path, str]:
    """Each file and what it ought to hold."""
    topics = manifests.kafka_topics(DEFAULT_PREFIX, DEFAULT_PARTITIONS, manifests.REPLICAS)
    return {
        STRIMZI / "topics.yaml": MADE.format("events/topics.py") + _yaml(list(topics)),
        STRIMZI / "users.yaml": MADE.format("marsad/access.py")
        + _yaml(list(manifests.kafka_users(DEFAULT_PREFIX))),
        STRIMZI / "logins.yaml": MADE.format("k8s/base and marsad/access.py") + _yaml(_logins()),
        MONITORING / "rules.yaml": MADE.format("observability/alerts.yml") + _yaml([_alerts()]),
        ROOT / "docs" / "metrics.md": _between(ROOT / "docs" / "metrics.md", _figures()),
        ROOT / "docs" / "security.md": _between(ROOT / "docs" / "security.md", manifests.rights()),
    }


def _logins() -> list[manifests.Object]:
    """Each workload logs in as its own user: a patch for each that is in the base."""
    found = []
    for file in sorted((ROOT / "k8s" / "base").glob("*.yaml")):
        for one in yaml.safe_load_all(file.read_text("utf-8")):
            if one["kind"] in ("Deployment", "StatefulSet"):
                found.append(_login(one))
    return found


def _login(workload: manifests.Object) -> manifests.Object:
    name = workload["metadata"]["name"]
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    sources = [
        {"secret": {"name": name, "items": [{"key": "password", "path": "password"}]}},
        {
            "secret": {
                "name": f"{manifests.CLUSTER}-cluster-ca-cert",
                "items": [{"key": "ca.crt", "path": "ca.crt"}],
            }
        },
    ]
    volume = {"name": "broker", "secret": None, "projected": {"sources": sources}}
    variable = {"name": "MARSAD_SASL_USERNAME", "value": name}
    spec = {"containers": [{"name": container["name"], "env": [variable]}], "volumes": [volume]}
    return {
        "apiVersion": workload["apiVersion"], "kind": workload["kind"], "metadata": {"name": name},
        "spec": {"template": {"spec": spec}},
    }  # fmt: skip


def _alerts() -> manifests.Object:
    rules = yaml.safe_load((ROOT / "observability" / "alerts.yml").read_text("utf-8"))
    return {
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "marsad"},
        "spec": rules,
    }  # fmt: skip


def _figures() -> str:
    lines = []
    for whose, figures in FIGURES.items():
        lines += [f"### {whose}", "", "| figure | meaning |", "| --- | --- |"]
        lines += [f"| `{name}` | {about} |" for name, about in figures.items()]
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _yaml(objects: list[manifests.Object]) -> str:
    return yaml.safe_dump_all(objects, sort_keys=False, allow_unicode=True)


def _between(page: Path, table: str) -> str:
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return marked.sub(lambda _: f"{BEGIN}\n{table}\n{END}", page.read_text("utf-8"))


if __name__ == "__main__":
    for path, text in made().items():
        path.write_text(text, "utf-8")
