"""Settings: flag before environment before file before default; what does not fit is named."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad import settings
from marsad.connection import client_options
from marsad.errors import Misuse


def test_order_is_flag_environment_file_default(tmp_path: Path) -> None:
    (tmp_path / "marsad.toml").write_text('partitions = 3\ntopic_prefix = "f."\nbroker = "file:1"\n')
    environment = {"MARSAD_PARTITIONS": "4", "MARSAD_TOPIC_PREFIX": "e."}
    found = settings.load({"partitions": 5, "data": None}, environment, tmp_path)
    assert (found.partitions, found.origins["partitions"]) == (5, "--partitions")
    assert (found.topic_prefix, found.origins["topic_prefix"]) == ("e.", "MARSAD_TOPIC_PREFIX")
    assert (found.broker, found.origins["broker"]) == ("file:1", "marsad.toml")
    assert (found.data, found.origins["data"]) == (Path(".marsad"), "default")


def test_an_empty_variable_counts_as_unset(tmp_path: Path) -> None:
    assert settings.load({}, {"MARSAD_PARTITIONS": ""}, tmp_path).partitions == 6


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('topic_prefx = "a."', "did you mean 'topic_prefix'"),
        ("zzz = 1", "marsad config schema"),
        ('partitions = "many"', "marsad.toml: partitions: 'many' is not a whole number"),
        ("partitions = 0", "between 1 and 1000"),
        ("partitions = true", "not a whole number"),
        ('broker = "localhost"', "is not HOST:PORT"),
        ('broker = "h:99999"', "is not HOST:PORT"),
        ('topic_prefix = "a b"', "letters, digits"),
        ('security_protocol = "TLS"', "none of PLAINTEXT, SSL"),
        ("web_port = 1.5", "not a whole number"),
        ("poll_floor_seconds = 900\npoll_cap_seconds = 60", "above"),
        ("partitions = = 3", "cannot be read"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "marsad.toml").write_text(content)
    with pytest.raises(Misuse, match=said.replace(".", r"\.")) as caught:
        settings.load({}, {}, tmp_path)
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "marsad.toml").write_bytes("# إعدادات".encode("windows-1256"))
    with pytest.raises(Misuse, match="cannot be read"):
        settings.load({}, {}, tmp_path)


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("كلمة السر\n")
    environment = {
        "MARSAD_SECURITY_PROTOCOL": "sasl_plaintext",
        "MARSAD_SASL_USERNAME": "marsad",
        "MARSAD_SASL_PASSWORD_FILE": str(secret),
        "MARSAD_BROKER": "k:9092",
    }
    found = settings.load({}, environment, tmp_path)
    assert found.sasl_password == "كلمة السر"
    assert found.origins["sasl_password"] == "MARSAD_SASL_PASSWORD_FILE"
    assert client_options(found)["sasl_plain_password"] == "كلمة السر"
    assert "كلمة" not in repr(found)
    shown = {row["name"]: row["value"] for row in settings.shown(found)}
    assert shown["sasl_password"] == "(hidden)"
    assert shown["ssl_key_password"] is None
    with pytest.raises(Misuse, match="MARSAD_SASL_PASSWORD_FILE: cannot read"):
        settings.load({}, environment | {"MARSAD_SASL_PASSWORD_FILE": str(tmp_path / "none")}, tmp_path)


def test_a_secret_that_does_not_fit_is_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="MARSAD_SASL_PASSWORD") as caught:
        settings.load({}, {"MARSAD_SASL_PASSWORD": "geheim\x07"}, tmp_path)
    assert "geheim" not in str(caught.value)


def test_sasl_without_a_user_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="sasl_username"):
        settings.load({}, {"MARSAD_SECURITY_PROTOCOL": "SASL_SSL"}, tmp_path)


def test_tls_gives_a_context_and_names_a_missing_file(tmp_path: Path) -> None:
    found = settings.load({}, {"MARSAD_SECURITY_PROTOCOL": "SSL", "MARSAD_BROKER": "k:1"}, tmp_path)
    assert client_options(found)["ssl_context"].check_hostname
    with pytest.raises(Misuse, match=r"none\.pem"):
        wrong = {"MARSAD_SSL_CAFILE": str(tmp_path / "none.pem"), "MARSAD_SECURITY_PROTOCOL": "SSL"}
        client_options(settings.load({}, wrong | {"MARSAD_BROKER": "k:1"}, tmp_path))


def test_no_broker_is_a_matter_of_settings(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="MARSAD_BROKER"):
        client_options(settings.load({}, {}, tmp_path))


def test_schema_accepts_the_defaults_and_refuses_unknown_keys() -> None:
    schema = settings.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    defaults = {
        row["name"]: row["value"] for row in settings.shown(settings.load({}, {}, Path("/nonexistent")))
    }
    assert validator.is_valid({name: value for name, value in defaults.items() if value is not None})
    assert not validator.is_valid({"topic_prefx": "a."})
    assert not validator.is_valid({"partitions": 0})
    assert set(defaults) < set(schema["properties"])
    assert json.dumps(schema)


@given(st.dictionaries(st.sampled_from([f"MARSAD_{name.upper()}" for name in settings.FIELDS]), st.text()))
def test_any_environment_is_read_or_refused_by_name(environment: dict[str, str]) -> None:
    try:
        found = settings.load({}, environment, Path("/nonexistent"))
    except Misuse as refused:
        assert str(refused)
    else:
        assert set(found.origins) == set(settings.FIELDS)
