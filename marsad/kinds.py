"""The kinds of settings: how each is read from text or TOML, what it refuses, its JSON Schema.

A kind is a function from what stood there (text from a flag or the environment, any value from TOML) to the
value; it raises ValueError with a reason that reads on after "NAME: ".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)"
_ADDRESS = re.compile(rf"{_HOST}:(\d{{1,5}})")
_TOPIC_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,100}")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of setting is read, and what the JSON Schema of the file says of it."""

    read: Callable[[Any], Any]
    schema: dict[str, Any]


def text(given: Any) -> str:
    """Read a text without control characters."""
    if not isinstance(given, str):
        raise ValueError(f"{given!r} is not a text")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in given):
        raise ValueError("holds control characters")
    return given


def path(given: Any) -> Path:
    """Read a path; ~ stands for the home directory."""
    value = str(given) if isinstance(given, Path) else text(given)
    if not value:
        raise ValueError("is empty, a path is needed")
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise ValueError(f"{value!r} needs a home directory, and there is none (HOME is not set)") from None


def flag(given: Any) -> bool:
    """Read true or false, in words as people write them in an environment."""
    if isinstance(given, bool):
        return given
    word = given.strip().lower() if isinstance(given, str) else ""
    if word not in _TRUE + _FALSE:
        raise ValueError(f"{given!r} is neither true nor false")
    return word in _TRUE


def whole(least: int, most: int) -> Kind:
    """Make the kind of whole numbers between two bounds, both included."""

    def read(given: Any) -> int:
        if isinstance(given, str) and re.fullmatch(r"[+-]?[0-9]{1,12}", given.strip()):
            given = int(given)
        if not isinstance(given, int) or isinstance(given, bool):
            raise ValueError(f"{given!r} is not a whole number")
        if not least <= given <= most:
            raise ValueError(f"{given} is not between {least} and {most}")
        return given

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def one_of(*choices: str) -> Kind:
    """Make the kind of texts that are one of these; capitals do not matter."""

    def read(given: Any) -> str:
        value = text(given).strip().casefold()
        for choice in choices:
            if value == choice.casefold():
                return choice
        raise ValueError(f"{given!r} is none of {', '.join(choices)}")

    return Kind(read, {"enum": list(choices)})


def words(given: Any) -> tuple[str, ...]:
    """Read a list of texts: an array in TOML, separated by commas elsewhere."""
    if isinstance(given, list | tuple):
        return tuple(text(item).strip() for item in given)
    return tuple(part.strip() for part in text(given).split(",") if part.strip())


def addresses(given: Any) -> str:
    """Read HOST:PORT[,HOST:PORT]; IPv6 in brackets."""
    parts = words(given)
    for part in parts:
        found = _ADDRESS.fullmatch(part)
        if found is None or not 0 < int(found[1]) < 65536:
            raise ValueError(f"{part!r} is not HOST:PORT")
    if not parts:
        raise ValueError("is empty, HOST:PORT is needed")
    return ",".join(parts)


def topic_prefix(given: Any) -> str:
    """Read the beginning of topic names, in the letters Kafka allows."""
    if _TOPIC_PREFIX.fullmatch(text(given)) is None:
        raise ValueError(f"{given!r} may hold only letters, digits, '.', '_' and '-', at most 100 of them")
    return str(given)


TEXT = Kind(text, {"type": "string"})
PATH = Kind(path, {"type": "string", "minLength": 1})
FLAG = Kind(flag, {"type": "boolean"})
WORDS = Kind(words, {"type": "array", "items": {"type": "string"}})
ADDRESSES = Kind(addresses, {"type": "string", "pattern": "^[^,:]+.*:[0-9]{1,5}$"})
TOPIC_PREFIX = Kind(topic_prefix, {"type": "string", "pattern": "^[A-Za-z0-9._-]{0,100}$"})
