"""k8s/ without a cluster: our commands and settings, who may do what, and what refers to what."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from events.topics import DEFAULT_PARTITIONS
from marsad import __version__
from marsad.access import COMPONENTS
from marsad.settings import Settings
from streams.engine.worker import STOP_SECONDS
from tests.deploy import accepted

BASE = accepted.ROOT / "k8s" / "base"
OVERLAYS = sorted(
    [*(accepted.ROOT / "k8s" / "overlays").iterdir(), *(accepted.ROOT / "k8s" / "components").iterdir()]
)
STAGES = ("normalize", "dedupe", "tag", "alert")
BY_HAND = {"project", "publisher", "operator"}
"""Components that people run, or an overlay of their own, not the base."""
KUSTOMIZATION = yaml.safe_load((BASE / "kustomization.yaml").read_text("utf-8"))
OBJECTS: list[dict[str, Any]] = [
    one for name in KUSTOMIZATION["resources"] for one in yaml.safe_load_all((BASE / name).read_text("utf-8"))
]
WORKLOADS = {one["metadata"]["name"]: one for one in OBJECTS if "template" in one.get("spec", {})}
PODS = {name: one["spec"]["template"]["spec"] for name, one in WORKLOADS.items()}
CONTAINERS = {name: pod["containers"][0] for name, pod in PODS.items()}


def config(kustomization: dict[str, Any], name: str) -> dict[str, str]:
    """The literals of a ConfigMap as a kustomization has them."""
    lines = [
        line
        for one in kustomization.get("configMapGenerator", [])
        if one["name"] == name
        for line in one.get("literals", [])
    ]
    return dict(line.split("=", 1) for line in lines)


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one.get("value", "a-pod-0") for one in container.get("env", [])}


def selected(selector: dict[str, str]) -> set[str]:
    return {
        name
        for name, one in WORKLOADS.items()
        if selector.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    }


def test_all_files_of_the_base_are_used() -> None:
    used = {*KUSTOMIZATION["resources"], "kustomization.yaml", "feeds.opml", "sinks.toml"}
    assert {path.name for path in BASE.iterdir()} == used
    assert set(PODS) == {f"marsad-{name}" for name in COMPONENTS if name not in BY_HAND}


@pytest.mark.parametrize("name", PODS)
def test_each_command_and_variable_is_one_of_ours(name: str) -> None:
    container = CONTAINERS[name]
    parameters = accepted.command(container["args"])
    assert container["envFrom"] == [{"configMapRef": {"name": "marsad"}}]
    accepted.environment(config(KUSTOMIZATION, "marsad") | variables(container))
    if "stage" in parameters:
        assert name == f"marsad-{parameters['stage'].value}"


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: path.name)
def test_what_an_overlay_sets_is_known_to_us(overlay: Path) -> None:
    said = yaml.safe_load((overlay / "kustomization.yaml").read_text("utf-8"))
    login = {"MARSAD_SASL_USERNAME": "marsad-tag", "MARSAD_SASL_PASSWORD": "x"}
    accepted.environment(login | config(said, "marsad"))
    assert {one["name"] for one in said.get("replicas", [])} <= set(PODS)
    targets = [one["target"].get("name", "") for one in said.get("patches", []) if "target" in one]
    for pattern in targets:
        assert not pattern or [name for name in PODS if re.fullmatch(pattern, name)]


@pytest.mark.parametrize("name", PODS)
def test_no_pod_may_more_than_it_needs(name: str) -> None:
    pod, container = PODS[name], CONTAINERS[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["image"] == "marsad"
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


def test_the_image_is_this_version() -> None:
    (image,) = KUSTOMIZATION["images"]
    assert (image["name"], str(image["newTag"])) == ("marsad", __version__)


@pytest.mark.parametrize("name", PODS)
def test_what_is_mounted_is_there_and_our_data_can_be_written(name: str) -> None:
    spec = WORKLOADS[name]["spec"]
    there = {one["name"] for one in PODS[name]["volumes"]}
    there |= {one["metadata"]["name"] for one in spec.get("volumeClaimTemplates", [])}
    mounts = {one["mountPath"]: one for one in CONTAINERS[name]["volumeMounts"]}
    assert {one["name"] for one in mounts.values()} == there
    for path in ("/var/lib/marsad", "/tmp"):
        assert not mounts[path].get("readOnly")


@pytest.mark.parametrize("stage", [*STAGES, "connectors", "sinks", "lag"])
def test_workers_are_probed_where_they_answer_and_have_time_to_stop(stage: str) -> None:
    container, pod = CONTAINERS[f"marsad-{stage}"], PODS[f"marsad-{stage}"]
    (port,) = container["ports"]
    assert str(port["containerPort"]) == variables(container)["MARSAD_HEALTH_PORT"]
    for probe, path in {
        "startupProbe": "/livez",
        "livenessProbe": "/livez",
        "readinessProbe": "/readyz",
    }.items():
        assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}
    assert pod["terminationGracePeriodSeconds"] > max(30, STOP_SECONDS)


def test_what_remembers_has_a_volume_and_a_name_that_stays() -> None:
    for name in ("marsad-dedupe", "marsad-alert"):
        workload = WORKLOADS[name]
        assert workload["kind"] == "StatefulSet"
        assert workload["spec"]["podManagementPolicy"] == "Parallel"
        assert {one["metadata"]["name"] for one in workload["spec"]["volumeClaimTemplates"]} == {"data"}
        (identity,) = [one for one in CONTAINERS[name]["env"] if one["name"] == "MARSAD_INSTANCE_ID"]
        assert identity["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    for name in ("marsad-normalize", "marsad-tag"):
        # A Deployment's pods share no name over a restart, so an id of their own would only linger.
        assert "MARSAD_INSTANCE_ID" not in variables(CONTAINERS[name])


def test_selectors_find_what_they_are_for() -> None:
    services = {one["metadata"]["name"] for one in OBJECTS if one["kind"] == "Service"}
    for one in OBJECTS:
        name, spec = one["metadata"]["name"], one.get("spec", {})
        if one["kind"] in ("Deployment", "StatefulSet", "PodDisruptionBudget"):
            assert selected(spec["selector"]["matchLabels"]) == {name}
        if one["kind"] == "Service":
            assert selected(spec["selector"]) == {name}
        if one["kind"] == "StatefulSet":
            assert spec["serviceName"] in services
        if one["kind"] == "PodDisruptionBudget":
            assert spec["maxUnavailable"] == 1
    budgets = {one["metadata"]["name"] for one in OBJECTS if one["kind"] == "PodDisruptionBudget"}
    assert budgets == {f"marsad-{name}" for name in (*STAGES, "connectors", "sinks", "web")}


def test_the_network_lets_in_only_what_is_served() -> None:
    served = {port["containerPort"] for one in CONTAINERS.values() for port in one.get("ports", [])}
    policies = [one["spec"] for one in OBJECTS if one["kind"] == "NetworkPolicy"]
    let_in = {port["port"] for one in policies for rule in one.get("ingress", []) for port in rule["ports"]}
    assert let_in == served
    general = next(
        one for one in policies if "app.kubernetes.io/part-of" in one["podSelector"]["matchLabels"]
    )
    (labels,) = KUSTOMIZATION["labels"]
    assert labels["includeTemplates"] is True
    assert general["podSelector"]["matchLabels"].items() <= labels["pairs"].items()
    assert set(general["policyTypes"]) == {"Ingress", "Egress"}


def test_the_feeds_are_where_the_connectors_look_and_those_in_the_list_are_in_the_image() -> None:
    path = accepted.command(CONTAINERS["marsad-connectors"]["args"])["feeds"]
    mounts = {one["mountPath"] for one in CONTAINERS["marsad-connectors"]["volumeMounts"]}
    assert f"/srv/marsad/{path}" in mounts
    listed = [one.get("xmlUrl") for one in etree.parse(str(BASE / "feeds.opml")).iter("outline")]
    assert listed
    assert all((accepted.ROOT / path.parent / name).is_file() for name in listed if name)


def test_defaults_that_are_repeated_are_ours() -> None:
    said = config(KUSTOMIZATION, "marsad")
    assert said["MARSAD_TOPIC_PREFIX"] == Settings().topic_prefix
    assert int(said["MARSAD_PARTITIONS"]) == DEFAULT_PARTITIONS
