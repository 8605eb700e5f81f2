"""Every overlay as kustomize renders it: valid to the letter, ours in command and variable, and safe."""

import gzip
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from events import topics
from marsad.access import COMPONENTS
from marsad.manifests import user
from tests.deploy import accepted

OVERLAYS = sorted(path.name for path in (accepted.ROOT / "k8s" / "overlays").iterdir())
PUBLISHED = Path(__file__).parent / "published" / "kubernetes-1.34.json.gz"
ACCEPTED = {
    "container-image-pull-policy": "tags are fixed; Always would need the registry at each restart",
    "container-resources": "no CPU limit on purpose: throttling makes probes late (see requests)",
    "deployment-has-host-podantiaffinity": "topologySpreadConstraints say it better",
    "statefulset-has-host-podantiaffinity": "topologySpreadConstraints say it better",
    "pod-probes-identical": "the page has one state of health",
    "deployment-replicas": "one exporter of lag is enough; dev has one of each",
}


@cache
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(PUBLISHED.read_bytes()))
    return found


@cache
def rendered(overlay: str) -> str:
    done = subprocess.run(
        ["kustomize", "build", f"k8s/overlays/{overlay}"],
        cwd=accepted.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr.lower()
    return done.stdout


def objects(overlay: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(rendered(overlay)))


def faults(one: dict[str, Any]) -> list[str]:
    """What a strict API server would refuse: unknown fields too, in built-ins and in custom resources."""
    kind = published()["kinds"].get(f"{one['apiVersion']} {one['kind']}")
    assert kind is not None, f"no schema for {one['apiVersion']} {one['kind']}"
    validator = Draft7Validator({"$defs": published()["$defs"], **kind})
    return [
        f"{one['kind']} {list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(one)
    ]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_is_valid_to_the_letter(overlay: str) -> None:
    made = objects(overlay)
    assert [fault for one in made for fault in faults(one)] == []
    names = [(one["kind"], one["metadata"]["name"]) for one in made]
    assert len(names) == len(set(names))


def test_a_misspelt_or_mistyped_field_would_be_found() -> None:
    seen = set()
    for one in (one for overlay in OVERLAYS for one in objects(overlay)):
        if one["kind"] in seen or "spec" not in one:
            continue
        seen.add(one["kind"])
        assert faults(one | {"spec": one["spec"] | {"misspelt": 1}}), one["kind"]
    assert {"Deployment", "StatefulSet", "KafkaTopic", "KafkaUser", "ScaledObject", "ServiceMonitor"} <= seen


def pods(overlay: str) -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects(overlay)
        if one["kind"] in ("Deployment", "StatefulSet", "Job")
    }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_commands_and_settings_are_accepted_as_a_pod_gets_them(overlay: str) -> None:
    shared = {one["metadata"]["name"]: one["data"] for one in objects(overlay) if one["kind"] == "ConfigMap"}
    for name, pod in pods(overlay).items():
        (container,) = pod["containers"]
        accepted.command(container["args"])
        said: dict[str, str] = {}
        for source in container["envFrom"]:
            said |= shared[source["configMapRef"]["name"]]
        said |= {one["name"]: one.get("value", "a-pod-0") for one in container.get("env", [])}
        if "MARSAD_SASL_PASSWORD_FILE" in said:
            said["MARSAD_SASL_PASSWORD"] = "in the file"
            assert said["MARSAD_SASL_USERNAME"] == name
        accepted.environment(said)


def test_on_strimzi_each_workload_is_a_user_of_its_own_and_the_operator_makes_topics() -> None:
    made, users = objects("strimzi"), {user(one) for one in COMPONENTS.values()}
    assert {one["metadata"]["name"] for one in made if one["kind"] == "KafkaUser"} == users
    of_topics = {one["spec"]["topicName"] for one in made if one["kind"] == "KafkaTopic"}
    whole = {topics.full_name(one, "news.") for one in (*topics.all_topics(), *topics.changelogs())}
    assert of_topics == whole
    assert "marsad-topics" not in pods("strimzi")
    for name, pod in pods("strimzi").items():
        assert name in users
        (volume,) = [one for one in pod["volumes"] if one["name"] == "broker"]
        assert "secret" not in volume
        secrets = [one["secret"]["name"] for one in volume["projected"]["sources"]]
        assert secrets == [name, "marsad-cluster-ca-cert"]


def test_what_keda_scales_has_no_number_of_its_own_and_holds_nothing() -> None:
    made = objects("keda")
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"] for one in made if one["kind"] == "ScaledObject"
    }
    assert set(scaled) == {"marsad-normalize", "marsad-tag"}
    for one in made:
        if one["kind"] == "Deployment" and one["metadata"]["name"] in scaled:
            assert "replicas" not in one["spec"]
    for name, spec in scaled.items():
        stage = name.removeprefix("marsad-")
        said = spec["triggers"][0]["metadata"]
        assert spec["maxReplicaCount"] == topics.DEFAULT_PARTITIONS
        assert spec["minReplicaCount"] >= 1
        assert said["consumerGroup"] == topics.app_id(stage)
        assert said["topic"] == topics.full_name(topics.READS[stage], "news.")
        assert all(isinstance(value, str) for value in said.values())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_policy_check_finds_nothing_but_what_we_chose(overlay: str, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(rendered(overlay))
    ignored = [option for test in ACCEPTED for option in ("--ignore-test", test)]
    done = subprocess.run(
        ["kube-score", "score", "--output-format", "ci", *ignored, str(tmp_path / "all.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [line for line in done.stdout.splitlines() if line.startswith(("[CRITICAL]", "[WARNING]"))]
    assert found == []
    assert "[OK]" in done.stdout
