"""Keep today's contract as that of a release: `python -m tests.events.release 0.1.0` (then commit it)."""

import sys
from pathlib import Path

import orjson

from events.asyncapi import asyncapi
from events.schema import names, schema

RELEASED = Path(__file__).parent / "released"


def main(version: str) -> None:
    """Write every schema and the AsyncAPI document below `released/VERSION`."""
    folder = RELEASED / version
    folder.mkdir(parents=True)
    for name in names():
        _write(folder / f"{name}.json", schema(name))
    _write(folder / "asyncapi.json", asyncapi(version))


def _write(path: Path, document: object) -> None:
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def latest() -> Path:
    """Give the folder of the last release."""
    return max(RELEASED.iterdir(), key=lambda path: tuple(map(int, path.name.split("."))))


if __name__ == "__main__":
    main(sys.argv[1])
