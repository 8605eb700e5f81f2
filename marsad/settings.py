"""All settings as one frozen object: flag, then environment, then marsad.toml, then default.

Each field below is the whole definition of a setting: its type and default, how it is read, its help.
`MARSAD_` + the name in capitals is its environment variable, the name itself its key in marsad.toml. A
secret may stand in a file instead: `MARSAD_SASL_PASSWORD_FILE=/run/secrets/kafka`, or `sasl_password_file`
in marsad.toml.
"""
# ruff: noqa: RUF009  (a field of the table below is written by a function)

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from events.topics import DEFAULT_PARTITIONS, DEFAULT_PREFIX
from marsad import kinds
from marsad.errors import Misuse
from marsad.kinds import Kind

FILE_NAME = "marsad.toml"
ENV_PREFIX = "MARSAD_"
DEFAULT_CACHE = Path("~/.cache/marsad")
HIDDEN = "(hidden)"


def _setting(default: Any, kind: Kind, about: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"kind": kind, "about": about, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force, and where each came from (`origins`: name -> "default", "marsad.toml", …)."""

    data: Path = _setting(Path(".marsad"), kinds.PATH, "data directory")
    cache: Path = _setting(DEFAULT_CACHE, kinds.PATH, "cache of the embedded Kafka's jars, one a user")
    broker: str | None = _setting(None, kinds.ADDRESSES, "Kafka, as HOST:PORT[,HOST:PORT]")
    topic_prefix: str = _setting(DEFAULT_PREFIX, kinds.TOPIC_PREFIX, "beginning of every topic's name")
    partitions: int = _setting(DEFAULT_PARTITIONS, kinds.whole(1, 1000), "partitions of new article topics")
    replication: int | None = _setting(
        None, kinds.whole(1, 9), "copies of new topics; else the broker's own default"
    )

    security_protocol: str = _setting(
        "PLAINTEXT",
        kinds.one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
        "how to talk to the broker",
    )
    sasl_mechanism: str = _setting(
        "PLAIN", kinds.one_of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), "how to prove who we are"
    )
    sasl_username: str | None = _setting(None, kinds.TEXT, "user name at the broker")
    sasl_password: str | None = _setting(None, kinds.TEXT, "password at the broker", secret=True)
    ssl_cafile: Path | None = _setting(None, kinds.PATH, "CA certificates to trust (PEM); else the system's")
    ssl_certfile: Path | None = _setting(None, kinds.PATH, "our certificate (PEM)")
    ssl_keyfile: Path | None = _setting(None, kinds.PATH, "our certificate's key (PEM)")
    ssl_key_password: str | None = _setting(None, kinds.TEXT, "password of that key", secret=True)
    ssl_check_hostname: bool = _setting(
        True, kinds.FLAG, "whether the broker's certificate must name its host"
    )

    allow_private_hosts: tuple[str, ...] = _setting(
        (), kinds.WORDS, "hosts that feeds may be fetched from although their addresses are private"
    )
    poll_floor_seconds: int = _setting(
        120, kinds.whole(1, 86_400), "a feed is never polled more often than this"
    )
    poll_cap_seconds: int = _setting(
        21_600, kinds.whole(1, 604_800), "a feed is never left alone longer than this"
    )
    contact: str | None = _setting(
        None, kinds.TEXT, "whom a site's owner may turn to, in our User-Agent: an address or a page of yours"
    )
    feed_secrets: Path | None = _setting(
        None, kinds.PATH, "TOML file of passwords, headers and cookies by feed; docs/feeds.md"
    )
    websub_callback: str | None = _setting(
        None,
        kinds.TEXT,
        "public address at which WebSub hubs reach the connectors; else feeds are polled",
    )
    websub_secret: str | None = _setting(
        None,
        kinds.TEXT,
        "what the secrets of hubs are derived from; the same for all connectors",
        secret=True,
    )
    websub_host: str = _setting("127.0.0.1", kinds.TEXT, "address at which connectors listen for hubs")
    websub_port: int = _setting(8880, kinds.whole(0, 65_535), "port at which connectors listen for hubs")
    retry_after_scope: str = _setting(
        "AUTO",
        kinds.one_of("AUTO", "HOST", "FEED"),
        "what a server's Retry-After is about; AUTO: the whole host, on private hosts the feed alone",
    )
    copy_window_hours: int = _setting(
        72, kinds.whole(1, 8_760), "how long an article is looked for in later copies"
    )
    identity_window_hours: int = _setting(
        336, kinds.whole(1, 8_760), "how long an article's revisions are known as its"
    )
    sinks: Path | None = _setting(None, kinds.PATH, "receivers of alerts, for `marsad sinks` (TOML)")
    web_port: int = _setting(8800, kinds.whole(0, 65_535), "port of the live page; 0 takes a free one")
    web_host: str = _setting("127.0.0.1", kinds.TEXT, "address of the live page; others need web_token")
    web_token: str | None = _setting(None, kinds.TEXT, "what readers of the page must present", secret=True)

    health_port: int | None = _setting(
        None,
        kinds.whole(0, 65_500),
        "port for /livez, /readyz, /metrics; 0 takes a free one; several stages take this and the next",
    )
    health_host: str = _setting("127.0.0.1", kinds.TEXT, "address of the health port")

    compression: str = _setting(
        "none",
        kinds.one_of("none", "gzip", "lz4", "snappy", "zstd"),
        "how workers compress what they send; each reader needs the codec, and gzip alone is everywhere",
    )
    traces: bool = _setting(
        False,
        kinds.FLAG,
        "whether stages send OpenTelemetry traces (marsad[otel]); OTEL_* variables say where to",
    )
    log_format: str = _setting(
        "auto",
        kinds.one_of("auto", "console", "json"),
        "how workers log; auto: console on a terminal, else json",
    )
    log_level: str = _setting(
        "info", kinds.one_of("debug", "info", "warning", "error"), "what workers log, and what is worse"
    )

    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


FIELDS: Mapping[str, "dataclasses.Field[Any]"] = MappingProxyType(
    {one.name: one for one in dataclasses.fields(Settings) if one.metadata}
)


def load(
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Read all settings. `flags` maps names to what stood on the command line, None where nothing did.

    Raises Misuse, naming the place, for a value that does not fit, an unknown key in marsad.toml, or
    settings that contradict each other.
    """
    environment = os.environ if environment is None else environment
    from_file = _read_file((directory or Path()) / FILE_NAME)
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name in FIELDS:
        origin, raw = _found(name, flags or {}, environment, from_file)
        origins[name] = origin
        values[name] = None if raw is None else _read(name, origin, raw)
    return _checked(Settings(**values, origins=MappingProxyType(origins)))


def _found(
    name: str, flags: Mapping[str, Any], environment: Mapping[str, str], from_file: Mapping[str, Any]
) -> tuple[str, Any]:
    """Give the origin and the raw value of the first place that has one; defaults are read like the rest."""
    variable = ENV_PREFIX + name.upper()
    if flags.get(name) is not None:
        return "--" + name.replace("_", "-"), flags[name]
    if environment.get(variable):  # an empty variable is none: Compose passes unset ones so
        return variable, environment[variable]
    if FIELDS[name].metadata["secret"] and environment.get(variable + "_FILE"):
        return variable + "_FILE", _secret(variable + "_FILE", environment[variable + "_FILE"])
    if name in from_file:
        return FILE_NAME, from_file[name]
    if name + "_file" in from_file:
        return FILE_NAME, _secret(f"{FILE_NAME}: {name}_file", from_file[name + "_file"])
    return "default", FIELDS[name].default


def _read(name: str, origin: str, raw: Any) -> Any:
    kind: Kind = FIELDS[name].metadata["kind"]
    try:
        return kind.read(raw)
    except ValueError as error:
        place = f"{origin}: {name}" if origin == FILE_NAME else origin
        reason = "its content does not fit" if FIELDS[name].metadata["secret"] else str(error)
        raise Misuse(f"{place}: {reason}") from None


def _secret(place: str, file: Any) -> str:
    try:
        return kinds.path(file).read_text("utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise Misuse(
            f"{place}: cannot read {file!r}: {getattr(error, 'strerror', None) or 'not a text file'}"
        ) from None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Misuse(f"{path}: cannot be read: {error}") from None
    known = [*FIELDS, *(f"{name}_file" for name, one in FIELDS.items() if one.metadata["secret"])]
    for key in content:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "`marsad config schema` lists them all"
            raise Misuse(f"{path}: unknown setting {key!r}; {hint}")
    return content


def _checked(settings: Settings) -> Settings:
    if settings.security_protocol.startswith("SASL") and not (
        settings.sasl_username and settings.sasl_password
    ):
        raise Misuse(
            f"security_protocol {settings.security_protocol} needs sasl_username and sasl_password "
            "(MARSAD_SASL_USERNAME; MARSAD_SASL_PASSWORD or MARSAD_SASL_PASSWORD_FILE)"
        )
    if settings.ssl_keyfile and not settings.ssl_certfile:
        raise Misuse("ssl_keyfile is of no use without ssl_certfile")
    if settings.websub_callback and not settings.websub_secret:
        raise Misuse(
            "websub_callback needs websub_secret (MARSAD_WEBSUB_SECRET or MARSAD_WEBSUB_SECRET_FILE): "
            "without it anybody could have feeds polled"
        )
    if settings.websub_callback and not settings.websub_callback.startswith(("http://", "https://")):
        raise Misuse("websub_callback is no http or https address")
    if settings.poll_floor_seconds > settings.poll_cap_seconds:
        raise Misuse("poll_floor_seconds is above poll_cap_seconds")
    return settings


def shown(settings: Settings) -> list[dict[str, Any]]:
    """Give name, value, origin and help of each setting as JSON values, secrets hidden."""
    return [
        {"name": name, "value": _plain(name, settings), "origin": settings.origins.get(name, "default"),
         "about": one.metadata["about"]}
        for name, one in FIELDS.items()
    ]  # fmt: skip


def _plain(name: str, settings: Settings) -> Any:
    value = getattr(settings, name)
    if value is not None and FIELDS[name].metadata["secret"]:
        return HIDDEN
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def schema() -> dict[str, Any]:
    """Give the JSON Schema of marsad.toml."""
    properties: dict[str, Any] = {}
    for name, one in FIELDS.items():
        default = _plain(name, Settings())
        properties[name] = {**one.metadata["kind"].schema, "description": one.metadata["about"]}
        if default is not None:
            properties[name]["default"] = default
        if one.metadata["secret"]:
            properties[name + "_file"] = {**kinds.PATH.schema, "description": f"file that holds {name}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FILE_NAME,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def cache_dir() -> Path:
    """Give the cache of Kafka's jars where nobody loaded settings: tests and embedding programs."""
    return kinds.path(os.environ.get(ENV_PREFIX + "CACHE") or DEFAULT_CACHE)
