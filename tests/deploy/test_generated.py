"""What is made from our tables is as they would make it now; and the command prints the same."""

from pathlib import Path

import pytest
import yaml

from events import topics
from marsad.access import COMPONENTS
from marsad.cli import run
from tests.deploy.generate import STRIMZI, made


@pytest.mark.parametrize("path", made(), ids=lambda path: path.name)
def test_a_made_file_is_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == made()[path], "make manifests"


def test_the_command_prints_what_is_committed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["topics", "strimzi"]) == 0
    printed = list(yaml.safe_load_all(capfd.readouterr().out))
    files = [(STRIMZI / name).read_text("utf-8") for name in ("topics.yaml", "users.yaml")]
    assert printed == [one for text in files for one in yaml.safe_load_all(text)]


def test_it_follows_the_settings(capfd: pytest.CaptureFixture[str]) -> None:
    options = ["--topic-prefix", "Lab_1.", "--partitions", "3", "--replication", "1", "--cluster", "k"]
    assert run(["topics", "strimzi", *options]) == 0
    printed = list(yaml.safe_load_all(capfd.readouterr().out))
    found = {one["spec"]["topicName"]: one for one in printed if one["kind"] == "KafkaTopic"}
    names = {topics.full_name(topic, "Lab_1.") for topic in topics.all_topics()}
    assert set(found) == names | {topic.name for topic in topics.changelogs("Lab_1.")}
    assert all(one["spec"]["partitions"] == 3 and one["spec"]["replicas"] == 1 for one in found.values())
    assert found["Lab_1.articles.raw.v1"]["metadata"] == {
        "name": "lab-1.articles.raw.v1",
        "labels": {"strimzi.io/cluster": "k"},
    }
    users = [one["metadata"]["name"] for one in printed if one["kind"] == "KafkaUser"]
    assert users == [f"marsad-{name}" for name in COMPONENTS]
