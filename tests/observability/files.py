"""observability/ as the tests read it: rules, dashboards, and every query that stands in them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "observability"
RULES = FOLDER / "alerts.yml"
DASHBOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
SELECTOR = re.compile(r"\b((?:news|kafka|process)_\w+|up)\b(\{[^}]*\})?")


def dashboard(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def alert_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panel_queries(path: Path, window: str) -> Iterator[str]:
    """Each query of a dashboard, its variables filled in as Grafana would for All."""
    board = dashboard(path)
    for panel in board["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$__rate_interval", window)
            query = query.replace("[1h]", f"[{window}]")
            for variable in board["templating"]["list"]:
                query = query.replace(f"${variable['name']}", variable.get("allValue", ""))
            yield query


def variable_queries(path: Path) -> Iterator[str]:
    """What a dashboard asks to fill its menus."""
    for variable in dashboard(path)["templating"]["list"]:
        if variable["type"] == "query":
            yield re.findall(r"label_values\((\w+), ", variable["definition"])[0]


def selectors(query: str) -> set[str]:
    """The series that a query stands on: it is right to be empty, they are not."""
    return {name + labels for name, labels in SELECTOR.findall(query)}
