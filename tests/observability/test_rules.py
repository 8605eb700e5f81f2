"""What promtool says of the alert rules, of Prometheus' settings, and of the dashboards' queries."""

import subprocess
from pathlib import Path

import yaml

from marsad import delivering, lagging, polling
from streams.engine.metrics import METRICS
from tests.observability import files

OURS = METRICS | polling.METRICS | delivering.METRICS | lagging.METRICS
OF_EVERY_PROCESS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}


def promtool(*arguments: str) -> None:
    done = subprocess.run(
        ["promtool", *arguments], cwd=files.FOLDER, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_and_the_settings_are_sound() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("check", "config", "prometheus.yml")


def test_each_alert_comes_when_it_should_and_only_then() -> None:
    promtool("test", "rules", "alerts.test.yml")
    tried = (files.FOLDER / "alerts.test.yml").read_text("utf-8")
    assert [rule["alert"] for rule in files.alert_rules() if rule["alert"] not in tried] == []


def test_the_queries_of_the_dashboards_can_be_read(tmp_path: Path) -> None:
    queries = [query for path in files.DASHBOARDS for query in files.panel_queries(path, "5m")]
    rules = [{"record": f"panel:number_{number}", "expr": query} for number, query in enumerate(queries)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", str(tmp_path / "panels.yml"))


def test_every_figure_that_is_asked_for_is_one_of_ours_and_each_of_ours_is_asked_for() -> None:
    queries = [query for path in files.DASHBOARDS for query in files.panel_queries(path, "5m")]
    queries += [rule["expr"] for rule in files.alert_rules()]
    asked = {name.partition("{")[0] for query in queries for name in files.selectors(query)}
    known = {f"{name}_bucket" if name.endswith("_seconds") else name for name in OURS} | set(OURS)
    assert asked <= known | OF_EVERY_PROCESS
    bare = {name.removesuffix("_bucket") for name in asked}
    # kafka_exporter has these, and dashboards made for it ask for them.
    theirs = {
        "kafka_topic_partition_oldest_offset", "kafka_consumergroup_current_offset",
        "kafka_consumergroup_lag_sum",
    }  # fmt: skip
    assert set(OURS) - bare == theirs
