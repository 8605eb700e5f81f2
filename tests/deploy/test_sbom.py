"""`make sbom`: valid CycloneDX 1.6, with everything that is installed and everything of others that ships."""

import gzip
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from packaging.utils import canonicalize_name
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from tests.deploy.accepted import ROOT
from tests.deploy.test_image import pins

PUBLISHED = Path(__file__).parent / "published" / "cyclonedx-1.6.json.gz"


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    made = subprocess.run([sys.executable, "docker/sbom.py"], cwd=ROOT, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def test_it_is_valid(bill: dict[str, Any]) -> None:
    schemas = json.loads(gzip.decompress(PUBLISHED.read_bytes()))
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource(contents=schema, specification=DRAFT7)) for name, schema in schemas.items()
    )
    schema = schemas["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    validator = Draft7Validator(schema, registry=registry)
    assert [error.message[:200] for error in validator.iter_errors(bill)] == []
    assert list(validator.iter_errors(bill | {"specVersion": 16}))


def test_it_names_every_package_jar_and_table_with_a_licence(bill: dict[str, Any]) -> None:
    parts = {one["bom-ref"]: one for one in bill["components"]}
    assert len(parts) == len(bill["components"])
    named = {canonicalize_name(one["name"]) for ref, one in parts.items() if ref.startswith("pkg:pypi/")}
    assert named == set(pins(ROOT / "docker" / "requirements.lock"))
    jars = (ROOT / "marsad" / "kafka" / "jars.tsv").read_text("utf-8").count("\t") // 2 - 1
    assert sum(ref.startswith("pkg:maven/") for ref in parts) == jars
    stated = [one for one in parts.values() if "not stated" not in json.dumps(one["licenses"])]
    assert len(stated) > len(parts) * 0.95
    shipped = (ROOT / "streams" / "tag" / "data" / "README.md").read_text("utf-8")
    for one in parts.values():
        if one["type"] == "data":
            assert one["name"].split(",")[0].removesuffix(" v1.1") in shipped


def test_the_same_lock_gives_the_same_bytes(bill: dict[str, Any]) -> None:
    assert runpy.run_path(str(ROOT / "docker" / "sbom.py"))["bill"]() == bill
