"""docker-compose.yml without an engine: only what our commands, settings and broker understand."""

import copy
import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft7Validator

from marsad import __version__
from marsad.errors import Misuse
from marsad.kafka.config import Node, server_properties
from marsad.kafka.jars import KAFKA_VERSION
from tests.deploy import accepted

COMPOSE = yaml.safe_load((accepted.ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("marsad:")}
CHOSEN = {"MARSAD_WEB_TOKEN": "a token of somebody"}
STAGES = ("normalize", "dedupe", "tag", "alert")
REFERENCE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def filled(text: str) -> str:
    """`text` with its variables filled in as Compose does on a machine where only CHOSEN is set."""

    def value(found: "re.Match[str]") -> str:
        name, kind, otherwise = found.groups()
        assert kind != "?" or name in CHOSEN, f"{name} must be set, and no test knows it"
        return CHOSEN.get(name) or (otherwise if kind == "-" else "")

    return REFERENCE.sub(value, str(text))


def test_it_has_a_worker_for_each_stage_and_all_else() -> None:
    assert set(OURS) == {"topics", "connectors", "sinks", "lag", "web", *STAGES}
    assert {accepted.command(OURS[stage]["command"])["stage"].value for stage in STAGES} == set(STAGES)


def test_the_file_is_what_the_compose_specification_allows() -> None:
    packed = Path(__file__).parent / "published" / "compose-spec.json.gz"
    schema = json.loads(gzip.decompress(packed.read_bytes()))
    assert not list(Draft7Validator(schema).iter_errors(COMPOSE))
    broken = copy.deepcopy(COMPOSE)
    broken["services"]["tag"]["comand"] = ["worker"]
    broken["services"]["web"]["depends_on"]["kafka"] = {"condition": "service_helthy"}
    assert len(list(Draft7Validator(schema).iter_errors(broken))) >= 2


def test_what_is_not_asked_for_does_not_run() -> None:
    asked = {name: one["profiles"] for name, one in SERVICES.items() if "profiles" in one}
    watching = {"lag", "prometheus", "alertmanager", "grafana"}
    assert asked == {"kafka-ui": ["ui"]} | {name: ["observability"] for name in watching}


def test_prometheus_asks_each_of_ours_where_it_answers() -> None:
    said = yaml.safe_load((accepted.ROOT / "observability" / "prometheus.yml").read_text("utf-8"))
    (job,) = said["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    served = {name: one for name, one in OURS.items() if "MARSAD_HEALTH_PORT" in one["environment"]}
    assert set(found["names"]) == set(served)
    assert {one["environment"]["MARSAD_HEALTH_PORT"] for one in served.values()} == {str(found["port"])}
    (manager,) = said["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert manager.split(":")[0] in SERVICES
    source = accepted.ROOT / "observability" / "grafana" / "provisioning" / "datasources" / "prometheus.yml"
    (asked,) = yaml.safe_load(source.read_text("utf-8"))["datasources"]
    assert urlsplit(asked["url"]).hostname in SERVICES


@pytest.mark.parametrize("name", OURS)
def test_each_command_and_variable_is_one_of_ours(name: str) -> None:
    accepted.command(OURS[name]["command"])
    accepted.environment({key: filled(value) for key, value in OURS[name]["environment"].items()})


def test_a_misspelt_flag_variable_or_value_is_seen() -> None:
    with pytest.raises(Exception, match="No such option"):
        accepted.command(["worker", "--stages", "tag"])
    with pytest.raises(Exception, match="tagg"):
        accepted.command(["worker", "--stage", "tagg"])
    with pytest.raises(AssertionError, match="MARSAD_BROKR"):
        accepted.environment({"MARSAD_BROKR": "kafka:1"})
    with pytest.raises(Misuse, match="HOST:PORT"):
        accepted.environment({"MARSAD_BROKER": "kafka"})


@pytest.mark.parametrize("name", OURS)
def test_ours_run_without_privileges_and_stop_in_time(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 30
    assert service["image"] == f"marsad:{__version__}"


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_and_ports_are_for_this_machine_only(name: str) -> None:
    assert re.search(r":v?\d+\.\d+\.\d+$", SERVICES[name]["image"])
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", filled(port)), port


def test_what_is_depended_on_is_there_and_can_be_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = how["condition"]
            assert (wanted == "service_healthy") == ("healthcheck" in SERVICES[other]), (name, other)
            assert (wanted == "service_completed_successfully") == (SERVICES[other]["restart"] == "no")


def test_volumes_are_declared_and_used_and_files_are_there() -> None:
    named: set[str] = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if isinstance(volume, str):
                named.add(volume.split(":")[0])
            else:
                assert (accepted.ROOT / filled(volume["source"])).exists()
    assert named == set(COMPOSE["volumes"])


def test_stages_keep_their_state_on_a_volume_of_their_own() -> None:
    for stage in STAGES:
        assert OURS[stage]["volumes"] == [f"{stage}:/var/lib/marsad"]


def test_a_health_check_asks_the_port_that_is_served() -> None:
    for stage in (*STAGES, "connectors", "sinks", "lag"):
        port = OURS[stage]["environment"]["MARSAD_HEALTH_PORT"]
        assert f"127.0.0.1:{port}/readyz" in OURS[stage]["healthcheck"]["test"][-1]
    web = OURS["web"]
    assert f"127.0.0.1:{web['environment']['MARSAD_WEB_PORT']}/healthz" in web["healthcheck"]["test"][-1]
    for service in OURS.values():
        test = service.get("healthcheck", {}).get("test")
        if test:
            compile(test[-1], "healthcheck", "exec")


def test_kafka_is_the_one_we_embed_and_takes_what_it_takes() -> None:
    kafka = SERVICES["kafka"]
    assert kafka["image"] == f"apache/kafka:{KAFKA_VERSION}"
    said = {
        name.removeprefix("KAFKA_").replace("_", ".").lower(): str(value)
        for name, value in kafka["environment"].items()
    }
    node = Node(1, 1, 2, Path())
    embedded = server_properties(node, (node,))
    own = {"listeners", "advertised.listeners", "listener.security.protocol.map", "log.dirs"} | {
        "inter.broker.listener.name", "controller.quorum.voters", "cluster.id", "heap.opts"
    }  # fmt: skip
    assert {name: said[name] for name in said.keys() - own} == {
        name: embedded[name] for name in said.keys() - own
    }
    sizes = {name for name in embedded if name.endswith("max.bytes")}
    assert len(sizes) == 3
    assert sizes | {"auto.create.topics.enable", "offsets.retention.minutes"} <= said.keys()


def test_each_listener_is_advertised_where_its_readers_are() -> None:
    said = SERVICES["kafka"]["environment"]
    inside, outside = filled(said["KAFKA_ADVERTISED_LISTENERS"]).split(",")
    assert inside == f"INSIDE://{OURS['tag']['environment']['MARSAD_BROKER']}"
    assert outside == f"OUTSIDE://{filled(SERVICES['kafka']['ports'][0]).rsplit(':', 1)[0]}"
